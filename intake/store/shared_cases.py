"""The version vector of each case that is shared with the hotline."""

from __future__ import annotations

from collections.abc import Iterable

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.domain.shared_case import Vector
from intake.store.tables import SharedCase


class SharedCases:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def of(self, lead_id: str) -> SharedCase:
        """The row of a lead, nobody else's until the transaction ends; made when there is none yet."""
        query = select(SharedCase).where(SharedCase.lead_id == lead_id).with_for_update(of=SharedCase)
        row = (await self._session.exec(query)).first()
        if row is None:
            row = SharedCase(lead_id=lead_id)
            self._session.add(row)
        return row

    async def find(self, lead_id: str) -> SharedCase | None:
        return await self._session.get(SharedCase, lead_id)

    def we_changed(self, case: SharedCase, facts: Iterable[str]) -> Vector:
        """Count one more change of ours, of these facts; what the case stands at now."""
        case.ours += 1
        case.facts = case.facts | {fact: [case.ours, self.changed(case, fact).theirs] for fact in facts}
        self._session.add(case)
        return Vector(case.ours, case.theirs)

    def they_changed(self, case: SharedCase, facts: Iterable[str], told: Vector) -> None:
        """Join what their message knew; the facts it speaks of were changed at its count."""
        newest = {
            fact: [self.changed(case, fact).ours, max(told.theirs, self.changed(case, fact).theirs)]
            for fact in facts
        }
        case.facts = case.facts | newest
        joined = Vector(case.ours, case.theirs).joined(told)
        case.acked = max(case.acked, min(told.ours, case.ours))
        # After a restored backup they know more changes of ours than we do: never count the same number twice.
        case.ours, case.theirs = joined.ours, joined.theirs
        self._session.add(case)

    def changed(self, case: SharedCase, fact: str) -> Vector:
        """When each side last changed the fact."""
        ours, theirs = case.facts.get(fact, (0, 0))
        return Vector(ours, theirs)

    def acknowledged(self, case: SharedCase, ours: int) -> None:
        case.acked = max(case.acked, ours)
        self._session.add(case)
