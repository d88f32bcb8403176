"""The facts that figures are made of: a few columns of the leads a viewer may see, never a text or a person."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.domain.conflict import Sight
from intake.store.seen import seen
from intake.store.tables import Complaint, Lead


class LeadStatistics:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def facts(self, sight: Sight, *, since: dt.datetime, until: dt.datetime) -> list[Any]:
        """(region, agency_code, domain, problems, channel, stage, is_green, overdue_at, rating, received_at) of leads
        received from `since` to before `until`, as far as `sight` shows them."""
        query: Any = (
            select(
                Lead.region,
                Lead.agency_code,
                Lead.domain,
                Lead.problems,
                Complaint.channel,
                Lead.stage,
                Lead.is_green,
                Lead.overdue_at,
                Lead.rating,
                Lead.received_at,
            )  # type: ignore[call-overload]
            .join(Complaint, col(Complaint.id) == col(Lead.complaint_id))
            .where(col(Lead.received_at) >= since, col(Lead.received_at) < until)
        )
        return list((await self._session.exec(seen(query, sight))).all())

    async def received(self, sight: Sight, *, since: dt.datetime, until: dt.datetime) -> list[dt.datetime]:
        """When the leads came in, from `since` to before `until`, as far as `sight` shows them."""
        query = select(Lead.received_at).where(col(Lead.received_at) >= since, col(Lead.received_at) < until)
        return list((await self._session.exec(seen(query, sight))).all())
