"""What others are told of leads: the authorities they are shared with, and the people who complained."""

from __future__ import annotations

import datetime as dt

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.store.leads import UNTOLD
from intake.store.tables import Complaint, Lead, LeadEvent


class LeadNews:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def shared_events(
        self, source: str, after_us: int, after_id: str, limit: int
    ) -> list[tuple[LeadEvent, Lead, str | None]]:
        """Events after (microseconds since 1970, event id), oldest first; readings left out; with the source's number.

        source: the hotline sees every shared lead, another authority those it sent us
        """
        edge = dt.datetime.fromtimestamp(after_us / 1_000_000, dt.UTC)
        query = (
            select(LeadEvent, Lead, Complaint.source_no)
            .join(Lead, col(Lead.id) == LeadEvent.lead_id)
            .join(Complaint, col(Complaint.id) == Lead.complaint_id)
            .where(
                col(Lead.is_shared).is_(True)
                if source == "hotline12345"
                else Complaint.source_system == source
            )
            .where(col(LeadEvent.kind).not_in(UNTOLD))
            .where(
                or_(col(LeadEvent.at) > edge, (col(LeadEvent.at) == edge) & (col(LeadEvent.id) > after_id))
            )
            .order_by(col(LeadEvent.at), col(LeadEvent.id))
            .limit(limit)
        )
        return [(event, lead, number) for event, lead, number in (await self._session.exec(query)).all()]

    async def public_events_of_talk(
        self, conversation_id: str, since: dt.datetime
    ) -> list[tuple[LeadEvent, Lead]]:
        """Events the citizen may read, later than `since`, on the leads filed in one conversation."""
        query = (
            select(LeadEvent, Lead)
            .join(Lead, col(Lead.id) == LeadEvent.lead_id)
            .join(Complaint, col(Complaint.id) == Lead.complaint_id)
            .where(Complaint.conversation_id == conversation_id)
            .where(col(LeadEvent.is_public).is_(True), LeadEvent.at > since, LeadEvent.actor != "citizen")
            .order_by(col(LeadEvent.at))
        )
        return [(event, lead) for event, lead in (await self._session.exec(query)).all()]
