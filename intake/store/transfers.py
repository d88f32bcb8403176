"""Cases that another authority transferred to us, with what went back; and what could not be filed of them."""

from __future__ import annotations

from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.domain.conflict import Sight
from intake.store.seen import seen
from intake.store.tables import Complaint, InboxItem, Lead, Outbox


class Transfers:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def of_source(self, source: str, sight: Sight, limit: int) -> list[tuple[Lead, str]]:
        """The newest cases of a source that `sight` shows, with its numbers."""
        query: Any = (
            select(Lead, Complaint.source_no)
            .join(Complaint, col(Complaint.id) == Lead.complaint_id)
            .where(Complaint.source_system == source)
            .order_by(col(Lead.received_at).desc(), col(Lead.id))
            .limit(limit)
        )
        return [(lead, number or "") for lead, number in (await self._session.exec(seen(query, sight))).all()]

    async def last_messages(self, destination: str, lead_ids: list[str]) -> dict[str, Outbox]:
        """Lead id to the last message about it to a destination."""
        query = (
            select(Outbox)
            .where(Outbox.destination == destination, col(Outbox.lead_id).in_(lead_ids))
            .order_by(col(Outbox.seq))
        )
        return {row.lead_id: row for row in (await self._session.exec(query)).all()}

    async def not_filed(self, source: str, kind: str, limit: int) -> list[InboxItem]:
        """What was kept because it could not be filed, the newest first; not what was filed since."""
        filed = (
            select(Complaint.id)
            .where(Complaint.source_system == source, Complaint.source_no == InboxItem.number)
            .exists()
        )
        query = (
            select(InboxItem)
            .where(InboxItem.source == source, InboxItem.kind == kind, ~filed)
            .order_by(col(InboxItem.seq).desc())
            .limit(limit)
        )
        return list((await self._session.exec(query)).all())
