"""The rows of a ledger (台账): leads a viewer may see in the order they came, page by page, no text and no person."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import literal, tuple_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.sqltypes import UTCDateTime

from intake.domain.conflict import Sight
from intake.store.lead_filters import LeadFilter, filtered
from intake.store.search import narrowed
from intake.store.seen import seen
from intake.store.tables import Complaint, Lead


class LedgerRows:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def page(
        self,
        sight: Sight,
        wanted: LeadFilter,
        now: dt.datetime,
        *,
        since: dt.datetime | None,
        until: dt.datetime | None,
        after: tuple[dt.datetime, str] | None,
        limit: int,
    ) -> list[tuple[Lead, str]]:
        """(lead, channel) of leads received from `since` to before `until`; `after` is (received_at, id) of the last."""
        query: Any = select(Lead, Complaint.channel).join(
            Complaint, col(Complaint.id) == col(Lead.complaint_id)
        )
        query = filtered(seen(query, sight), wanted, now)
        if wanted.words is not None:
            query = query.where(await narrowed(self._session, wanted.words))
        if since is not None:
            query = query.where(col(Lead.received_at) >= since)
        if until is not None:
            query = query.where(col(Lead.received_at) < until)
        if after is not None:
            at, last_id = after
            place = tuple_(Lead.received_at, Lead.id)
            query = query.where(place > tuple_(literal(at, UTCDateTime()), last_id))
        query = query.order_by(col(Lead.received_at), col(Lead.id)).limit(limit)
        return [(lead, channel) for lead, channel in (await self._session.exec(query)).all()]
