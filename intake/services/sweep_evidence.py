"""Keep rows and files of evidence together: what nobody filed goes after a day, what is lost is said aloud."""

from __future__ import annotations

import datetime as dt
import logging

from intake.services.evidence_room import EvidenceRoom, evidence_room, original, stripped
from intake.services.house import House

log = logging.getLogger(__name__)
KEPT = dt.timedelta(hours=24)
SETTLED = dt.timedelta(minutes=10)


async def sweep_evidence(*, house: House) -> int:
    """Remove the unfiled and the ownerless, report the missing; how many were touched."""
    room = evidence_room(house)
    before = house.clock() - KEPT
    touched = await _unfiled(before, room, house=house)
    touched += await _ownerless(before, room, house=house)
    return touched + await _missing(room, house=house)


async def _unfiled(before: dt.datetime, room: EvidenceRoom, *, house: House) -> int:
    async with house.store.change() as uow:
        rows = await uow.evidence.left_over(before)
        for row in rows:
            await uow.evidence.remove(row)
    for row in rows:
        await room.files.delete(original(row.id))
        await room.files.delete(stripped(row.id))
    if rows:
        log.info("unfiled evidence removed", extra={"count": len(rows)})
    return len(rows)


async def _ownerless(before: dt.datetime, room: EvidenceRoom, *, house: House) -> int:
    """Files older than a day that no row knows: what a crash left between file and row."""
    gone = 0
    async for page in room.files.names():
        old = {name: name.rsplit("/", 1)[-1] for name, at in page if at < before}
        async with house.store.look() as uow:
            known = await uow.evidence.known(list(old.values()))
        for name, owner in old.items():
            if owner not in known:
                await room.files.delete(name)
                log.warning("ownerless evidence file removed", extra={"attachment": owner})
                gone += 1
    return gone


async def _missing(room: EvidenceRoom, *, house: House) -> int:
    """Rows whose file is not there: logged, and said in the lead's history, once."""
    last, lost = "", 0
    while True:
        async with house.store.look() as uow:
            ids = await uow.evidence.ids_after(last, house.clock() - SETTLED)
        if not ids:
            return lost
        for one in ids:
            if not await room.files.exists(original(one)):
                await _report(one, house=house)
                lost += 1
        last = ids[-1]


async def _report(attachment_id: str, *, house: House) -> None:
    log.error("evidence file missing", extra={"attachment": attachment_id})
    async with house.store.change() as uow:
        row = await uow.evidence.get(attachment_id)
        if row is None:
            return
        at, label = house.clock(), "附件文件丢失"
        row.missing_at = at
        await uow.evidence.handed(row, "missing", label, at=at, actor="clock")
        lead = await uow.leads.by_id(row.lead_id) if row.lead_id else None
        if lead is not None:
            details = {"attachment": row.id, "sha256": row.sha256}
            await uow.leads.record(
                lead, at=at, actor="clock", kind="evidence_missing", label=label, details=details
            )
