"""Understand a text; a missing or failing model never stops a complaint."""

from __future__ import annotations

import logging

from intake.domain.classification import Classification, unsorted
from intake.domain.sla import LOCAL
from intake.services.house import House

log = logging.getLogger(__name__)


def understand(text: str, *, house: House) -> Classification:
    """What `text` says; `unsorted` for a person to sort when the model cannot.

    cost: about a millisecond for 200 characters
    """
    if house.understanding is None:
        return unsorted("no model")
    try:
        return house.understanding.classify(text, today=house.clock().astimezone(LOCAL).date())
    except Exception:
        # Decision 2: a broken model is a defect to log, never a reason to refuse a complaint.
        log.exception("classifier failed", extra={"length": len(text)})
        return unsorted("model failed")
