"""Put down on a lead what another authority changed of it: by the rules of a shared case for the hotline."""

from __future__ import annotations

import datetime as dt
from typing import Any

from connectors.hotline12345.tables import events
from intake.domain.channels import LABELS
from intake.domain.shared_case import told_by_event, told_by_order
from intake.services.hear_shared import Heard, Message, hear, known_facts
from intake.services.house import House
from intake.services.index_lead import index_lead
from intake.services.new_complaint import clean
from intake.services.plan_fetches import plan_fetches
from intake.store.tables import Lead
from intake.store.unit_of_work import UnitOfWork

HOTLINE = "hotline12345"
REPLIED = "12345 热线已答复，答复见下"


async def note_event(
    lead: Lead, source: str, number: str, event: dict[str, Any], *, uow: UnitOfWork, house: House
) -> None:
    """number: theirs, by which they call the case in this message"""
    kind, status = str(event["event"]), str(event.get("status") or "")[:32]
    heard = Heard([], is_news=kind == "status")
    if source == HOTLINE:
        # What names the case is no number of theirs when it is ours.
        named = event if number == lead.number else event | {"work_order_no": number}
        case = await uow.shared.of(lead.id)
        told = told_by_event(kind, named, known_facts(lead, case))
        message = Message(told, event.get("source_revision"), house.clock())
        heard = await hear(lead, message, source=source, uow=uow)
    label = f"{LABELS.get(source, source)}{events()[kind].label}" + (f"：{status}" if status else "")
    await uow.leads.record(
        lead,
        at=house.clock(),
        actor=source,
        kind=f"hotline_{kind}",
        label=REPLIED if heard.has_reply else label[:64],
        is_public=(kind == "status" and heard.is_news) or heard.has_reply,
        details=_details({"text": str(event.get("text") or "")[:2000]}, heard),
    )
    if kind == "supplement":
        await index_lead(lead, uow=uow)
    uow.leads.save(lead)


async def note_order(
    lead: Lead, source: str, before: dict[str, Any], order: dict[str, Any], *, uow: UnitOfWork, house: House
) -> None:
    """before: their work order as we knew it, {} when it never came (a case of ours)"""
    heard = Heard([])
    if source == HOTLINE:
        case = await uow.shared.of(lead.id)
        told = told_by_order(before or _ours(lead, order), order, known_facts(lead, case))
        message = Message(told, order.get("source_revision"), house.clock())
        heard = await hear(lead, message, source=source, uow=uow)
    content = clean(str(order.get("content") or ""))[:2000]
    await uow.leads.record(
        lead,
        at=house.clock(),
        actor=source,
        kind="hotline_updated",
        label=REPLIED if heard.has_reply else "来源系统更新了工单",
        is_public=heard.has_reply,
        details=_details({"content": content}, heard),
    )
    await index_lead(lead, uow=uow)
    uow.leads.save(lead)


async def note_origin(
    lead: Lead, source: str, order: dict[str, Any], *, uow: UnitOfWork, house: House
) -> None:
    """What a case of theirs brings besides the complaint: their clock, their state, their files."""
    if source != HOTLINE:
        if order.get("attachments"):
            await plan_fetches(lead, source, order["attachments"], at=house.clock(), uow=uow)
        return
    brought = {
        fact: value
        for fact, value in told_by_order({}, order, {"work_order_no": lead.hotline_no}).items()
        if fact in ("deadline", "status", "attachments")
    }
    message = Message(brought, order.get("source_revision"), house.clock())
    await hear(lead, message, source=source, uow=uow)
    uow.leads.save(lead)


def _ours(lead: Lead, order: dict[str, Any]) -> dict[str, Any]:
    """A case we sent comes back as a work order for the first time: what we wrote into it ourselves is no change."""
    theirs = {"status", "public_reply", "handle_result", "delay_new_deadline", "attachments", "work_order_no"}
    if not is_moment(order.get("deadline"), lead.answer_by):
        theirs.add("deadline")
    return {key: value for key, value in order.items() if key not in theirs}


def is_moment(text: object, at: dt.datetime) -> bool:
    """Whether an RFC 3339 time is this one."""
    return isinstance(text, str) and dt.datetime.fromisoformat(text) == at


def _details(details: dict[str, Any], heard: Heard) -> dict[str, Any]:
    return details | ({"told": heard.words} if heard.words else {})
