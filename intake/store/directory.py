"""What was pulled from other systems: how far each was read, and the province's directory."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from sqlmodel import col, delete, func, or_, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.store.tables import DirectoryBody, DirectoryDuty, InboundPull


class Directory:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def pull_of(self, system: str) -> InboundPull | None:
        return await self._session.get(InboundPull, system)

    def begin(self, system: str, now: dt.datetime) -> None:
        """The system is asked for the first time."""
        self._session.add(InboundPull(system=system, run_at=now))

    async def claim(
        self, system: str, now: dt.datetime, lease: dt.timedelta, *, at_once: bool
    ) -> InboundPull | None:
        """The pull, nobody else's until the lease ends; None when it is not due or somebody has it.

        at_once: whether or not it is due
        """
        is_free = or_(col(InboundPull.lease_until).is_(None), col(InboundPull.lease_until) < now)
        query = update(InboundPull).where(col(InboundPull.system) == system, is_free)
        if not at_once:
            query = query.where(col(InboundPull.run_at) <= now)
        done = await self._session.execute(query.values(lease_until=now + lease))
        if not getattr(done, "rowcount", 0):
            return None
        return await self._session.get(InboundPull, system)

    async def settle(self, system: str, **values: Any) -> None:
        await self._session.execute(
            update(InboundPull).where(col(InboundPull.system) == system).values(**values)
        )

    async def replace(self, bodies: Iterable[DirectoryBody], duties: Iterable[DirectoryDuty]) -> None:
        """The new directory takes the place of the old one as a whole."""
        await self._session.exec(delete(DirectoryBody))
        await self._session.exec(delete(DirectoryDuty))
        self._session.add_all([*bodies, *duties])

    async def bodies(self) -> list[DirectoryBody]:
        return list((await self._session.exec(select(DirectoryBody).order_by(DirectoryBody.name))).all())

    async def duties_near(self, organisation: str | None, regions: Iterable[str]) -> list[DirectoryDuty]:
        """Duties of one organisation, and of bodies in these regions."""
        near: Any = col(DirectoryDuty.region).in_(list(regions))
        if organisation is not None:
            near = or_(near, col(DirectoryDuty.organisation) == organisation)
        query = select(DirectoryDuty).where(near).order_by(DirectoryDuty.number)
        return list((await self._session.exec(query)).all())

    async def count_duties(self) -> int:
        return (await self._session.exec(select(func.count()).select_from(DirectoryDuty))).one()
