"""The outbox: what must be told to others, delivered at least once and in order per lead."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy.orm import aliased
from sqlmodel import and_, col, func, or_, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.domain.conflict import Sight
from intake.store.seen import seen
from intake.store.tables import Lead, Outbox, SendPace

# Pages about deliveries are about this one; what else goes out is shown to those who handle it.
HOTLINE = "hotline12345"
DISCIPLINE = "discipline"


class OutboxRows:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def enqueue(
        self, destination: str, lead_id: str, kind: str, payload: dict[str, Any], at: dt.datetime
    ) -> Outbox:
        """Add a message for `destination`; its id is the message id the other side de-duplicates by."""
        query = select(func.max(Outbox.seq)).where(
            Outbox.lead_id == lead_id, Outbox.destination == destination
        )
        last = (await self._session.exec(query)).one()
        row = Outbox(
            destination=destination,
            lead_id=lead_id,
            seq=(last or 0) + 1,
            kind=kind,
            payload=payload,
            run_at=at,
            created_at=at,
        )
        self._session.add(row)
        return row

    async def claim(
        self, worker: str, now: dt.datetime, lease: dt.timedelta, limit: int, *, to: str | None = None
    ) -> list[Outbox]:
        """Take due messages: the earliest undone one of each lead, ready or with an expired lease.

        to: one destination, None for all
        """
        earlier = aliased(Outbox)
        is_first = ~(
            select(earlier.id)
            .where(earlier.lead_id == Outbox.lead_id, earlier.destination == Outbox.destination)
            .where(col(earlier.seq) < col(Outbox.seq), col(earlier.state) != "done")
            .exists()
        )
        due = or_(
            and_(col(Outbox.state) == "ready", col(Outbox.run_at) <= now),
            and_(col(Outbox.state) == "running", col(Outbox.lease_until) < now),
        )
        query = (
            select(Outbox)
            .where(due, is_first)
            .order_by(col(Outbox.run_at))
            .limit(limit)
            .with_for_update(skip_locked=True, of=Outbox)
        )
        if to is not None:
            query = query.where(col(Outbox.destination) == to)
        rows = list((await self._session.exec(query)).all())
        for row in rows:
            row.state, row.worker, row.lease_until = "running", worker, now + lease
            row.attempts += 1
            self._session.add(row)
        return rows

    async def next_slot(self, destination: str, now: dt.datetime) -> SendPace:
        """From when calls to `destination` are free; the row is nobody else's until the transaction ends."""
        query = select(SendPace).where(SendPace.system == destination).with_for_update(of=SendPace)
        row = (await self._session.exec(query)).first()
        if row is None:
            row = SendPace(system=destination, next_at=now)
        row.next_at = max(row.next_at, now)
        self._session.add(row)
        return row

    async def settle(self, row: Outbox, **values: Any) -> bool:
        """Write an outcome, only if this worker still holds the row (its attempt was not taken over)."""
        result = await self._session.execute(
            update(Outbox)
            .where(col(Outbox.id) == row.id, col(Outbox.worker) == row.worker)
            .where(col(Outbox.attempts) == row.attempts, col(Outbox.state) == "running")
            .values(**values)
        )
        return bool(getattr(result, "rowcount", 0))

    async def of_lead(self, lead_id: str, destination: str | None = HOTLINE) -> list[Outbox]:
        """What was written for a lead, in order. destination: None for all of them"""
        query = select(Outbox).where(Outbox.lead_id == lead_id).order_by(col(Outbox.seq))
        if destination is not None:
            query = query.where(Outbox.destination == destination)
        return list((await self._session.exec(query)).all())

    async def has(self, destination: str, lead_id: str, kind: str) -> bool:
        """Whether such a message was ever written for a lead."""
        query = select(Outbox.id).where(
            Outbox.destination == destination, Outbox.lead_id == lead_id, Outbox.kind == kind
        )
        return (await self._session.exec(query.limit(1))).first() is not None

    async def redrive(self, destination: str, now: dt.datetime) -> int:
        """Make dead letters ready again; returns how many."""
        result = await self._session.execute(
            update(Outbox)
            .where(col(Outbox.destination) == destination, col(Outbox.state) == "dead")
            .values(state="ready", run_at=now, attempts=0)
        )
        return int(getattr(result, "rowcount", 0))

    async def stuck(
        self, sight: Sight, *, since: dt.datetime, tries: int, limit: int, to: str | None = None
    ) -> list[tuple[Outbox, Lead, int]]:
        """Dead, often tried or long waiting messages that are first of their lead; how many wait behind each."""
        earlier, later = aliased(Outbox), aliased(Outbox)
        same = (earlier.lead_id == Outbox.lead_id) & (earlier.destination == Outbox.destination)
        is_first = ~(
            select(earlier.id)
            .where(same, col(earlier.seq) < col(Outbox.seq), col(earlier.state) != "done")
            .exists()
        )
        behind = (
            select(func.count())
            .select_from(later)
            .where(later.lead_id == Outbox.lead_id, later.destination == Outbox.destination)
            .where(col(later.seq) > col(Outbox.seq), col(later.state) != "done")
            .scalar_subquery()
        )
        slow = (col(Outbox.attempts) >= tries) | (col(Outbox.created_at) < since)
        query = (
            seen(select(Outbox, Lead).join(Lead, col(Lead.id) == Outbox.lead_id), sight)
            .add_columns(behind)
            .where(col(Outbox.destination) != DISCIPLINE)
            .where(col(Outbox.state) != "done", is_first, or_(col(Outbox.state) == "dead", slow))
            .order_by(col(Outbox.state) != "dead", col(Outbox.created_at))
            .limit(limit)
        )
        if to is not None:
            query = query.where(col(Outbox.destination) == to)
        return [(row[0], row[1], row[2]) for row in (await self._session.exec(query)).all()]  # type: ignore[call-overload]

    async def undelivered(
        self, message_id: str, sight: Sight, *, to: str | None = None
    ) -> tuple[Outbox, Lead] | None:
        query = seen(select(Outbox, Lead).join(Lead, col(Lead.id) == Outbox.lead_id), sight)
        query = query.where(Outbox.id == message_id, Outbox.state != "done", Outbox.destination != DISCIPLINE)
        if to is not None:
            query = query.where(col(Outbox.destination) == to)
        found = (await self._session.exec(query)).first()
        return (found[0], found[1]) if found else None

    async def make_ready(self, message_id: str, now: dt.datetime) -> None:
        """Not while a worker is at it."""
        await self._session.execute(
            update(Outbox)
            .where(col(Outbox.id) == message_id, col(Outbox.state).in_(("ready", "dead")))
            .values(state="ready", run_at=now, attempts=0)
        )

    async def finish(self, message_id: str, why: str) -> None:
        """No more tries: it went another way. An attempt that is running does not count any more."""
        await self._session.execute(
            update(Outbox)
            .where(col(Outbox.id) == message_id, col(Outbox.state) != "done")
            .values(state="done", last_error=why, lease_until=None)
        )

    async def put_aside(self, destination: str, lead_id: str) -> None:
        """Dead letters of a lead no longer hold back what follows them."""
        await self._session.execute(
            update(Outbox)
            .where(col(Outbox.lead_id) == lead_id, col(Outbox.destination) == destination)
            .where(col(Outbox.state) == "dead")
            .values(state="done", last_error="对账后重新发送")
        )

    async def backlog(self) -> dict[str, int]:
        """How many messages are in each state."""
        query = select(Outbox.state, func.count()).group_by(Outbox.state)
        return {state: count for state, count in (await self._session.exec(query)).all()}
