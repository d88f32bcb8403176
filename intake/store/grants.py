"""Exceptions from the conflict rule: who may see which lead for a while."""

from __future__ import annotations

import datetime as dt

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.store.tables import LeadGrant


class Grants:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, grant: LeadGrant) -> None:
        self._session.add(grant)

    async def leads_of(self, account: str, now: dt.datetime) -> frozenset[str]:
        """Ids of the leads that an account may see by exception now."""
        query = select(LeadGrant.lead_id).where(
            LeadGrant.account == account, col(LeadGrant.revoked_at).is_(None), LeadGrant.until > now
        )
        return frozenset((await self._session.exec(query)).all())

    async def of_lead(self, lead_id: str) -> list[LeadGrant]:
        """All exceptions of a lead, the newest first, ended ones too."""
        query = select(LeadGrant).where(LeadGrant.lead_id == lead_id).order_by(col(LeadGrant.at).desc())
        return list((await self._session.exec(query)).all())

    async def get(self, grant_id: str) -> LeadGrant | None:
        return await self._session.get(LeadGrant, grant_id)
