"""A holiday notice came (`xiansuo calendar import`): keep its days and count provisional deadlines again."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from intake.domain.workdays import check_rows
from intake.services.house import House
from intake.services.recount import count_again
from intake.services.refresh_rules import refresh_rules

ATTEMPTS, PAUSE_S = 20, 0.5
NOTICE_CAME = "办理期限按新的放假安排重新计算"


@dataclass(frozen=True, slots=True)
class Imported:
    """moved: leads whose deadline changed; settled: leads whose deadline is no longer provisional.

    held: leads that somebody held all the time: the same import again counts them
    """

    days: int
    moved: int
    settled: int
    held: int


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
    done = Imported(len(checked), 0, 0, 0)
    for attempt in range(ATTEMPTS):
        if attempt and waiting:
            # Somebody was just working on these: a step takes milliseconds.
            await asyncio.sleep(PAUSE_S)
        waiting, done = await _count(waiting, done, house)
    return replace(done, held=len(waiting))


async def _count(waiting: Sequence[str], done: Imported, house: House) -> tuple[list[str], Imported]:
    """Count each again; those that somebody holds right now come back."""
    held = []
    for lead_id in waiting:
        async with house.store.change() as uow:
            lead = await uow.leads.locked(lead_id)
            if lead is None:
                held.append(lead_id)
                continue
            moved = await count_again(lead, actor="calendar", label=NOTICE_CAME, uow=uow, house=house)
            settled = not lead.is_provisional
        done = replace(done, moved=done.moved + moved, settled=done.settled + settled)
    return held, done
