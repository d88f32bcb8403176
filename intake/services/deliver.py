"""Deliver what waits in the outbox: at least once, in order per lead.

Claim, close the database session, call, then write the outcome (fenced on the
claim, so that a worker that was too slow does not overwrite its successor).
"""

from __future__ import annotations

import datetime as dt
import logging
import random
from typing import Any

from connectors.errors import Garbled, Refused, Unreachable
from intake.domain import privacy
from intake.services.house import House
from intake.services.index_lead import index_lead
from intake.services.tell_hotline import read_vector
from intake.store.tables import Lead, Outbox
from intake.store.unit_of_work import UnitOfWork

log = logging.getLogger(__name__)

LEASE = dt.timedelta(seconds=60)
FIRST_WAIT_S = 2.0
LONGEST_WAIT_S = 1800.0
MAX_ATTEMPTS = 80  # at least 24 h of waiting, whatever the jitter, before a message is given to a person


async def deliver_due(worker: str, *, house: House, limit: int = 8) -> int:
    """Try each due message once; returns how many were claimed.

    worker: name of this process, unique
    """
    now = house.clock()
    async with house.store.change() as uow:
        rows = await uow.outbox.claim(worker, now, LEASE, limit)
    for row in rows:
        await _deliver(row, house=house)
    return len(rows)


async def _deliver(row: Outbox, *, house: House) -> None:
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
    if row.kind == "work_order":
        return await house.hotline.push_work_order(row.payload, message_id=row.id)
    async with house.store.look() as uow:
        lead = await uow.leads.by_id(row.lead_id)
    if lead is None:
        raise Refused("the lead is gone", system=row.destination)
    return await house.hotline.push_event(lead.hotline_no or lead.number, row.payload, message_id=row.id)


async def _again(row: Outbox, error: Exception, *, house: House) -> None:
    if row.attempts >= MAX_ATTEMPTS:
        await _settle(row, house=house, state="dead", last_error=privacy.mask(str(error))[:250])
        return
    base = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** min(row.attempts - 1, 12))
    wait = dt.timedelta(seconds=base * random.uniform(0.8, 1.2))  # noqa: S311 - jitter, not a secret
    await _settle(
        row,
        house=house,
        state="ready",
        run_at=house.clock() + wait,
        last_error=privacy.mask(str(error))[:250],
    )
    log.warning(
        "delivery postponed", extra={"destination": row.destination, "attempt": row.attempts, "id": row.id}
    )


async def _settle(row: Outbox, *, house: House, **values: Any) -> None:
    async with house.store.change() as uow:
        await uow.outbox.settle(row, lease_until=None, **values)


async def _delivered(row: Outbox, answer: Any, *, house: House) -> None:
    now = house.clock()
    async with house.store.change() as uow:
        # The lead first, as every step does: two that each hold one of both would wait for ever.
        lead = await uow.leads.held(row.lead_id)
        if not await uow.outbox.settle(row, state="done", done_at=now, lease_until=None, last_error=None):
            return
        await _acknowledged(lead, row, uow)
        number = getattr(answer, "number", None)
        if row.kind != "work_order" or not number:
            return
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
    log.info("lead pushed", extra={"destination": row.destination, "attempt": row.attempts})


async def _acknowledged(lead: Lead, row: Outbox, uow: UnitOfWork) -> None:
    """They have this message now, and so every change of ours that it counts."""
    told = read_vector(row.payload.get("source_revision"))
    if told is not None:
        uow.shared.acknowledged(await uow.shared.of(lead.id), told.ours)


async def redrive(destination: str, *, house: House) -> int:
    """Make refused and given-up messages ready again; returns how many."""
    async with house.store.change() as uow:
        return await uow.outbox.redrive(destination, house.clock())
