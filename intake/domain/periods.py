"""Calendar months, quarters and years: the only periods figures are made for.

Periods that may begin on any day could be subtracted from each other until single cases show.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass

_CODE = re.compile(r"(20\d\d)(?:-(?:(0[1-9]|1[0-2])|Q([1-4])))?", re.ASCII)
QUARTERS = "一二三四"


@dataclass(frozen=True, slots=True)
class Period:
    """first and last: local days, both included. code: 2026-11, 2026-Q4 or 2026."""

    code: str
    label: str
    first: dt.date
    last: dt.date


def parse(code: str) -> Period | None:
    """None for what is no such period."""
    found = _CODE.fullmatch(code)
    if found is None:
        return None
    year = int(found[1])
    if found[2]:
        return month(year, int(found[2]))
    return _quarter(year, int(found[3])) if found[3] else _months(str(year), f"{year}年", year, 1, 12)


def month(year: int, number: int) -> Period:
    return _months(f"{year}-{number:02}", f"{year}年{number}月", year, number, number)


def _quarter(year: int, number: int) -> Period:
    label = f"{year}年第{QUARTERS[number - 1]}季度"
    return _months(f"{year}-Q{number}", label, year, 3 * number - 2, 3 * number)


def _months(code: str, label: str, year: int, first: int, last: int) -> Period:
    days = calendar.monthrange(year, last)[1]
    return Period(code, label, dt.date(year, first, 1), dt.date(year, last, days))


def spanning(first: dt.date, last: dt.date) -> Period | None:
    """The month, quarter or year that has exactly these days; None when there is none."""
    year, number = first.year, first.month
    codes = (f"{year}-{number:02}", f"{year}-Q{(number + 2) // 3}", str(year))
    found = (parse(code) for code in codes)
    return next((p for p in found if p and (p.first, p.last) == (first, last)), None)


def of_day(day: dt.date) -> tuple[Period, Period, Period]:
    """Month, quarter and year of a day."""
    return (
        month(day.year, day.month),
        _quarter(day.year, (day.month + 2) // 3),
        _months(str(day.year), f"{day.year}年", day.year, 1, 12),
    )


def months_of(period: Period) -> tuple[Period, ...]:
    """The months that a period consists of, the oldest first."""
    year = period.first.year
    return tuple(month(year, number) for number in range(period.first.month, period.last.month + 1))


def before(period: Period) -> Period:
    """The one of the same kind that came before."""
    kind = 1 if "Q" in period.code else 0 if "-" in period.code else 2
    return of_day(period.first - dt.timedelta(days=1))[kind]


def recent(today: dt.date) -> tuple[tuple[str, tuple[Period, ...]], ...]:
    """What a chooser offers: (按月, twelve months), (按季, eight quarters), (按年, three years), newest first."""
    kinds = zip(("按月", "按季", "按年"), of_day(today), (12, 8, 3), strict=True)
    return tuple((name, last_ones(newest, count)) for name, newest, count in kinds)


def last_ones(newest: Period, count: int) -> tuple[Period, ...]:
    """`newest` and those before it, `count` together, the newest first."""
    found = [newest]
    while len(found) < count:
        found.append(before(found[-1]))
    return tuple(found)
