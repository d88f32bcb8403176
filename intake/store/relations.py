"""Links between leads, as far as a viewer may see the other end."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.domain.conflict import Sight
from intake.store.seen import seen
from intake.store.tables import Complaint, Identity, Lead, LeadLink


class Relations:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, link: LeadLink) -> None:
        self._session.add(link)

    async def remove(self, link: LeadLink) -> None:
        await self._session.delete(link)

    async def between(self, one: str, other: str) -> LeadLink | None:
        """The link of two leads (ids, in any order)."""
        a, b = col(LeadLink.lead_a), col(LeadLink.lead_b)
        pair = or_((a == one) & (b == other), (a == other) & (b == one))
        return (await self._session.exec(select(LeadLink).where(pair))).first()

    async def of_lead(self, lead_id: str) -> list[LeadLink]:
        """All links of a lead: for rules, never for a viewer."""
        query = select(LeadLink).where(or_(LeadLink.lead_a == lead_id, LeadLink.lead_b == lead_id))
        return list((await self._session.exec(query.order_by(col(LeadLink.at), col(LeadLink.id)))).all())

    async def visible(self, lead_id: str, sight: Sight) -> list[tuple[LeadLink, Lead]]:
        """The links of a lead with the lead at the other end, only where `sight` shows that one."""
        other = or_(
            (col(LeadLink.lead_a) == lead_id) & (col(LeadLink.lead_b) == col(Lead.id)),
            (col(LeadLink.lead_b) == lead_id) & (col(LeadLink.lead_a) == col(Lead.id)),
        )
        query: Any = select(Lead, LeadLink).join(LeadLink, other).order_by(col(LeadLink.at), col(LeadLink.id))
        return [(link, lead) for lead, link in (await self._session.exec(seen(query, sight))).all()]

    async def visible_numbers(self, numbers: Iterable[str], sight: Sight) -> set[str]:
        """Those of `numbers` that `sight` shows."""
        wanted = sorted(set(numbers))
        if not wanted:
            return set()
        query = seen(select(Lead.number).where(col(Lead.number).in_(wanted)), sight)
        return set((await self._session.exec(query)).all())

    async def bound(self, lead: Lead) -> list[Lead]:
        """The leads that share a text with `lead` or answer with it: parts of a split, merged ones."""
        found = {lead.id: lead}
        waiting = [lead]
        while waiting:
            for one in await self._bound_once(waiting.pop()):
                if one.id not in found:
                    found[one.id] = one
                    waiting.append(one)
        return [one for key, one in sorted(found.items()) if key != lead.id]

    async def _bound_once(self, lead: Lead) -> list[Lead]:
        parts = select(LeadLink.lead_a).where(LeadLink.lead_b == lead.id, LeadLink.kind == "split")
        more = select(LeadLink.lead_b).where(LeadLink.lead_a == lead.id, LeadLink.kind == "split")
        query = select(Lead).where(
            or_(
                col(Lead.id).in_(parts),
                col(Lead.id).in_(more),
                Lead.merged_into == lead.number,
                Lead.number == (lead.merged_into or ""),
            )
        )
        return list((await self._session.exec(query)).all())

    async def of_same_person(self, lead: Lead, sight: Sight, *, limit: int) -> list[tuple[Lead, Complaint]]:
        """Earlier leads whose complainant left the same phone, the newest first; none for anonymous ones."""
        phone = select(Identity.phone_index).where(Identity.complaint_id == lead.complaint_id)
        query: Any = (
            select(Lead, Complaint)
            .join(Complaint, col(Complaint.id) == col(Lead.complaint_id))
            .join(Identity, col(Identity.complaint_id) == col(Complaint.id))
            .where(col(Identity.phone_index).in_(phone), Lead.id != lead.id)
            .where(Lead.received_at <= lead.received_at)
            .order_by(col(Lead.received_at).desc())
            .limit(limit)
        )
        return [(one, theirs) for one, theirs in (await self._session.exec(seen(query, sight))).all()]
