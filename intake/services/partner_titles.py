"""What people call the other government systems, and what goes to them."""

from __future__ import annotations

from connectors.partners.systems import SYSTEMS

TITLES = {name: client.title for name, client in SYSTEMS.items()}
KINDS = {"lead": "线索", "document": "监督文书", "result": "办理结果", "conduct": "查实的执法行为"}
