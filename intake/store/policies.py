"""Versions of the limits and of the routing table."""

from __future__ import annotations

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.store.tables import CalendarDay, PolicyVersion


class Policies:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def of_kind(self, kind: str) -> list[PolicyVersion]:
        """All versions but the release's own, the newest first."""
        query = select(PolicyVersion).where(PolicyVersion.kind == kind)
        return list((await self._session.exec(query.order_by(col(PolicyVersion.version).desc()))).all())

    async def one(self, kind: str, version: int) -> PolicyVersion | None:
        """A version, nobody else's until the transaction ends."""
        query = select(PolicyVersion).where(PolicyVersion.kind == kind, PolicyVersion.version == version)
        return (await self._session.exec(query.with_for_update(of=PolicyVersion))).first()

    async def in_force(self, kind: str) -> PolicyVersion | None:
        """None while the release's own table is in force."""
        query = select(PolicyVersion).where(PolicyVersion.kind == kind, PolicyVersion.state == "in_force")
        return (await self._session.exec(query)).first()

    async def next_version(self, kind: str) -> int:
        query = select(func.max(PolicyVersion.version)).where(PolicyVersion.kind == kind)
        return ((await self._session.exec(query)).one() or 0) + 1

    def save(self, row: PolicyVersion) -> None:
        self._session.add(row)

    async def stamp(self) -> str:
        """Changes whenever a version is put in force or a calendar imported: cheap to ask."""
        query = select(PolicyVersion.kind, PolicyVersion.version).where(PolicyVersion.state == "in_force")
        versions = sorted((await self._session.exec(query)).all())
        days = select(func.count(), func.max(CalendarDay.imported_at)).select_from(CalendarDay)
        count, latest = (await self._session.exec(days)).one()
        return f"{[tuple(v) for v in versions]} {count} {latest}"
