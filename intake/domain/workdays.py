"""Working days of the State Council's holiday notices, with make-up days (调休).

Days follow data/holidays.csv (one row for each day that differs from Monday to
Friday, with the number of the notice). A year without a notice yet is counted
Monday to Friday and its deadlines are *provisional*.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources


@dataclass(frozen=True, slots=True)
class Due:
    """A limit's last local day (Asia/Shanghai); it ends at 24:00 of that day."""

    day: dt.date
    is_provisional: bool


@dataclass(frozen=True)
class WorkCalendar:
    """off: weekdays that are holidays; worked: weekend days that are worked; years: announced."""

    off: frozenset[dt.date]
    worked: frozenset[dt.date]
    years: frozenset[int]

    def is_working(self, day: dt.date) -> bool:
        if day in self.worked:
            return True
        return day.weekday() < 5 and day not in self.off

    def is_announced(self, day: dt.date) -> bool:
        return day.year in self.years


def load_calendar(rows: Iterable[dict[str, str]] | None = None) -> WorkCalendar:
    """The calendar of data/holidays.csv, or of `rows` with the same columns."""
    if rows is None:
        text = resources.files("intake.domain").joinpath("data/holidays.csv").read_text("utf-8")
        rows = csv.DictReader(text.splitlines())
    off: set[dt.date] = set()
    worked: set[dt.date] = set()
    years: set[int] = set()
    for row in rows:
        day = dt.date.fromisoformat(row["day"])
        (off if row["kind"] == "off" else worked).add(day)
        years.add(int(row["notice_year"]))
    return WorkCalendar(frozenset(off), frozenset(worked), frozenset(years))


def check_rows(rows: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    """Rows of a notice as they may be added to the calendar.

    columns: day (ISO), kind (off | work), name, notice_year, source (number of the notice)
    raises:  ValueError naming the first row that cannot be used
    """
    checked = []
    for number, row in enumerate(rows, 2):
        try:
            day = dt.date.fromisoformat(row["day"])
            if row["kind"] not in ("off", "work"):
                raise ValueError(f"kind {row['kind']!r}")
            if row["kind"] == "work" and day.weekday() < 5:
                raise ValueError(f"{day} 不是周末，不需要补班")
            if abs(int(row["notice_year"]) - day.year) > 1:
                raise ValueError(f"{day} 不属于 {row['notice_year']} 年的通知")
            if not row["name"].strip() or not row["source"].strip():
                raise ValueError("缺少节日名称或通知文号")
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"第 {number} 行无法使用：{error}") from error
        checked.append(row)
    if not checked:
        raise ValueError("文件里没有一行日历")
    return checked


def add_working_days(start: dt.date, days: int, calendar: WorkCalendar) -> Due:
    """Return the last day of a limit of `days` working days.

    start:    local date (Asia/Shanghai) on which the clock begins; not counted itself
    days:     working days, >= 1
    raises:   ValueError for days < 1
    source:   docs/sources.md, "How limits are counted"
    """
    if days < 1:
        raise ValueError(f"days must be >= 1, got {days}")
    day = start
    is_provisional = False
    while days:
        day += dt.timedelta(days=1)
        days -= calendar.is_working(day)
        is_provisional = is_provisional or not calendar.is_announced(day)
    return Due(day, is_provisional)


def working_days_between(start: dt.date, end: dt.date, calendar: WorkCalendar) -> int:
    """Working days after `start` up to and with `end`; 0 when there are none."""
    days = (end - start).days
    return sum(calendar.is_working(start + dt.timedelta(days=i)) for i in range(1, days + 1))
