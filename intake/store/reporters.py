"""Who reported what: trusted reporters and their leads."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.domain.conflict import Sight
from intake.store.seen import seen
from intake.store.tables import Lead, LeadEvent, LeadReporter

# The event of a supervision document, issued here or registered: what was reported had something in it.
DOCUMENT = "document"


class Reporters:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, lead_id: str, account: str, at: dt.datetime) -> None:
        self._session.add(LeadReporter(lead_id=lead_id, account=account, at=at))

    async def of_lead(self, lead_id: str) -> LeadReporter | None:
        return await self._session.get(LeadReporter, lead_id)

    async def mine(self, sight: Sight, limit: int) -> list[Lead]:
        """The newest leads of a reporter's own sight."""
        query: Any = select(Lead).order_by(col(Lead.received_at).desc(), col(Lead.id)).limit(limit)
        return list((await self._session.exec(seen(query, sight))).all())

    async def facts(
        self, sight: Sight, *, since: dt.datetime, until: dt.datetime
    ) -> list[tuple[str, str, bool]]:
        """(channel, stage, whether a supervision document went out) of the trusted reports received then."""
        issued = select(LeadEvent.id).where(LeadEvent.lead_id == Lead.id, LeadEvent.kind == DOCUMENT).exists()
        query: Any = (
            select(Lead.reporter_channel, Lead.stage)
            .add_columns(issued)
            .where(col(Lead.reporter_channel).is_not(None))
            .where(col(Lead.received_at) >= since, col(Lead.received_at) < until)
        )
        rows = (await self._session.exec(seen(query, sight))).all()
        return [(row[0], row[1], bool(row[2])) for row in rows]
