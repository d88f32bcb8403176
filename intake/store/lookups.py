"""Look-ups in other systems: asked, due, answered; answers sealed to their row."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlmodel import and_, col, or_, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.store.crypto import KeyRing
from intake.store.tables import Lookup

UNDONE = ("waiting", "down")


class Lookups:
    def __init__(self, session: AsyncSession, keys: KeyRing) -> None:
        self._session = session
        self._keys = keys

    def add(self, row: Lookup) -> None:
        self._session.add(row)

    async def of_lead(self, lead_id: str) -> list[Lookup]:
        """The newest first."""
        query = select(Lookup).where(Lookup.lead_id == lead_id)
        return list((await self._session.exec(query.order_by(col(Lookup.asked_at).desc()))).all())

    async def is_running(self, lead_id: str, system: str, now: dt.datetime) -> bool:
        """Whether the same system is being asked about the lead right now."""
        query = select(Lookup.id).where(
            Lookup.lead_id == lead_id,
            Lookup.system == system,
            col(Lookup.state).in_(UNDONE),
            col(Lookup.lease_until) > now,
        )
        return (await self._session.exec(query)).first() is not None

    async def supersede(self, lead_id: str, system: str) -> None:
        """A new question takes the place of those of the same system that still try."""
        await self._session.execute(
            update(Lookup)
            .where(col(Lookup.lead_id) == lead_id, col(Lookup.system) == system)
            .where(col(Lookup.state).in_(UNDONE))
            .values(state="replaced")
        )

    async def claim(
        self, now: dt.datetime, lease: dt.timedelta, limit: int, *, most: int, only: str | None = None
    ) -> list[Lookup]:
        """Take due questions (or the one `only`) for one attempt; nobody else has them until the lease ends.

        most: attempts after which a question is given up
        """
        is_free = or_(col(Lookup.lease_until).is_(None), col(Lookup.lease_until) < now)
        due = and_(col(Lookup.state).in_(UNDONE), col(Lookup.run_at) <= now, is_free)
        query = select(Lookup).where(due, col(Lookup.attempts) < most)
        if only is not None:
            query = query.where(Lookup.id == only)
        query = query.order_by(col(Lookup.run_at)).limit(limit).with_for_update(skip_locked=True, of=Lookup)
        rows = list((await self._session.exec(query)).all())
        for row in rows:
            row.lease_until = now + lease
            row.attempts += 1
            self._session.add(row)
        return rows

    async def settle(self, row: Lookup, answer: dict[str, Any] | None, **values: Any) -> bool:
        """Write the outcome, only if this attempt was not taken over by another."""
        if answer is not None:
            values["sealed"] = self._keys.seal(answer, f"lookup.sealed:{row.id}")
        result = await self._session.execute(
            update(Lookup)
            .where(col(Lookup.id) == row.id, col(Lookup.attempts) == row.attempts)
            .where(col(Lookup.state).in_(UNDONE))
            .values(lease_until=None, **values)
        )
        return bool(getattr(result, "rowcount", 0))

    def answer(self, row: Lookup) -> dict[str, Any]:
        """What they said; {} while there is nothing."""
        if row.sealed is None:
            return {}
        found: dict[str, Any] = self._keys.open(row.sealed, f"lookup.sealed:{row.id}")
        return found
