"""How many leads came in each of twelve months, from those the viewer may see; small months are hidden."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from intake.domain import periods, statistics
from intake.domain.conflict import Viewer
from intake.domain.sla import LOCAL
from intake.services.house import House
from intake.services.read_statistics import edges, sight_of_figures

MONTHS = 12


@dataclass(frozen=True, slots=True)
class MonthFigure:
    """received: the cell as it may be shown; is_running: the month is not over."""

    period: periods.Period
    received: statistics.Cell
    is_running: bool


async def read_trend(viewer: Viewer, until: periods.Period, *, house: House) -> tuple[MonthFigure, ...]:
    """Twelve months, the oldest first; the last is that in which `until` ends, or the running one before that.

    raises: Forbidden
    """
    sight = sight_of_figures(viewer, house)
    today = house.clock().astimezone(LOCAL).date()
    last = periods.of_day(min(until.last, today))[0]
    months = periods.last_ones(last, MONTHS)[::-1]
    begin, end = edges(months[0])[0], edges(last)[1]
    async with house.store.look() as uow:
        times = await uow.lead_statistics.received(sight, since=begin, until=end)
    counts = Counter(periods.of_day(at.astimezone(LOCAL).date())[0].code for at in times)
    return tuple(
        MonthFigure(m, statistics.single(m.code, counts[m.code]), m.first <= today <= m.last) for m in months
    )
