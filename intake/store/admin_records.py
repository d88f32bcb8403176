"""What was done in the administration: one chain, appended to by one writer at a time."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

from sqlalchemy import text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.store.tables import AdminRecord

# Any fixed number: the name of the lock that all administrators share (PostgreSQL; SQLite has one writer).
LOCK = 7_411_200


class AdminRecords:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def lock(self) -> None:
        """One administrative change at a time, until the transaction ends: for rules over several rows."""
        if self._session.get_bind().dialect.name == "postgresql":
            connection = await self._session.connection()
            await connection.execute(text("SELECT pg_advisory_xact_lock(:name)"), {"name": LOCK})

    async def record(
        self, *, at: dt.datetime, actor: str, kind: str, subject: str, details: dict[str, Any] | None = None
    ) -> AdminRecord:
        """Append a record; its hash covers the record before it."""
        await self.lock()
        query = select(AdminRecord).order_by(col(AdminRecord.seq).desc()).limit(1)
        last = (await self._session.exec(query)).first()
        row = AdminRecord(
            seq=last.seq + 1 if last else 1,
            at=at,
            actor=actor,
            kind=kind,
            subject=subject,
            details=details or {},
            hash="",
        )
        row.hash = record_hash(last.hash if last else "", row)
        self._session.add(row)
        await self._session.flush()
        return row

    async def after(self, seq: int, limit: int) -> list[AdminRecord]:
        """In order, for checking the chain."""
        query = select(AdminRecord).where(col(AdminRecord.seq) > seq).order_by(col(AdminRecord.seq))
        return list((await self._session.exec(query.limit(limit))).all())

    async def latest(
        self, *, before: int | None, limit: int, subject: str | None = None
    ) -> list[AdminRecord]:
        """The newest first; `before` is the sequence number of the last one shown."""
        query = select(AdminRecord).order_by(col(AdminRecord.seq).desc()).limit(limit)
        if before is not None:
            query = query.where(col(AdminRecord.seq) < before)
        if subject is not None:
            query = query.where(AdminRecord.subject == subject)
        return list((await self._session.exec(query)).all())


def record_hash(previous: str, row: AdminRecord) -> str:
    """SHA-256 over the previous hash and everything the record says."""
    body = [previous, row.seq, row.at.isoformat(), row.actor, row.kind, row.subject, row.details]
    return hashlib.sha256(json.dumps(body, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
