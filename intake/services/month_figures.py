"""The figures of one month as they may be shown, and the hot spots of one month or of several.

Everything that figures tell is decided here, month by month; longer periods are put together from it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from intake.domain import statistics
from intake.domain.statistics import Cell

DIMENSIONS = ("regions", "agencies", "domains", "problems", "channels")
WAITING = ("L10", "L11", "L20")
UNKNOWN = "unknown"
CLOSED = ("L70", "L71")
OUTSIDE = (*WAITING, "L28", "L29", "L80", "L81")
Spots = dict[tuple[str, str, str], int]


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """shares: (part, whole) of what is told per cent; spots: those that may be told, with their count.

    all_spots: those of all its leads, for comparing a later month with this one
    """

    total: Cell
    overview: dict[str, Cell]
    shares: dict[str, tuple[int, int]]
    tables: dict[str, tuple[Cell, ...] | None]
    spots: Spots
    all_spots: Counter[tuple[str, str, str]]


def month_figures(facts: list[Any]) -> MonthFigures:
    """facts: rows of store/lead_statistics.facts of one month"""
    tables = {name: _table(Counter(_codes(facts, name))) for name in DIMENSIONS}
    spots = [(_county(f.region), f.domain, f.problems[0]) for f in facts if f.problems]
    told = {
        (s.region, s.domain, s.problem): s.count
        for s in statistics.hot_spots(spots)
        if _is_told((s.region, s.domain, s.problem), tables)
    }
    late = sum(f.overdue_at is not None for f in facts)
    # Of those whose time is over, one way or the other: what still runs in time is not yet on time.
    settled = sum(f.stage in CLOSED or f.overdue_at is not None for f in facts)
    shares = {
        "on_time_percent": (settled - late, settled),
        "green_percent": (sum(f.is_green for f in facts), len(facts)),
    }
    total = statistics.single("received", len(facts))
    return MonthFigures(total, _overview(facts, late), shares, tables, told, Counter(spots))


def _overview(facts: list[Any], late: int) -> dict[str, Cell]:
    """Every part with what is left of the whole, since a reader can subtract as well."""
    total = len(facts)
    parts = {
        "accepted": sum(f.stage not in OUTSIDE for f in facts),
        "not_accepted": sum(f.stage == "L29" for f in facts),
        "closed": sum(f.stage in CLOSED for f in facts),
        "overdue_ever": late,
        "green": sum(f.is_green for f in facts),
    }
    shown = {}
    for name, count in parts.items():
        cells = statistics.suppressed({name: count, "rest": total - count})
        shown[name] = cells[0] if cells else statistics.withheld(name, least=0)
    return shown


def one_month(now: MonthFigures, before: MonthFigures) -> list[dict[str, Any]]:
    """Hot spots with their growth, where the earlier figure could be told as well."""
    found = []
    for spot, count in now.spots.items():
        earlier = before.all_spots[spot]
        is_known = _is_told(spot, before.tables) and not statistics.is_few(earlier)
        found.append(_spot(spot, count, str(count), count - earlier if is_known else None))
    return found


def several_months(parts: list[MonthFigures]) -> list[dict[str, Any]]:
    """The sums of what the months tell, the most first: at least so many."""
    sums: Counter[tuple[str, str, str]] = Counter()
    for part in parts:
        sums.update(part.spots)
    ranked = sorted(sums.items(), key=lambda item: (-item[1], item[0]))[: statistics.MOST_SPOTS]
    return [_spot(spot, None, f"{least}以上", None) for spot, least in ranked]


def _spot(spot: tuple[str, str, str], count: int | None, shown: str, growth: int | None) -> dict[str, Any]:
    region, domain, problem = spot
    return {
        "region": region,
        "domain": domain,
        "problem": problem,
        "count": count,
        "shown": shown,
        "growth": growth,
    }


def _is_told(spot: tuple[str, str, str], tables: Mapping[str, tuple[Cell, ...] | None]) -> bool:
    """A spot is part of three cells: where one of them is hidden, its number would tell about that cell."""
    return all(
        _is_shown(tables[name], code)
        for name, code in zip(("regions", "domains", "problems"), spot, strict=True)
    )


def _is_shown(table: tuple[Cell, ...] | None, code: str) -> bool:
    """A code that does not stand in a shown table is nought there."""
    return table is not None and all(c.count is not None for c in table if c.code == code)


def _codes(facts: list[Any], name: str) -> list[str]:
    if name == "problems":
        # The main problem only: so that the table adds up to the leads.
        return [f.problems[0] if f.problems else UNKNOWN for f in facts]
    if name == "regions":
        return [_county(f.region) for f in facts]
    column = {"agencies": "agency_code", "domains": "domain", "channels": "channel"}[name]
    return [getattr(f, column) or UNKNOWN for f in facts]


def _county(region: str | None) -> str:
    """County or zone: six digits, or 411200-JKQ as it stands."""
    return UNKNOWN if not region else region if "-" in region else region[:6]


def _table(counts: Mapping[str, int]) -> tuple[Cell, ...] | None:
    return statistics.suppressed(dict(sorted(counts.items())))
