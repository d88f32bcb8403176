"""Days of holiday notices that were imported after this release."""

from __future__ import annotations

import datetime as dt

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.store.tables import CalendarDay


class CalendarDays:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def rows(self) -> list[dict[str, str]]:
        """All of them, with the columns of domain/data/holidays.csv."""
        found = (await self._session.exec(select(CalendarDay).order_by(col(CalendarDay.day)))).all()
        return [
            {"day": d.day, "kind": d.kind, "name": d.name, "notice_year": d.notice_year, "source": d.source}
            for d in found
        ]

    async def keep(self, rows: list[dict[str, str]], now: dt.datetime) -> None:
        """Add days; a day that is there already is replaced (a corrected notice)."""
        for row in rows:
            fields = {k: row[k].strip() for k in ("day", "kind", "name", "notice_year", "source")}
            await self._session.merge(CalendarDay(**fields, imported_at=now))
        await self._session.flush()
