"""What agencies were asked to explain, and what they answered."""

from __future__ import annotations

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.domain.errors import NotFound, Stale
from intake.store.tables import AgencyRequest

SHOWN = ("asked", "answered", "returned", "accepted")


class AgencyRequests:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def save(self, request: AgencyRequest) -> None:
        self._session.add(request)

    async def of_lead(self, lead_id: str) -> list[AgencyRequest]:
        """The newest first."""
        query = select(AgencyRequest).where(AgencyRequest.lead_id == lead_id)
        return list((await self._session.exec(query.order_by(col(AgencyRequest.asked_at).desc()))).all())

    async def of_organisation(self, organisation: str, limit: int) -> list[AgencyRequest]:
        """What exactly this organisation was asked, open ones and the nearest limit first; withdrawn ones are gone."""
        query = (
            select(AgencyRequest)
            .where(AgencyRequest.organisation == organisation, col(AgencyRequest.state).in_(SHOWN))
            .order_by(
                col(AgencyRequest.state).in_(("answered", "accepted")),
                col(AgencyRequest.due_by),
                AgencyRequest.id,
            )
            .limit(limit)
        )
        return list((await self._session.exec(query)).all())

    async def locked(
        self, number: str, *, organisation: str | None = None, version: int | None = None
    ) -> AgencyRequest:
        """One request; of `organisation` only, when given.

        raises: NotFound, the same for unknown, withdrawn and another's; Stale
        """
        query = select(AgencyRequest).where(AgencyRequest.number == number).with_for_update(of=AgencyRequest)
        if organisation is not None:
            query = query.where(
                AgencyRequest.organisation == organisation, col(AgencyRequest.state).in_(SHOWN)
            )
        found = (await self._session.exec(query)).first()
        if found is None:
            raise NotFound("没有找到这份通知。")
        if version is not None and found.version != version:
            raise Stale("这份通知刚被更新过，请刷新后再操作。")
        return found
