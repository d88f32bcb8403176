"""Files that other authorities offer: planned, due, fetched or refused; names and addresses sealed to their row."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlmodel import and_, col, or_, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.store.crypto import KeyRing
from intake.store.tables import TheirFile, new_id

UNDONE = ("waiting", "down")


class TheirFiles:
    def __init__(self, session: AsyncSession, keys: KeyRing) -> None:
        self._session = session
        self._keys = keys

    async def of_lead(self, lead_id: str) -> list[TheirFile]:
        query = select(TheirFile).where(TheirFile.lead_id == lead_id)
        return list((await self._session.exec(query.order_by(col(TheirFile.offered_at)))).all())

    async def offered(self, lead_id: str, offer_hash: str) -> TheirFile | None:
        query = select(TheirFile).where(TheirFile.lead_id == lead_id, TheirFile.offer_hash == offer_hash)
        return (await self._session.exec(query)).first()

    def plan(
        self, lead_id: str, source: str, offer_hash: str, offer: dict[str, Any], at: dt.datetime
    ) -> None:
        row = TheirFile(
            id=new_id(),
            lead_id=lead_id,
            source=source,
            offer_hash=offer_hash,
            sealed=b"",
            run_at=at,
            offered_at=at,
        )
        self.renew(row, offer, at)

    def renew(self, row: TheirFile, offer: dict[str, Any], at: dt.datetime) -> None:
        """A new address of the same file; what was given up is tried again."""
        row.sealed = self._keys.seal(offer, f"their_file.sealed:{row.id}")
        row.state, row.attempts, row.run_at, row.lease_until = "waiting", 0, at, None
        self._session.add(row)

    def offer(self, row: TheirFile) -> dict[str, Any]:
        """{"name", "url", "sha256", "bytes"} as they wrote it."""
        told: dict[str, Any] = self._keys.open(row.sealed, f"their_file.sealed:{row.id}")
        return told

    async def claim(self, now: dt.datetime, lease: dt.timedelta, limit: int) -> list[TheirFile]:
        """Take due files for one attempt; nobody else has them until the lease ends."""
        is_free = or_(col(TheirFile.lease_until).is_(None), col(TheirFile.lease_until) < now)
        due = and_(col(TheirFile.state).in_(UNDONE), col(TheirFile.run_at) <= now, is_free)
        query = select(TheirFile).where(due).order_by(col(TheirFile.run_at)).limit(limit)
        rows = list((await self._session.exec(query.with_for_update(skip_locked=True, of=TheirFile))).all())
        for row in rows:
            row.lease_until = now + lease
            row.attempts += 1
            self._session.add(row)
        return rows

    async def settle(self, row: TheirFile, **values: Any) -> bool:
        """Write the outcome, only if this attempt was not taken over by another."""
        result = await self._session.execute(
            update(TheirFile)
            .where(col(TheirFile.id) == row.id, col(TheirFile.attempts) == row.attempts)
            .where(col(TheirFile.state).in_(UNDONE))
            .values(lease_until=None, **values)
        )
        return bool(getattr(result, "rowcount", 0))
