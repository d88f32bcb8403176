"""What others are told of leads: the authorities they are shared with, and the people who complained."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.store.leads import UNTOLD
from intake.store.outbox import HOTLINE
from intake.store.tables import Complaint, Lead, LeadEvent, Outbox


@dataclass(frozen=True, slots=True)
class SharedCase:
    """is_waiting: a message about it is still to be delivered"""

    number: str
    hotline_no: str | None
    hotline_status: str | None
    received_at: dt.datetime
    is_waiting: bool


class LeadNews:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def shared_cases(self) -> dict[str, SharedCase]:
        """Every lead that is shared with the hotline, by our number."""
        waiting = (
            select(Outbox.id)
            .where(Outbox.lead_id == Lead.id, Outbox.destination == HOTLINE)
            .where(col(Outbox.state).in_(("ready", "running")))
            .exists()
        )
        query = select(Lead.number, Lead.hotline_no, Lead.hotline_status, Lead.received_at).add_columns(
            waiting
        )
        rows = (await self._session.exec(query.where(col(Lead.is_shared).is_(True)))).all()  # type: ignore[call-overload]
        return {row[0]: SharedCase(*row) for row in rows}

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
