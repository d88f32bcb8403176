"""Sealed referrals to the discipline inspection body: only for accounts that handle them."""

from __future__ import annotations

from typing import Any

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.domain.conflict import Sight
from intake.domain.errors import NotFound, Stale
from intake.store.crypto import KeyRing
from intake.store.seen import seen
from intake.store.tables import Lead, Referral


class Referrals:
    def __init__(self, session: AsyncSession, keys: KeyRing) -> None:
        self._session = session
        self._keys = keys

    def seal_why(self, row: Referral, why: str) -> None:
        row.why_sealed = self._keys.seal(why, f"referral.why:{row.id}")

    def why(self, row: Referral) -> str:
        return str(self._keys.open(row.why_sealed, f"referral.why:{row.id}"))

    def add(self, row: Referral) -> None:
        self._session.add(row)

    def save(self, row: Referral) -> None:
        row.version += 1
        self._session.add(row)

    async def handled(
        self, sight: Sight, account: str | None, *, lead_id: str | None = None, limit: int = 200
    ) -> list[tuple[Referral, Lead]]:
        """The newest first; account: only what this one handles, None for everybody's."""
        query: Any = select(Referral, Lead).join(Lead, col(Lead.id) == Referral.lead_id)
        query = seen(query, sight).order_by(col(Referral.asked_at).desc(), col(Referral.id)).limit(limit)
        if account is not None:
            query = query.where(or_(*(column == account for column in _HANDLERS)))
        if lead_id is not None:
            query = query.where(Referral.lead_id == lead_id)
        return [(row, lead) for row, lead in (await self._session.exec(query)).all()]

    async def get(self, number: str) -> Referral | None:
        return (await self._session.exec(select(Referral).where(Referral.number == number))).first()

    async def locked(self, number: str, lead_id: str, *, version: int | None = None) -> Referral:
        """raises: NotFound; Stale when `version` is old"""
        query = select(Referral).where(Referral.number == number, Referral.lead_id == lead_id)
        row = (await self._session.exec(query.with_for_update(of=Referral))).first()
        if row is None:
            raise NotFound("没有找到这件移送。")
        if version is not None and row.version != version:
            raise Stale
        return row


_HANDLERS: tuple[Any, ...] = (
    Referral.asked_by,
    Referral.decided_by,
    Referral.taken_by,
    Referral.received_by,
)
