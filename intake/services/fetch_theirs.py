"""Fetch the files that the hotline offers into quarantine, like a citizen's: scanned before anybody opens them.

Claim, close the database session, fetch, then write the outcome. What is refused stands on the lead with its reason.
"""

from __future__ import annotations

import datetime as dt
import hmac
import logging
from typing import Any

from connectors.errors import ConnectorError, Garbled, Refused
from intake.domain import privacy
from intake.domain.errors import FileTooLarge, Malformed, TooManyFiles, UnsupportedMedia
from intake.services.attach_evidence import attach_evidence
from intake.services.evidence_room import evidence_room, original
from intake.services.house import House
from intake.services.receive_evidence import Received, receive_evidence
from intake.store.tables import TheirFile

log = logging.getLogger(__name__)
# Longer than the longest fetch (connectors/hotline12345/files.py), so that nobody fetches the same twice at once.
LEASE = dt.timedelta(seconds=180)
FIRST_WAIT_S, LONGEST_WAIT_S = 10.0, 1800.0
MOST_ATTEMPTS = 60  # a good day; afterwards a person asks the hotline
ANOTHER = "附件内容与对方所说的校验值不一致"


async def fetch_due(*, house: House, limit: int = 2) -> int:
    """Try each due file once; returns how many were claimed."""
    async with house.store.change() as uow:
        rows = await uow.their_files.claim(house.clock(), LEASE, limit)
    for row in rows:
        await _fetch(row, house=house)
    return len(rows)


async def _fetch(row: TheirFile, *, house: House) -> None:
    async with house.store.look() as uow:
        offer = uow.their_files.offer(row)
    try:
        received = await _received(row, offer, house=house)
        await _attach(row, received, house=house)
    except (Refused, FileTooLarge, TooManyFiles, UnsupportedMedia, Malformed) as error:
        await _refuse(row, _said(error), house=house)
    except ConnectorError as error:
        await _later(row, _said(error), house=house)


async def _received(row: TheirFile, offer: dict[str, Any], *, house: House) -> Received:
    fetcher = house.their_files.get(row.source)
    if fetcher is None:
        raise Refused("没有约定从这个系统取附件", system=row.source)
    room = evidence_room(house)
    async with fetcher.open(offer["url"], most_bytes=room.limits.video) as parts:
        received = await receive_evidence(offer["name"], parts, house=house, actor=row.source)
    if offer["sha256"] and not hmac.compare_digest(received.sha256, offer["sha256"]):
        await _throw_away(received, house=house)
        raise Garbled(ANOTHER, system=row.source)
    return received


async def _attach(row: TheirFile, received: Received, *, house: House) -> None:
    now = house.clock()
    try:
        async with house.store.change() as uow:
            lead = await uow.leads.held(row.lead_id)
            done = await uow.their_files.settle(row, state="done", attachment_id=received.id, last_error=None)
            if done:
                await attach_evidence(
                    lead, [received.id], conversation_id=None, at=now, uow=uow, house=house, actor=row.source
                )
                uow.leads.save(lead)
    except TooManyFiles:
        await _throw_away(received, house=house)
        raise
    log.info("their file fetched", extra={"source": row.source, "attempt": row.attempts})


async def _throw_away(received: Received, *, house: House) -> None:
    async with house.store.change() as uow:
        row = await uow.evidence.get(received.id)
        if row is not None:
            await uow.evidence.remove(row)
    await evidence_room(house).files.delete(original(received.id))


async def _later(row: TheirFile, why: str, *, house: House) -> None:
    if row.attempts >= MOST_ATTEMPTS:
        await _refuse(row, f"多次没有取到：{why}", house=house)
        return
    wait_s = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** min(row.attempts - 1, 10))
    run_at = house.clock() + dt.timedelta(seconds=wait_s)
    async with house.store.change() as uow:
        await uow.their_files.settle(row, state="down", run_at=run_at, last_error=why)
    log.warning("their file postponed", extra={"source": row.source, "attempt": row.attempts})


async def _refuse(row: TheirFile, why: str, *, house: House) -> None:
    async with house.store.change() as uow:
        lead = await uow.leads.held(row.lead_id)
        if await uow.their_files.settle(row, state="refused", last_error=why):
            await uow.leads.record(
                lead,
                at=house.clock(),
                actor=row.source,
                kind="their_file_refused",
                label="对方的附件没有收进来",
                details={"text": why},
            )
            uow.leads.save(lead)
    log.warning("their file refused", extra={"source": row.source, "attempt": row.attempts})


def _said(error: Exception) -> str:
    return privacy.mask(str(error))[:250]
