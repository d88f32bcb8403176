"""Rows of imported files, and the bulk looks that an import needs."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.store.tables import Complaint, ImportedFile, InboxItem


class Imports:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def file(self, file_hash: str) -> ImportedFile | None:
        return (
            await self._session.exec(select(ImportedFile).where(ImportedFile.file_hash == file_hash))
        ).first()

    def save(self, row: ImportedFile) -> None:
        self._session.add(row)

    async def complaints(self, source: str, numbers: Sequence[str]) -> dict[str, str]:
        """Their number to the id of the complaint we filed for it."""
        query = select(Complaint.source_no, Complaint.id).where(
            Complaint.source_system == source, col(Complaint.source_no).in_(numbers)
        )
        return {str(number): complaint_id for number, complaint_id in (await self._session.exec(query)).all()}

    async def known(self, source: str, numbers: Sequence[str]) -> set[tuple[str, str]]:
        """(number, content hash) of what they told before."""
        query = select(InboxItem.number, InboxItem.content_hash).where(
            InboxItem.source == source, col(InboxItem.number).in_(numbers)
        )
        return {(number, hashed) for number, hashed in (await self._session.exec(query)).all()}
