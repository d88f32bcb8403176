"""A holiday notice came (`xiansuo calendar import`): keep its days and count provisional deadlines again."""

from __future__ import annotations

from dataclasses import dataclass

from intake.domain import sla
from intake.domain.tables import rows as table
from intake.domain.workdays import WorkCalendar, check_rows, load_calendar
from intake.services.house import House
from intake.store.tables import Lead
from intake.store.unit_of_work import Store


@dataclass(frozen=True, slots=True)
class Imported:
    """moved: leads whose deadline changed; settled: leads whose deadline is no longer provisional."""

    days: int
    moved: int
    settled: int


async def calendar_of(store: Store) -> WorkCalendar:
    """The notices of this release and those imported since."""
    async with store.look() as uow:
        more = await uow.calendar.rows()
    return load_calendar([*table("holidays"), *more])


async def import_calendar(rows: list[dict[str, str]], *, house: House) -> Imported:
    """Keep the days of a notice, and tell each open lead whose deadline moves, with old and new.

    raises: ValueError naming the row that cannot be used; nothing is kept then
    """
    checked = check_rows(rows)
    async with house.store.change() as uow:
        await uow.calendar.keep(checked, house.clock())
    house.calendar = await calendar_of(house.store)
    async with house.store.look() as uow:
        waiting = await uow.leads.provisional()
    moved = settled = 0
    for lead_id in waiting:
        async with house.store.change() as uow:
            lead = await uow.leads.by_id(lead_id)
            if lead is None:
                continue
            before = {"decide_by": lead.decide_by, "answer_by": lead.answer_by}
            _count_again(lead, house)
            after = {"decide_by": lead.decide_by, "answer_by": lead.answer_by}
            settled += not lead.is_provisional
            if after != before:
                moved += 1
                await uow.leads.record(
                    lead,
                    at=house.clock(),
                    actor="calendar",
                    kind="recount",
                    label="办理期限按新的放假安排重新计算",
                    is_public=True,
                    details={k: {"old": before[k].isoformat(), "new": after[k].isoformat()} for k in before},
                )
            uow.leads.save(lead)
    return Imported(len(checked), moved, settled)


def _count_again(lead: Lead, house: House) -> None:
    """Both deadlines from the day of receipt; one extension is added again. A pause keeps what it gave."""
    clocks = sla.clocks(lead.received_at, lead.urgency, is_green=lead.is_green, calendar=house.calendar)
    lead.decide_by, lead.is_provisional = clocks.decide_by, clocks.is_provisional
    answer_by = clocks.answer_by
    if lead.is_extended:
        answer_by, provisional = sla.extended(answer_by, lead.urgency, house.calendar)
        lead.is_provisional = lead.is_provisional or provisional
    if lead.suspended_at is None and answer_by != lead.answer_by:
        lead.answer_by = answer_by
        lead.warn_at = sla.warn_at(lead.received_at, answer_by)
