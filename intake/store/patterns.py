"""Findings of the watches, what the watches look at, and who may see a finding."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.domain.conflict import Sight
from intake.domain.errors import NotFound
from intake.domain.lifecycle import WITHDRAWN
from intake.store.seen import seen
from intake.store.tables import (
    Complaint,
    Identity,
    Lead,
    LeadLink,
    LeadRespondent,
    PatternFinding,
    PatternLead,
)


class Patterns:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, finding: PatternFinding) -> None:
        self._session.add(finding)
        await self._session.flush()

    def save(self, finding: PatternFinding) -> None:
        finding.version += 1
        self._session.add(finding)

    async def watched(
        self, since: dt.datetime, *, green_since: dt.datetime
    ) -> list[tuple[Lead, Complaint, str | None]]:
        """(lead, complaint, phone index) of what was received since; green ones from further back."""
        query = (
            select(Lead, Complaint, Identity.phone_index)
            .join(Complaint, col(Complaint.id) == col(Lead.complaint_id))
            .outerjoin(Identity, col(Identity.complaint_id) == col(Complaint.id))
            .where(Lead.stage != WITHDRAWN)
            .where(
                or_(
                    col(Lead.received_at) >= since,
                    col(Lead.is_green).is_(True) & (col(Lead.received_at) >= green_since),
                )
            )
            .order_by(col(Lead.received_at), col(Lead.id))
        )
        return [(lead, said, phone) for lead, said, phone in (await self._session.exec(query)).all()]

    async def all_respondents(self, lead_ids: Iterable[str]) -> dict[str, frozenset[str]]:
        wanted = sorted(lead_ids)
        found: dict[str, set[str]] = {lead_id: set() for lead_id in wanted}
        for start in range(0, len(wanted), 500):
            some = wanted[start : start + 500]
            query = select(LeadRespondent).where(col(LeadRespondent.lead_id).in_(some))
            for row in (await self._session.exec(query)).all():
                found[row.lead_id].add(row.organisation)
        return {lead_id: frozenset(codes) for lead_id, codes in found.items()}

    async def links(self) -> list[tuple[str, str, str]]:
        """(kind, id of one lead, id of the other) of every link."""
        rows = (await self._session.exec(select(LeadLink))).all()
        return [(link.kind, link.lead_a, link.lead_b) for link in rows]

    async def dismissed(self) -> set[tuple[str, str, str, str]]:
        """(kind, problem, parties, lead id) that a person said make no pattern."""
        kind, problem, parties = PatternFinding.kind, PatternFinding.problem, PatternFinding.parties
        query = (
            select(kind, problem, parties, PatternLead.lead_id)
            .join(PatternLead, col(PatternLead.finding_id) == col(PatternFinding.id))
            .where(PatternFinding.state == "dismissed")
        )
        return {(row[0], row[1] or "", row[2], row[3]) for row in (await self._session.exec(query)).all()}

    async def like(self, kind: str, parties: str, lead_ids: Iterable[str]) -> list[PatternFinding]:
        """Findings of a kind about the same parties that share a lead, the oldest first."""
        sharing = select(PatternLead.finding_id).where(col(PatternLead.lead_id).in_(sorted(lead_ids)))
        query = (
            select(PatternFinding)
            .where(PatternFinding.kind == kind, PatternFinding.parties == parties)
            .where(col(PatternFinding.id).in_(sharing))
            .order_by(col(PatternFinding.found_at), col(PatternFinding.id))
        )
        return list((await self._session.exec(query)).all())

    async def members(self, finding_id: str) -> frozenset[str]:
        query = select(PatternLead.lead_id).where(PatternLead.finding_id == finding_id)
        return frozenset((await self._session.exec(query)).all())

    async def join(self, finding_id: str, lead_ids: Iterable[str]) -> None:
        for lead_id in sorted(lead_ids):
            self._session.add(PatternLead(finding_id=finding_id, lead_id=lead_id))
        await self._session.flush()

    async def leave(self, finding_id: str, lead_ids: Iterable[str]) -> None:
        for lead_id in lead_ids:
            row = await self._session.get(PatternLead, (finding_id, lead_id))
            if row is not None:
                await self._session.delete(row)

    async def visible(
        self, sight: Sight, *, ids: Iterable[str] | None = None, lead_id: str | None = None, limit: int = 200
    ) -> list[PatternFinding]:
        """Findings of whose leads `sight` shows every one, open ones first, then the latest."""
        query = _all_seen(select(PatternFinding), sight)
        if ids is not None:
            query = query.where(col(PatternFinding.id).in_(sorted(ids)))
        if lead_id is not None:
            mine = select(PatternLead.finding_id).where(PatternLead.lead_id == lead_id)
            query = query.where(col(PatternFinding.id).in_(mine))
        query = query.order_by(
            (col(PatternFinding.state) != "open"),
            col(PatternFinding.last_seen).desc(),
            col(PatternFinding.id),
        ).limit(limit)
        return list((await self._session.exec(query)).all())

    async def one(self, finding_id: str, sight: Sight) -> PatternFinding:
        """The finding, locked, if `sight` shows all of its leads.

        raises: NotFound, the same for hidden and unknown
        """
        query = _all_seen(select(PatternFinding).where(PatternFinding.id == finding_id), sight)
        query = query.with_for_update(of=PatternFinding)
        found: PatternFinding | None = (await self._session.exec(query)).first()
        if found is None:
            raise NotFound("没有找到这条提示。")
        return found

    async def leads_of(self, finding_ids: Iterable[str]) -> dict[str, list[Lead]]:
        """Finding to its leads, the earliest first; only for findings that are visible as a whole."""
        query = (
            select(PatternLead.finding_id, Lead)
            .join(Lead, col(Lead.id) == col(PatternLead.lead_id))
            .where(col(PatternLead.finding_id).in_(sorted(finding_ids)))
            .order_by(col(Lead.received_at), col(Lead.id))
        )
        found: dict[str, list[Lead]] = {}
        for finding_id, lead in (await self._session.exec(query)).all():
            found.setdefault(finding_id, []).append(lead)
        return found


def _all_seen(query: Any, sight: Sight) -> Any:
    """Narrow a query on findings to those without a lead that `sight` hides."""
    shown = seen(select(Lead.id).where(col(Lead.id) == col(PatternLead.lead_id)), sight)
    hidden = (
        select(PatternLead.lead_id)
        .where(col(PatternLead.finding_id) == col(PatternFinding.id))
        .where(~shown.exists())
    )
    some = select(PatternLead.lead_id).where(col(PatternLead.finding_id) == col(PatternFinding.id))
    return query.where(~hidden.exists(), some.exists())
