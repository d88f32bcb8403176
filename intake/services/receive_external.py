"""Take in what another authority's system tells: work orders and events on them.

De-duplicated by (source, number, content): created, updated or duplicate_same.
An event on a number we do not know is kept as an orphan, never lost.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from connectors.hotline12345 import wire
from connectors.hotline12345.tables import events
from intake.domain.channels import LABELS
from intake.domain.errors import FieldProblem, Malformed
from intake.services.file_complaint import file_complaint
from intake.services.house import House
from intake.services.index_lead import index_lead
from intake.services.new_complaint import clean
from intake.services.their_order import as_complaint
from intake.store.inbox import content_hash
from intake.store.lead_filters import RETURNED
from intake.store.tables import Lead
from intake.store.unit_of_work import UnitOfWork

HOTLINE = "hotline12345"


@dataclass(frozen=True, slots=True)
class Taken:
    """result: created | updated | duplicate_same | orphan; number: ours, when there is one."""

    result: str
    number: str | None


async def spend_nonce(app_id: str, nonce: str, *, house: House, window: dt.timedelta) -> bool:
    """Whether this signed call is the first with its nonce."""
    async with house.store.change() as uow:
        return await uow.inbox.spend_nonce(app_id, nonce, house.clock(), window=window)


async def receive_work_order(source: str, order: dict[str, Any], *, house: House) -> Taken:
    """File their work order, or note its change.

    raises: Malformed naming the fields; StoreUnavailable
    """
    reading = wire.read(order, is_from_hotline=True)
    if reading.problems:
        raise Malformed(*(FieldProblem(p.field, "bad_field", p.message) for p in reading.problems))
    order = reading.order
    number = str(order["work_order_no"])
    async with house.store.look() as uow:
        seen = await uow.inbox.earlier(source, number)
        complaint = await uow.complaints.by_source(source, number)
    if any(item.content_hash == content_hash(order) for item in seen) and complaint is not None:
        return Taken("duplicate_same", await _number(complaint.id, house))
    if complaint is not None:
        return await _note_change(source, number, order, complaint.id, house=house)
    receipt = await file_complaint(as_complaint(source, number, order, house=house), house=house)
    async with house.store.change() as uow:
        lead = await uow.leads.by_number(receipt.number)
        await uow.inbox.keep(
            source, number, "work_order", order, lead_id=lead.id if lead else None, at=house.clock()
        )
        await _adopt_orphans(source, number, lead, uow=uow, house=house)
    return Taken("created", receipt.number)


async def receive_event(source: str, number: str, event: dict[str, Any], *, house: House) -> Taken:
    """Note an event on a work order, by their number or ours.

    event: {"event": a code of the hotline's events, "status"?, "text"?, "lead_no"?, …}
    raises: Malformed
    """
    problems = wire.read_event(event)
    if problems:
        raise Malformed(*(FieldProblem(p.field, "bad_field", p.message) for p in problems))
    kind = str(event["event"])
    async with house.store.change() as uow:
        seen = await uow.inbox.earlier(source, number)
        lead = await _named(source, number, event, uow=uow)
        if any(item.content_hash == content_hash(event) for item in seen):
            return Taken("duplicate_same", lead.number if lead else None)
        await uow.inbox.keep(source, number, kind, event, lead_id=lead.id if lead else None, at=house.clock())
        if lead is None:
            return Taken("orphan", None)
        await _note_event(lead, source, kind, event, uow=uow, house=house)
    return Taken("updated", lead.number)


async def _named(source: str, number: str, event: dict[str, Any], *, uow: UnitOfWork) -> Lead | None:
    """The lead an event is about; each authority only reaches what it shares with us."""
    if source != HOTLINE:
        complaint = await uow.complaints.by_source(source, number)
        return await uow.leads.by_complaint(complaint.id) if complaint else None
    # Their event can overtake the answer that brings us their number: they name ours as well.
    lead = await uow.leads.by_hotline_no(number) or await uow.leads.by_number(number)
    lead = lead or await uow.leads.by_number(str(event.get("lead_no") or ""))
    return lead if lead is not None and lead.is_shared else None


async def _note_event(
    lead: Lead, source: str, kind: str, event: dict[str, Any], *, uow: UnitOfWork, house: House
) -> None:
    status = str(event.get("status") or "")[:32]
    if source == HOTLINE:
        # What they sent back stays marked until a person here has dealt with it: no later status hides it.
        if kind == "return":
            lead.hotline_status = RETURNED
        elif status and lead.hotline_status != RETURNED:
            lead.hotline_status = status
    label = f"{LABELS.get(source, source)}{events()[kind].label}" + (f"：{status}" if status else "")
    await uow.leads.record(
        lead,
        at=house.clock(),
        actor=source,
        kind=f"hotline_{kind}",
        label=label[:64],
        is_public=kind == "status",
        details={"text": str(event.get("text") or "")[:500]},
    )
    uow.leads.save(lead)


async def _note_change(
    source: str, number: str, order: dict[str, Any], complaint_id: str, *, house: House
) -> Taken:
    async with house.store.change() as uow:
        lead = await uow.leads.by_complaint(complaint_id)
        await uow.inbox.keep(source, number, "work_order", order, lead_id=lead.id, at=house.clock())
        await uow.leads.record(
            lead,
            at=house.clock(),
            actor=source,
            kind="hotline_updated",
            label="来源系统更新了工单",
            details={"content": clean(str(order.get("content") or ""))[:2000]},
        )
        await index_lead(lead, uow=uow)
        uow.leads.save(lead)
    return Taken("updated", lead.number)


async def _adopt_orphans(
    source: str, number: str, lead: Lead | None, *, uow: UnitOfWork, house: House
) -> None:
    """Events that came before their work order now belong to it."""
    if lead is None:
        return
    for item in await uow.inbox.earlier(source, number):
        # Orders that a file brought answered already (import_orders) are no events.
        if item.lead_id is None and item.kind in events():
            item.lead_id = lead.id
            await _note_event(lead, source, item.kind, uow.inbox.content(item), uow=uow, house=house)


async def _number(complaint_id: str, house: House) -> str:
    async with house.store.look() as uow:
        return (await uow.leads.by_complaint(complaint_id)).number
