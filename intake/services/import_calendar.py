"""A holiday notice came (`xiansuo calendar import`): keep its days and count provisional deadlines again."""

from __future__ import annotations

from dataclasses import dataclass

from intake.domain.workdays import check_rows
from intake.services.house import House
from intake.services.recount import count_again
from intake.services.refresh_rules import refresh_rules

NOTICE_CAME = "办理期限按新的放假安排重新计算"


@dataclass(frozen=True, slots=True)
class Imported:
    """moved: leads whose deadline changed; settled: leads whose deadline is no longer provisional."""

    days: int
    moved: int
    settled: int


async def import_calendar(rows: list[dict[str, str]], *, house: House) -> Imported:
    """Keep the days of a notice, and tell each open lead whose deadline moves, with old and new.

    raises: ValueError naming the row that cannot be used; nothing is kept then
    """
    checked = check_rows(rows)
    async with house.store.change() as uow:
        await uow.calendar.keep(checked, house.clock())
    house.rules_stamp = ""
    await refresh_rules(house=house)
    async with house.store.look() as uow:
        waiting = await uow.leads.provisional()
    moved = settled = 0
    for lead_id in waiting:
        async with house.store.change() as uow:
            lead = await uow.leads.locked(lead_id)
            if lead is None:
                continue
            moved += await count_again(lead, actor="calendar", label=NOTICE_CAME, uow=uow, house=house)
            settled += not lead.is_provisional
    return Imported(len(checked), moved, settled)
