"""Open leads whose deadlines must be counted again, and what their events gave them."""

from __future__ import annotations

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.domain.conflict import Sight
from intake.domain.lifecycle import stages
from intake.store.seen import seen
from intake.store.tables import Lead, LeadEvent

OPEN = tuple(code for code, stage in stages().items() if stage.is_open)


class Recounts:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def waiting(self, limits_version: int, after_id: str, limit: int) -> list[str]:
        """Ids of open leads that were counted with an older version, in their order after `after_id`."""
        query = (
            select(Lead.id)
            .where(
                col(Lead.stage).in_(OPEN), col(Lead.limits_version) < limits_version, col(Lead.id) > after_id
            )
            .order_by(col(Lead.id))
            .limit(limit)
        )
        return list((await self._session.exec(query)).all())

    async def open_page(self, sight: Sight, after_id: str, limit: int) -> list[Lead]:
        """Open leads that `sight` shows, in the order of their ids."""
        query = seen(select(Lead), sight).where(col(Lead.stage).in_(OPEN), col(Lead.id) > after_id)
        return list((await self._session.exec(query.order_by(col(Lead.id)).limit(limit))).all())

    async def grants(self, lead_ids: list[str]) -> dict[str, list[LeadEvent]]:
        """The events that may have given time to leads: decisions on requests, and resuming."""
        query = select(LeadEvent).where(
            col(LeadEvent.lead_id).in_(lead_ids), col(LeadEvent.kind).in_(("review", "resume"))
        )
        found: dict[str, list[LeadEvent]] = {}
        for event in (await self._session.exec(query.order_by(col(LeadEvent.seq)))).all():
            found.setdefault(event.lead_id, []).append(event)
        return found
