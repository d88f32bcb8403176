"""Take in what another authority's system tells: work orders and events on them.

De-duplicated by (source, number, content): created, updated or duplicate_same. An event on a number we do not
know is kept as an orphan, never lost. What is about a case we share already changes that case
(`note_shared`), also when it comes as a work order: our own case never comes back as a second one.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from connectors.hotline12345 import wire
from connectors.hotline12345.orders import SOURCE
from connectors.hotline12345.tables import events
from intake.domain.errors import FieldProblem, Malformed
from intake.services.file_complaint import file_complaint
from intake.services.house import House
from intake.services.note_shared import note_event, note_order, note_origin
from intake.services.their_order import as_complaint
from intake.store.inbox import content_hash
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
        known = await _of_order(source, number, order, uow=uow)
    if known is not None:
        return await _changed(source, number, order, known, house=house)
    receipt = await file_complaint(as_complaint(source, number, order, house=house), house=house)
    async with house.store.change() as uow:
        lead = await uow.leads.by_number(receipt.number)
        await uow.inbox.keep(
            source, number, "work_order", order, lead_id=lead.id if lead else None, at=house.clock()
        )
        if lead is not None:
            await note_origin(lead, source, order, uow=uow, house=house)
            await _adopt_orphans(source, number, lead, uow=uow, house=house)
    return Taken("created", receipt.number)


async def _of_order(source: str, number: str, order: dict[str, Any], *, uow: UnitOfWork) -> Lead | None:
    """The lead that a work order of theirs is about, when we have it."""
    complaint = await uow.complaints.by_source(source, number)
    if complaint is not None:
        return await uow.leads.by_complaint(complaint.id)
    if source != HOTLINE:
        return None
    lead = await uow.leads.by_hotline_no(number)
    if lead is None and order.get("source_system") == SOURCE:
        lead = await uow.leads.by_number(str(order.get("lead_no") or ""))
    return lead if lead is not None and lead.is_shared else None


async def _changed(source: str, number: str, order: dict[str, Any], known: Lead, *, house: House) -> Taken:
    async with house.store.change() as uow:
        lead = await uow.leads.held(known.id)
        seen = [item for item in await uow.inbox.earlier(source, number) if item.kind == "work_order"]
        is_same = any(item.content_hash == content_hash(order) for item in seen)
        if is_same or is_echo(order, house):
            return Taken("duplicate_same", lead.number)
        before = uow.inbox.content(seen[-1]) if seen else {}
        if seen and _content(before) == _content(order):
            return Taken("duplicate_same", lead.number)
        await uow.inbox.keep(source, number, "work_order", order, lead_id=lead.id, at=house.clock())
        await note_order(lead, source, before, order, uow=uow, house=house)
    return Taken("updated", lead.number)


def _content(order: dict[str, Any]) -> dict[str, Any]:
    """What it says, whatever revision of theirs says it."""
    return {key: value for key, value in order.items() if key != "source_revision"}


def is_echo(message: dict[str, Any], house: House) -> bool:
    """Whether it is our own change that comes back, by its origin tag."""
    return message.get("origin") in (SOURCE, house.policy.hotline_app_id)


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
        lead = await _named(source, number, event, uow=uow)
        seen = await uow.inbox.earlier(source, number)
        is_same = any(item.content_hash == content_hash(event) for item in seen)
        if is_same or (lead is not None and is_echo(event, house)):
            return Taken("duplicate_same", lead.number if lead else None)
        await uow.inbox.keep(source, number, kind, event, lead_id=lead.id if lead else None, at=house.clock())
        if lead is None:
            return Taken("orphan", None)
        await note_event(lead, source, number, event, uow=uow, house=house)
    return Taken("updated", lead.number)


async def _named(source: str, number: str, event: dict[str, Any], *, uow: UnitOfWork) -> Lead | None:
    """The lead an event is about, locked; each authority only reaches what it shares with us."""
    if source != HOTLINE:
        complaint = await uow.complaints.by_source(source, number)
        lead = await uow.leads.by_complaint(complaint.id) if complaint else None
    else:
        # Their event can overtake the answer that brings us their number: they name ours as well.
        lead = await uow.leads.by_hotline_no(number) or await uow.leads.by_number(number)
        lead = lead or await uow.leads.by_number(str(event.get("lead_no") or ""))
        lead = lead if lead is not None and lead.is_shared else None
    return await uow.leads.held(lead.id) if lead is not None else None


async def _adopt_orphans(source: str, number: str, lead: Lead, *, uow: UnitOfWork, house: House) -> None:
    """Events that came before their work order now belong to it."""
    for item in await uow.inbox.earlier(source, number):
        # Orders that a file brought answered already (import_orders) are no events.
        if item.lead_id is None and item.kind in events():
            item.lead_id = lead.id
            await note_event(lead, source, number, uow.inbox.content(item), uow=uow, house=house)
