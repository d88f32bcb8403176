"""Supervision documents."""

from __future__ import annotations

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.domain.errors import NotFound, Stale
from intake.store.tables import LeadDocument


class Documents:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def save(self, document: LeadDocument) -> None:
        self._session.add(document)

    async def of_lead(self, lead_id: str) -> list[LeadDocument]:
        """The newest first, dropped drafts left out."""
        query = select(LeadDocument).where(LeadDocument.lead_id == lead_id, LeadDocument.state != "dropped")
        return list((await self._session.exec(query.order_by(col(LeadDocument.made_at).desc()))).all())

    async def locked(self, document_id: str, lead_id: str, *, version: int | None = None) -> LeadDocument:
        """raises: NotFound, Stale"""
        query = select(LeadDocument).where(
            LeadDocument.id == document_id, LeadDocument.lead_id == lead_id, LeadDocument.state != "dropped"
        )
        found = (await self._session.exec(query.with_for_update(of=LeadDocument))).first()
        if found is None:
            raise NotFound("没有找到这份文书。")
        if version is not None and found.version != version:
            raise Stale("这份文书刚被其他人更新过，请刷新后再操作。")
        return found

    async def is_taken(self, number: str) -> bool:
        query = select(LeadDocument.id).where(LeadDocument.number == number)
        return (await self._session.exec(query)).first() is not None
