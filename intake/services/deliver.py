"""Deliver what waits in the outbox: at least once, in order per lead.

Claim, close the database session, call, then write the outcome (fenced on the
claim, so that a worker that was too slow does not overwrite its successor).
All workers together keep the rate that was published to the hotline: who claims
a message takes a place in time for its call, too.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import random
from typing import Any

from connectors.errors import Garbled, Refused, Unreachable
from intake.domain import privacy
from intake.services.deliver_letter import keep_receipt, send_letter
from intake.services.house import House
from intake.services.index_lead import index_lead
from intake.services.partner_titles import KINDS, TITLES
from intake.services.tell_hotline import HOTLINE, read_vector
from intake.store.lead_filters import ASKS_A_PERSON
from intake.store.outbox import DISCIPLINE
from intake.store.tables import Lead, Outbox
from intake.store.unit_of_work import UnitOfWork

log = logging.getLogger(__name__)

# How many longest calls a claim outlives: those of a batch run side by side, each after waiting for its place.
LEASE_CALLS = 4
# Nobody takes a place further ahead than this.
HORIZON = dt.timedelta(seconds=2)
FIRST_WAIT_S = 2.0
LONGEST_WAIT_S = 1800.0
LONGEST_TOLD_S = 86_400.0
TRIED_FOR = dt.timedelta(hours=24)
MAX_ATTEMPTS = 80  # at least 24 h of waiting, whatever the jitter, before a message is given to a person


async def deliver_due(worker: str, *, house: House, limit: int = 8, to: str = HOTLINE) -> int:
    """Try each due message to one destination once; returns how many were claimed.

    worker: name of this process, unique
    """
    now, rate = house.clock(), house.policy.hotline_rate if to == HOTLINE else 0.0
    lease = dt.timedelta(seconds=LEASE_CALLS * house.policy.hotline_timeout_s)
    async with house.store.change() as uow:
        first = now
        if rate:
            slot = await uow.outbox.next_slot(to, now)
            first, limit = slot.next_at, min(limit, _places(slot.next_at - now, rate))
        rows = await uow.outbox.claim(worker, now, lease, limit, to=to) if limit > 0 else []
        if rate:
            slot.next_at = first + dt.timedelta(seconds=len(rows) / rate)
    # One after the other they would outlive their lease at a slow hotline. Each is of another lead.
    waits = [(first - now).total_seconds() + place / rate if rate else 0.0 for place in range(len(rows))]
    tasks = (_deliver(row, wait_s, house=house) for row, wait_s in zip(rows, waits, strict=True))
    for failed in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(failed, BaseException):
            raise failed
    return len(rows)


def _places(ahead: dt.timedelta, rate: float) -> int:
    """How many calls may be planned now; one at least every while, however slow the rate."""
    free = int((HORIZON - ahead).total_seconds() * rate)
    return max(free, 1) if ahead < HORIZON else 0


async def _deliver(row: Outbox, wait_s: float, *, house: House) -> None:
    await asyncio.sleep(wait_s)
    try:
        answer = await _send(row, house=house)
    except Refused as error:
        await _settle(row, house=house, state="dead", last_error=privacy.mask(str(error))[:250])
        log.error("delivery refused", extra={"destination": row.destination, "kind": row.kind, "id": row.id})
    except (Unreachable, Garbled) as error:
        await _again(row, error, house=house)
    else:
        await _delivered(row, answer, house=house)


async def _send(row: Outbox, *, house: House) -> Any:
    if row.destination == DISCIPLINE:
        return await send_letter(row, house=house)
    if row.destination != HOTLINE:
        try:
            return await house.partners[row.destination].deliver(row.kind, row.payload, message_id=row.id)
        except ValueError as missing:
            # Nothing was sent: what the connector needs is not in the message.
            raise Refused(str(missing), system=row.destination) from missing
    if row.kind == "work_order":
        return await house.hotline.push_work_order(row.payload, message_id=row.id)
    async with house.store.look() as uow:
        lead = await uow.leads.by_id(row.lead_id)
    if lead is None:
        raise Refused("the lead is gone", system=row.destination)
    return await house.hotline.push_event(lead.hotline_no or lead.number, row.payload, message_id=row.id)


async def _again(row: Outbox, error: Exception, *, house: House) -> None:
    now = house.clock()
    if row.attempts >= MAX_ATTEMPTS and now - row.created_at >= TRIED_FOR:
        await _settle(row, house=house, state="dead", last_error=privacy.mask(str(error))[:250])
        return
    base = min(house.policy.longest_wait_s, FIRST_WAIT_S * 2 ** min(row.attempts - 1, 12))
    told_s = min(getattr(error, "retry_after_s", None) or 0.0, LONGEST_TOLD_S)
    wait = dt.timedelta(seconds=max(told_s, base * random.uniform(0.8, 1.2)))  # noqa: S311 - jitter, no secret
    await _settle(
        row,
        house=house,
        state="ready",
        run_at=now + wait,
        last_error=privacy.mask(str(error))[:250],
    )
    log.warning(
        "delivery postponed", extra={"destination": row.destination, "attempt": row.attempts, "id": row.id}
    )


async def _settle(row: Outbox, *, house: House, **values: Any) -> None:
    async with house.store.change() as uow:
        await uow.outbox.settle(row, lease_until=None, **values)


async def _delivered(row: Outbox, answer: Any, *, house: House) -> None:
    now, number = house.clock(), getattr(answer, "number", None)
    # A letter's receipt stands with the referral alone.
    receipt = str(number)[:64] if number and row.destination != DISCIPLINE else None
    async with house.store.change() as uow:
        # The lead first, as every step does: two that each hold one of both would wait for ever.
        lead = await uow.leads.held(row.lead_id)
        outcome = {"state": "done", "done_at": now, "lease_until": None, "last_error": None}
        if not await uow.outbox.settle(row, **outcome, receipt=receipt):
            return
        if row.destination == DISCIPLINE:
            await keep_receipt(row, answer, now, uow=uow, house=house)
        elif row.destination != HOTLINE:
            await _note_receipt(row, lead, number, now, uow)
        else:
            await _acknowledged(lead, row, uow)
            if row.kind == "work_order" and number:
                await _registered(lead, row, number, now, uow)
    log.info("lead pushed", extra={"destination": row.destination, "attempt": row.attempts})


async def _registered(lead: Lead, row: Outbox, number: str, now: dt.datetime, uow: UnitOfWork) -> None:
    """The hotline has the case under a number of its own."""
    lead.hotline_no = number
    # Sent again, it has a later status already.
    lead.hotline_status = lead.hotline_status or str(row.payload.get("status") or "已登记")
    await uow.leads.record(
        lead,
        at=now,
        actor="hotline12345",
        kind="hotline_received",
        label="12345 热线已登记",
        is_public=True,
        details={"hotline_no": number},
    )
    await index_lead(lead, uow=uow)
    uow.leads.save(lead)


async def _note_receipt(
    row: Outbox, lead: Lead, number: str | None, now: dt.datetime, uow: UnitOfWork
) -> None:
    await uow.leads.record(
        lead,
        at=now,
        actor=row.destination,
        kind="told_partner",
        label=f"{TITLES[row.destination]}已收到{KINDS.get(row.kind, row.kind)}"[:64],
        details={"receipt": number or "", "message": row.id},
    )
    log.info(
        "partner told", extra={"destination": row.destination, "kind": row.kind, "attempt": row.attempts}
    )


async def _acknowledged(lead: Lead, row: Outbox, uow: UnitOfWork) -> None:
    """They have this message now, and so every change of ours that it counts."""
    told = read_vector(row.payload.get("source_revision"))
    if told is None:
        return
    case, status = await uow.shared.of(lead.id), row.payload.get("status")
    # Their state is now the one we told, unless they have said another knowing ours.
    is_newest = told.ours > case.acked and lead.hotline_status not in ASKS_A_PERSON
    if row.kind == "event" and status and is_newest:
        # Not a new version: what a person has on the screen is as true as before.
        lead.hotline_status = str(status)
    uow.shared.acknowledged(case, told.ours)


async def redrive(destination: str, *, house: House) -> int:
    """Make refused and given-up messages ready again; returns how many."""
    async with house.store.change() as uow:
        return await uow.outbox.redrive(destination, house.clock())
