"""What a draft of the limits would change: numbers only, and only of leads that the reader's conflicts allow.

A supervisor counts what he sees. An administrator sees no lead, so he gets totals without any
division; but leads about his own organisation's family are left out there too, since a total that
moves by one would tell him that such a lead exists.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from intake.domain import conflict, sla
from intake.domain.conflict import Sight, Viewer
from intake.services.house import House
from intake.services.policy_versions import check_editor
from intake.services.recount import Deadlines, deadlines
from intake.store.tables import Lead

BATCH = 500


@dataclass(frozen=True, slots=True)
class Preview:
    """Open leads by what would happen: each is in `sooner`, `later` or `same`; late_at_once counts besides."""

    sooner: int
    later: int
    same: int
    late_at_once: int

    @property
    def leads(self) -> int:
        return self.sooner + self.later + self.same


async def preview_limits(rows: list[dict[str, str]], *, viewer: Viewer, house: House) -> Preview:
    """Count the open leads anew under `rows`, without changing anything. raises: Forbidden"""
    check_editor(viewer, "limits")
    limits, counts, last = sla.limits_of(house.limits.version + 1, rows), Counter[str](), ""
    while True:
        async with house.store.look() as uow:
            leads = await uow.recounts.open_page(_sight(viewer, house), last, BATCH)
            grants = await uow.recounts.grants([lead.id for lead in leads])
        for lead in leads:
            new = deadlines(lead, grants.get(lead.id, []), limits=limits, calendar=house.calendar)
            counts.update(_what(lead, new, house))
        if len(leads) < BATCH:
            return Preview(counts["sooner"], counts["later"], counts["same"], counts["late"])
        last = leads[-1].id


def _sight(viewer: Viewer, house: House) -> Sight:
    if viewer.role == "admin":
        return Sight(None, conflict.family(viewer.organisation, house.parents))
    return conflict.sight(viewer, house.parents)


def _what(lead: Lead, new: Deadlines, house: House) -> list[str]:
    """sooner wins over later when the two deadlines move apart: it is what somebody must act on."""
    now = house.clock()
    moves = ((lead.decide_by, new.decide_by), (lead.answer_by, new.answer_by))
    found = ["same"]
    if any(after < before for before, after in moves):
        found = ["sooner"]
    elif any(after > before for before, after in moves):
        found = ["later"]
    was_late = lead.answer_by < now or (not lead.is_confirmed and lead.decide_by < now)
    is_late = new.answer_by < now or (not lead.is_confirmed and new.decide_by < now)
    return [*found, "late"] if is_late and not was_late else found
