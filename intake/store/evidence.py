"""Attachments and their custody."""

from __future__ import annotations

import base64
import datetime as dt
from typing import Any

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.store.crypto import KeyRing
from intake.store.tables import Attachment, Complaint, CustodyEntry, Lead

LISTED = 500


class Evidence:
    def __init__(self, session: AsyncSession, keys: KeyRing) -> None:
        self._session = session
        self._keys = keys

    def seal(self, row: Attachment, *, key: bytes, name: str, transcript: str | None = None) -> None:
        """Put file key, name and transcript, sealed, into the row."""
        content = {"key": base64.b64encode(key).decode(), "name": name, "transcript": transcript}
        row.sealed = self._keys.seal(content, f"attachment.sealed:{row.id}")

    def add(self, row: Attachment) -> None:
        self._session.add(row)

    def open(self, row: Attachment) -> tuple[bytes, str, str | None]:
        """(file key, name, transcript)"""
        content = self._keys.open(row.sealed, f"attachment.sealed:{row.id}")
        return base64.b64decode(content["key"]), content["name"], content.get("transcript")

    async def get(self, attachment_id: str) -> Attachment | None:
        query = select(Attachment).where(Attachment.id == attachment_id).with_for_update(of=Attachment)
        return (await self._session.exec(query)).first()

    async def of_lead(self, lead_id: str) -> list[Attachment]:
        query = (
            select(Attachment)
            .where(Attachment.lead_id == lead_id)
            .order_by(col(Attachment.received_at), col(Attachment.id))
        )
        return list((await self._session.exec(query)).all())

    async def waiting_in(self, conversation_id: str) -> list[Attachment]:
        """Files of a talk that no lead has yet."""
        query = (
            select(Attachment)
            .where(Attachment.conversation_id == conversation_id, col(Attachment.lead_id).is_(None))
            .order_by(col(Attachment.received_at), col(Attachment.id))
            .with_for_update(of=Attachment)
        )
        return list((await self._session.exec(query)).all())

    async def lead_of_talk(self, conversation_id: str) -> Lead | None:
        """The lead that a talk filed last."""
        query = (
            select(Lead)
            .join(Complaint, col(Complaint.id) == Lead.complaint_id)
            .where(Complaint.conversation_id == conversation_id)
            .order_by(col(Lead.received_at).desc())
            .with_for_update(of=Lead)
        )
        return (await self._session.exec(query)).first()

    async def to_scan(self, now: dt.datetime, limit: int) -> list[str]:
        query = (
            select(Attachment.id)
            .where(Attachment.state == "quarantined", col(Attachment.scan_after) <= now)
            .where(col(Attachment.missing_at).is_(None))
            .order_by(col(Attachment.scan_after))
            .limit(limit)
        )
        return list((await self._session.exec(query)).all())

    async def left_over(self, before: dt.datetime) -> list[Attachment]:
        """What nobody filed since `before`."""
        query = (
            select(Attachment)
            .where(col(Attachment.lead_id).is_(None), col(Attachment.received_at) < before)
            .limit(LISTED)
            .with_for_update(of=Attachment)
        )
        return list((await self._session.exec(query)).all())

    async def ids_after(self, last: str, before: dt.datetime) -> list[str]:
        """Ids in order, a page at a time, of what should have its file."""
        query = (
            select(Attachment.id)
            .where(col(Attachment.id) > last, col(Attachment.received_at) < before)
            .where(col(Attachment.missing_at).is_(None))
            .order_by(col(Attachment.id))
            .limit(LISTED)
        )
        return list((await self._session.exec(query)).all())

    async def known(self, ids: list[str]) -> set[str]:
        return set((await self._session.exec(select(Attachment.id).where(col(Attachment.id).in_(ids)))).all())

    async def remove(self, row: Attachment) -> None:
        """Row and custody of what was never filed; without its key the bytes are noise."""
        for entry in await self.custody(row.id):
            await self._session.delete(entry)
        await self._session.flush()
        await self._session.delete(row)

    async def custody(self, attachment_id: str) -> list[CustodyEntry]:
        query = (
            select(CustodyEntry)
            .where(CustodyEntry.attachment_id == attachment_id)
            .order_by(col(CustodyEntry.seq))
        )
        return list((await self._session.exec(query)).all())

    async def handed(
        self, row: Attachment, kind: str, label: str, *, at: dt.datetime, actor: str, **details: Any
    ) -> None:
        """Append a link to the chain of custody."""
        self._session.add(row)
        await self._session.flush()
        query = select(func.max(CustodyEntry.seq)).where(CustodyEntry.attachment_id == row.id)
        last = (await self._session.exec(query)).one() or 0
        self._session.add(
            CustodyEntry(
                attachment_id=row.id,
                seq=last + 1,
                at=at,
                actor=actor,
                kind=kind,
                label=label,
                details=details,
            )
        )
        await self._session.flush()

    async def backlog(self) -> dict[str, int]:
        """Counts for /metrics: files in quarantine and files that are missing."""
        query = select(Attachment.state, func.count()).group_by(Attachment.state)
        counts: dict[str, int] = {state: n for state, n in (await self._session.exec(query)).all()}
        missing = select(func.count()).select_from(Attachment).where(col(Attachment.missing_at).is_not(None))
        counts["missing"] = (await self._session.exec(missing)).one()
        return counts
