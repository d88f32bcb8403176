"""Figures for supervisors, from the leads the viewer may see and no others; small cells are hidden for everybody."""

from __future__ import annotations

import datetime as dt
from typing import Any

from intake.domain import channels, conflict, periods, statistics
from intake.domain.conflict import Sight, Viewer
from intake.domain.errors import FieldProblem, Forbidden, Malformed
from intake.domain.sla import LOCAL
from intake.services.house import House
from intake.services.month_figures import (
    DIMENSIONS,
    MonthFigures,
    month_figures,
    one_month,
    several_months,
)

NO_FIGURES = "您的角色看不到线索统计。"
BAD_PERIOD = "请选择一个完整的月、季度或年。"


async def read_statistics(viewer: Viewer, first: dt.date, last: dt.date, *, house: House) -> dict[str, Any]:
    """Overview and tables of the leads received from `first` to `last`, local days, both included.

    A quarter or a year is made of what its months show, so that no hidden month can be worked out from it.

    raises: Forbidden for roles that see no lead; Malformed for what is no month, quarter or year
    """
    sight = sight_of_figures(viewer, house)
    period = periods.spanning(first, last)
    if period is None:
        raise Malformed(FieldProblem("from", "bad_period", BAD_PERIOD))
    months, earlier = periods.months_of(period), periods.months_of(periods.before(period))
    async with house.store.look() as uow:
        facts, old = [
            await uow.lead_statistics.facts(sight, since=edges(some[0])[0], until=edges(some[-1])[1])
            for some in (months, earlier)
        ]
        reports = await uow.reporters.facts(sight, since=edges(period)[0], until=edges(period)[1])
    parts = [month_figures(found) for found in _by_month(facts, months)]
    before = [month_figures(found) for found in _by_month(old, earlier)]
    tables = {
        name: _shown_table(statistics.joined_tables((p.tables[name], p.total) for p in parts))
        for name in DIMENSIONS
    }
    return {
        "from": first.isoformat(),
        "to": last.isoformat(),
        "overview": _overview(parts, facts),
        "before": _shown(statistics.joined("received", (p.total for p in before))),
        **tables,
        "reporters": _reporters(reports, tables["channels"], is_month=len(parts) == 1),
        "hot_spots": one_month(parts[0], before[0]) if len(parts) == 1 else several_months(parts),
    }


def _by_month(facts: list[Any], months: tuple[periods.Period, ...]) -> list[list[Any]]:
    found: dict[str, list[Any]] = {m.code: [] for m in months}
    for fact in facts:
        found[periods.of_day(fact.received_at.astimezone(LOCAL).date())[0].code].append(fact)
    return list(found.values())


def sight_of_figures(viewer: Viewer, house: House) -> Sight:
    """Without the exceptions made for one account: figures are not about single leads.

    raises: Forbidden
    """
    sight = conflict.sight(viewer, house.parents)
    if sight.nothing or viewer.role == "hotline_operator":
        raise Forbidden(NO_FIGURES)
    return sight


def edges(period: periods.Period) -> tuple[dt.datetime, dt.datetime]:
    """From the first moment of a period to the first after it."""
    return midnight(period.first), midnight(period.last + dt.timedelta(days=1))


def midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), LOCAL).astimezone(dt.UTC)


def _overview(parts: list[MonthFigures], facts: list[Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {"received": _shown(statistics.joined("received", (p.total for p in parts)))}
    for name in parts[0].overview:
        shown[name] = _shown(statistics.joined(name, (p.overview[name] for p in parts)))
    for name in parts[0].shares:
        shown[name] = _share([p.shares[name] for p in parts])
    # A median is no sum: nothing can be subtracted from it.
    shown["median_rating"] = statistics.middle(f.rating for f in facts if f.rating is not None)
    return shown


def _share(pairs: list[tuple[int, int]]) -> int | None:
    """Of a longer period only where each of its months could tell its own."""
    if any(whole and statistics.share(part, whole) is None for part, whole in pairs):
        return None
    return statistics.share(sum(part for part, _ in pairs), sum(whole for _, whole in pairs))


def _reporters(
    reports: list[tuple[str, str, bool]], channels_table: list[dict[str, Any]] | None, *, is_month: bool
) -> list[dict[str, Any]]:
    """Trusted reporters by channel: the count as the table of channels shows it, and, of a month, how much led to a document.

    Of longer periods the share is not told: subtracting months would tell what a hidden one holds.
    """
    found = []
    for row in channels_table or ():
        if row["code"] in channels.TRUSTED:
            of_channel = [documented for code, _, documented in reports if code == row["code"]]
            is_told = is_month and row["count"] is not None
            told = statistics.share(sum(of_channel), len(of_channel)) if is_told else None
            found.append({**row, "documented_percent": told})
    return found


def _shown_table(cells: tuple[statistics.Cell, ...] | None) -> list[dict[str, Any]] | None:
    """Rows in the order of their codes: an order by count would tell about hidden cells. None: withheld."""
    return None if cells is None else [{"code": c.code, **_shown(c)} for c in cells]


def _shown(cell: statistics.Cell) -> dict[str, Any]:
    return {"count": cell.count, "shown": cell.shown}
