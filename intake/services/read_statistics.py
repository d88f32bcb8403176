"""Figures for supervisors, from the leads the viewer may see and no others; small cells are hidden for everybody."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from typing import Any

from intake.domain import channels, conflict, periods, statistics
from intake.domain.conflict import Sight, Viewer
from intake.domain.errors import FieldProblem, Forbidden, Malformed
from intake.domain.sla import LOCAL
from intake.services.house import House

DIMENSIONS = ("regions", "agencies", "domains", "problems", "channels")
NO_FIGURES = "您的角色看不到线索统计。"
WAITING = ("L10", "L11", "L20")
UNKNOWN = "unknown"
CLOSED = ("L70", "L71")
OUTSIDE = (*WAITING, "L28", "L29", "L80", "L81")
BAD_PERIOD = "请选择一个完整的月、季度或年。"


async def read_statistics(viewer: Viewer, first: dt.date, last: dt.date, *, house: House) -> dict[str, Any]:
    """Overview and tables of the leads received from `first` to `last`, local days, both included.

    raises: Forbidden for roles that see no lead; Malformed for what is no month, quarter or year
    """
    sight = sight_of_figures(viewer, house)
    period = periods.spanning(first, last)
    if period is None:
        raise Malformed(FieldProblem("from", "bad_period", BAD_PERIOD))
    async with house.store.look() as uow:
        facts, before = [
            await uow.lead_statistics.facts(sight, since=since, until=until)
            for since, until in map(edges, (period, periods.before(period)))
        ]
        reports = await uow.reporters.facts(sight, since=edges(period)[0], until=edges(period)[1])
    tables = {name: _table(Counter(_codes(facts, name))) for name in DIMENSIONS}
    return {
        "from": first.isoformat(),
        "to": last.isoformat(),
        "overview": _overview(facts),
        "before": _shown(statistics.single("received", len(before))),
        **tables,
        "reporters": _reporters(reports, tables["channels"]),
        "hot_spots": _hot_spots(facts, before, tables),
    }


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


def _overview(facts: list[Any]) -> dict[str, Any]:
    """Every part with what is left of the whole, since a reader can subtract as well."""
    total = len(facts)
    late = sum(f.overdue_at is not None for f in facts)
    scores = [f.rating for f in facts if f.rating is not None]
    parts = {
        "accepted": sum(f.stage not in OUTSIDE for f in facts),
        "not_accepted": sum(f.stage == "L29" for f in facts),
        "closed": sum(f.stage in CLOSED for f in facts),
        "overdue_ever": late,
        "green": sum(f.is_green for f in facts),
    }
    shown: dict[str, Any] = {"received": _shown(statistics.single("received", total))}
    for name, count in parts.items():
        cells = statistics.suppressed({name: count, "rest": total - count})
        hidden = statistics.Cell(name, None, statistics.WITHHELD)
        shown[name] = _shown(cells[0] if cells else hidden)
    # Of those whose time is over, one way or the other: what still runs in time is not yet on time.
    settled = sum(f.stage in CLOSED or f.overdue_at is not None for f in facts)
    shown["on_time_percent"] = statistics.share(settled - late, settled)
    shown["green_percent"] = statistics.share(parts["green"], total)
    shown["median_rating"] = statistics.middle(scores)
    return shown


def _codes(facts: list[Any], name: str) -> list[str]:
    if name == "problems":
        # The main problem only: so that the table adds up to the leads.
        return [f.problems[0] if f.problems else UNKNOWN for f in facts]
    if name == "regions":
        return [_county(f.region) for f in facts]
    column = {"agencies": "agency_code", "domains": "domain", "channels": "channel"}[name]
    return [getattr(f, column) or UNKNOWN for f in facts]


def _reporters(
    reports: list[tuple[str, str, bool]], channels_table: list[dict[str, Any]] | None
) -> list[dict[str, Any]]:
    """Trusted reporters by channel: the count as the table of channels shows it, and how much led to a document."""
    found = []
    for row in channels_table or ():
        if row["code"] in channels.TRUSTED:
            of_channel = [documented for code, _, documented in reports if code == row["code"]]
            told = None if row["count"] is None else statistics.share(sum(of_channel), len(of_channel))
            found.append({**row, "documented_percent": told})
    return found


def _county(region: str | None) -> str:
    """County or zone: six digits, or 411200-JKQ as it stands."""
    return UNKNOWN if not region else region if "-" in region else region[:6]


def _spots(facts: list[Any]) -> list[tuple[str, str, str]]:
    return [(_county(f.region), f.domain, f.problems[0]) for f in facts if f.problems]


def _hot_spots(facts: list[Any], before: list[Any], tables: dict[str, Any]) -> list[dict[str, Any]]:
    """A spot is part of three cells: where one of them is hidden, its number would tell about that cell."""
    return [
        {"region": s.region, "domain": s.domain, "problem": s.problem, "count": s.count, "growth": s.growth}
        for s in statistics.hot_spots(_spots(facts), _spots(before))
        if _tells(tables["regions"], s.region)
        and _tells(tables["domains"], s.domain)
        and _tells(tables["problems"], s.problem)
    ]


def _table(counts: Mapping[str, int]) -> list[dict[str, Any]] | None:
    """Rows in the order of their codes: an order by count would tell about hidden cells. None: withheld."""
    cells = statistics.suppressed(dict(sorted(counts.items())))
    return None if cells is None else [{"code": c.code, **_shown(c)} for c in cells]


def _tells(table: list[dict[str, Any]] | None, code: str) -> bool:
    """Whether the cell of `code` is shown."""
    return any(row["code"] == code and row["count"] is not None for row in table or ())


def _shown(cell: statistics.Cell) -> dict[str, Any]:
    return {"count": cell.count, "shown": cell.shown}
