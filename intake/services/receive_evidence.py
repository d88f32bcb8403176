"""Take in one file as a stream: told by its content, hashed, encrypted, in quarantine. Whole or not at all."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes

from intake.domain import media
from intake.domain.errors import (
    FieldProblem,
    FileTooLarge,
    Malformed,
    NotSignedIn,
    StoreUnavailable,
    TooManyFiles,
)
from intake.domain.media import Media
from intake.services.evidence_room import MB, EvidenceRoom, evidence_room, original, whole
from intake.services.house import House
from intake.services.secrets import token_hash
from intake.store.evidence_files import new_file_key
from intake.store.tables import Attachment, new_id


@dataclass(frozen=True, slots=True)
class Received:
    """id: the secret by which its sender files it; known to nobody else until then."""

    id: str
    sha256: str
    media_type: str
    size: int
    state: str
    name: str


async def receive_evidence(
    name: str,
    plain: AsyncIterator[bytes],
    *,
    session: str | None = None,
    house: House,
    actor: str = "citizen",
) -> Received:
    """Store a file until it is filed; a stream that breaks off leaves nothing behind.

    actor: who gave it
    session: of the conversation it belongs to; None: it belongs to whoever knows its id
    raises: UnsupportedMedia, FileTooLarge, TooManyFiles, Malformed, NotSignedIn, StoreUnavailable
    """
    room = evidence_room(house)
    talk_id = await _talk_id(session, room, house=house) if session else None
    row_id, key = new_id(), new_file_key()
    intake = _Intake(plain, room)
    try:
        await room.files.put(original(row_id), key, intake.stream())
        found = intake.media or await _members(row_id, key, room)
        row = _row(row_id, talk_id, found, intake, house)
        async with house.store.change() as uow:
            uow.evidence.seal(row, key=key, name=media.tidy_name(name, found))
            details = {"sha256": row.sha256, "sm3": row.sm3, "bytes": row.size}
            await uow.evidence.handed(row, "received", "收到", at=row.received_at, actor=actor, **details)
    except BaseException:
        # Also a cut connection (cancelled): nobody will ever ask for these bytes.
        # When the store itself is away, the sweep removes what it has of it.
        with suppress(StoreUnavailable):
            await asyncio.shield(room.files.delete(original(row_id)))
        raise
    return Received(row_id, row.sha256, row.media_type, row.size, row.state, media.tidy_name(name, found))


async def _talk_id(session: str, room: EvidenceRoom, *, house: House) -> str:
    async with house.store.change() as uow:
        talk = await uow.conversations.by_session(token_hash(session))
        if talk is None:
            raise NotSignedIn("这个会话已失效，请重新打开页面。")
        if len(await uow.evidence.waiting_in(talk.id)) >= room.limits.files:
            raise TooManyFiles(f"最多只能附 {room.limits.files} 个文件。")
        return talk.id


async def _members(row_id: str, key: bytes, room: EvidenceRoom) -> Media:
    async with room.looking:
        content = await whole(room.files, original(row_id), key)
        return await asyncio.to_thread(media.told_by_members, content)


def _row(row_id: str, talk_id: str | None, found: Media, intake: _Intake, house: House) -> Attachment:
    now = house.clock()
    return Attachment(
        id=row_id,
        conversation_id=talk_id,
        media_type=found.media_type,
        size=intake.size,
        sha256=intake.sha256.hexdigest(),
        sm3=intake.sm3.finalize().hex(),
        sealed=b"",
        state="quarantined",
        scan_after=now,
        received_at=now,
    )


@dataclass
class _Intake:
    """Watches a stream go by: its kind, its length, its hashes."""

    plain: AsyncIterator[bytes]
    room: EvidenceRoom
    media: Media | None = None
    size: int = 0
    sha256: Any = field(default_factory=hashlib.sha256)
    sm3: Any = field(default_factory=lambda: hashes.Hash(hashes.SM3()))

    async def stream(self) -> AsyncIterator[bytes]:
        head, is_told = b"", False
        async for part in self.plain:
            self._count(part)
            if is_told:
                self._check_size()
                yield part
                continue
            head += part
            if len(head) >= media.SNIFF:
                self._tell(head)
                is_told = True
                yield head
        if not head:
            raise Malformed(FieldProblem("file", "empty_file", "这个文件是空的，请重新选择。"))
        if not is_told:
            self._tell(head)
            yield head

    def _count(self, part: bytes) -> None:
        self.size += len(part)
        self.sha256.update(part)
        self.sm3.update(part)

    def _tell(self, head: bytes) -> None:
        self.media = media.told_by(head)
        self._check_size()

    def _check_size(self) -> None:
        kind = self.media.kind if self.media else "document"
        limit = self.room.limits.of(kind)
        if self.size > limit:
            words = "视频" if kind == "video" else "图片、录音和文档"
            raise FileTooLarge(f"文件太大：{words}每个最多 {limit // MB} MB。请压缩或分开上传。")
