"""Tell the hotline what a step changed of a shared case; what it is not told is counted all the same."""

from __future__ import annotations

import datetime as dt
from typing import Any

from intake.domain import privacy
from intake.domain.shared_case import rule
from intake.domain.sla import LOCAL
from intake.services.steps import Order
from intake.services.tell_hotline import changed_here, tell_hotline
from intake.services.work_order import event_for
from intake.store.tables import Lead
from intake.store.unit_of_work import UnitOfWork

WITH_REPLY = ("close", "reject", "terminate")
OF_STEPS = {"visit": "visit", "urge": "urge", "supervise": "supervise", "supplement": "content"}


def shared_facts(lead: Lead) -> dict[str, Any]:
    """Fact to what we hold of it, of the facts that a step can change."""
    return {
        "stage": lead.stage,
        "answer_by": lead.answer_by,
        "urgency": lead.urgency,
        "agency": lead.agency_name,
        "handle_result": lead.finding,
    }


async def tell_step(
    lead: Lead, before: dict[str, Any], order: Order, *, at: dt.datetime, uow: UnitOfWork
) -> None:
    """before: `shared_facts` as they were when the step began"""
    step = order.step
    changed = [fact for fact, value in shared_facts(lead).items() if value != before[fact]]
    changed += [OF_STEPS[step]] if step in OF_STEPS else []
    if "stage" in changed:
        changed += ["status", "public_reply"] if step in WITH_REPLY and lead.public_reply else ["status"]
    payload = _payload(lead, changed, order, at)
    if payload is None:
        await changed_here(lead, changed, uow=uow)
    else:
        await tell_hotline(lead, "event", payload, changed, at=at, uow=uow)


def _payload(lead: Lead, changed: list[str], order: Order, at: dt.datetime) -> dict[str, Any] | None:
    """None when nothing of it is for the hotline."""
    step = order.step
    if step == "supplement":
        return {"event": "supplement", "lead_no": lead.number, "text": privacy.mask(order.note or "")}
    if not any(rule(fact, "us").we_changed == "send" for fact in changed):
        return None
    words = lead.public_reply or "" if step in WITH_REPLY else ""
    payload = event_for(lead.number, lead.stage, at, words)
    if payload is not None and "answer_by" in changed:
        payload["deadline"] = lead.answer_by.astimezone(LOCAL).isoformat(timespec="seconds")
    return payload
