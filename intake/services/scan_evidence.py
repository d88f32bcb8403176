"""Scan what is in quarantine and prepare what staff may see; without a clear answer it stays there."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import AsyncIterator

from connectors.errors import ConnectorError
from intake.domain.media import ACCEPTED
from intake.services.evidence_room import EvidenceRoom, evidence_room, original, stripped, whole
from intake.services.house import House
from intake.services.strip_copy import CannotCopy, strip_copy
from intake.store.crypto import CannotOpen
from intake.store.tables import Attachment

log = logging.getLogger(__name__)
BATCH = 5
FIRST_WAIT = dt.timedelta(seconds=30)
LONGEST_WAIT = dt.timedelta(hours=1)


async def scan_evidence(*, house: House) -> int:
    """Scan a few of the files in quarantine; how many got a verdict. Without a scanner: none."""
    room = evidence_room(house)
    if room.scanner is None:
        return 0
    async with house.store.look() as uow:
        ids = await uow.evidence.to_scan(house.clock(), BATCH)
    return sum([await _scan_one(one, room, house=house) for one in ids])


async def _scan_one(attachment_id: str, room: EvidenceRoom, *, house: House) -> bool:
    assert room.scanner is not None
    async with house.store.look() as uow:
        row = await uow.evidence.get(attachment_id)
        if row is None:
            return False
        key, _, _ = uow.evidence.open(row)
    try:
        found = await room.scanner.scan(room.files.get(original(row.id), key))
    except (ConnectorError, FileNotFoundError, CannotOpen) as error:
        await _later(attachment_id, type(error).__name__, house=house)
        return False
    async with house.store.change() as uow:
        row = await uow.evidence.get(attachment_id)
        if row is None or row.state != "quarantined":
            return False
        row.state = "infected" if found else "clean"
        label = "查出病毒，已封存" if found else "查毒通过"
        details = {"found": found} if found else {}
        await uow.evidence.handed(row, "scanned", label, at=house.clock(), actor="clamd", **details)
    if not found:
        await prepare_copy(attachment_id, house=house)
    return True


async def _later(attachment_id: str, why: str, *, house: House) -> None:
    log.warning("evidence not scanned", extra={"attachment": attachment_id, "kind": why})
    async with house.store.change() as uow:
        row = await uow.evidence.get(attachment_id)
        if row is None:
            return
        row.scans += 1
        row.scan_after = house.clock() + min(FIRST_WAIT * 2 ** min(row.scans - 1, 10), LONGEST_WAIT)
        uow.evidence.add(row)


async def prepare_copy(attachment_id: str, *, house: House) -> None:
    """Make the stripped copy of an image and the transcript of a recording, as far as the house can."""
    room = evidence_room(house)
    async with house.store.look() as uow:
        row = await uow.evidence.get(attachment_id)
        if row is None:
            return
        key, name, _ = uow.evidence.open(row)
    kind = ACCEPTED[row.media_type].kind
    if kind == "audio" and room.speech is not None:
        heard = await room.speech.transcribe(room.files.get(original(row.id), key), row.media_type)
        async with house.store.change() as uow:
            uow.evidence.seal(row, key=key, name=name, transcript=heard[:20_000])
            await uow.evidence.handed(row, "transcribed", "转成文字", at=house.clock(), actor="speech")
    if kind == "image":
        await _copy_image(row, key, room, house=house)


async def _copy_image(row: Attachment, key: bytes, room: EvidenceRoom, *, house: House) -> None:
    try:
        async with room.looking:
            content = await whole(room.files, original(row.id), key)
            made = await asyncio.to_thread(strip_copy, content, row.media_type)
        await room.files.put(stripped(row.id), key, _once(made[0]))
        state, facts = "ready", made[2] | {"copy_type": made[1]}
        label = "生成去隐私副本"
    except (CannotCopy, FileNotFoundError, CannotOpen):
        state, facts, label = "failed", {}, "不能生成副本"
    async with house.store.change() as uow:
        row.copy_state, row.facts = state, facts
        await uow.evidence.handed(row, "copied", label, at=house.clock(), actor="house")


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
