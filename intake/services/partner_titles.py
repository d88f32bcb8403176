"""What people call the other government systems, and what goes to them."""

from __future__ import annotations

from connectors.partners.systems import SYSTEMS
from intake.store.outbox import DISCIPLINE

# What goes to the discipline inspection body is told nowhere but on its own pages.
TITLES = {name: client.title for name, client in SYSTEMS.items() if name != DISCIPLINE}
KINDS = {"lead": "线索", "document": "监督文书", "result": "办理结果", "conduct": "查实的执法行为"}
