"""Which leads are seen at all: the newest, those of a list, and all open ones for jobs."""

from __future__ import annotations

import datetime as dt

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.domain.conflict import Sight
from intake.domain.lifecycle import SUSPENDED
from intake.store.leads import MOST_COUNTED, RUNNING, SEALED
from intake.store.seen import seen
from intake.store.tables import Lead, LeadEvent

READINGS = (*SEALED, "read", "reveal_identity", "agency_read", "document_read", "document_taken")


class Sightings:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def newer(self, sight: Sight, since: dt.datetime) -> int:
        """How many leads were received after `since`, up to MOST_COUNTED."""
        some = seen(select(Lead.id), sight).where(Lead.received_at > since).limit(MOST_COUNTED).subquery()
        return (await self._session.exec(select(func.count()).select_from(some))).one()

    async def changed(self, sight: Sight, since: dt.datetime, account: str) -> int:
        """How many older leads somebody but `account` worked on after `since`, up to MOST_COUNTED."""
        touched = (
            select(LeadEvent.lead_id)
            .where(LeadEvent.at > since, LeadEvent.actor != account, col(LeadEvent.kind).not_in(READINGS))
            .distinct()
        )
        some = (
            seen(select(Lead.id), sight)
            .where(col(Lead.id).in_(touched), Lead.received_at <= since)
            .limit(MOST_COUNTED)
            .subquery()
        )
        return (await self._session.exec(select(func.count()).select_from(some))).one()

    async def latest_event(self) -> dt.datetime | None:
        """When anything happened last."""
        return (await self._session.exec(select(func.max(LeadEvent.at)))).one()

    async def open_after(self, last_id: str, limit: int) -> list[Lead]:
        """Open leads in the order of their ids: for jobs, never for a viewer."""
        query = select(Lead).where(col(Lead.id) > last_id, col(Lead.stage).in_((*RUNNING, SUSPENDED)))
        return list((await self._session.exec(query.order_by(col(Lead.id)).limit(limit))).all())

    async def seen_of(self, numbers: list[str], sight: Sight) -> list[str]:
        """Those of `numbers` that `sight` shows."""
        query = seen(select(Lead.number), sight).where(col(Lead.number).in_(numbers))
        return list((await self._session.exec(query)).all())
