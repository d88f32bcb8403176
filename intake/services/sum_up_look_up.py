"""One line that answers what a look-up was for, from the records it found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Records = Sequence[Mapping[str, Any]]


def sum_up(system: str, records: Records, year: int) -> str:
    """Chinese; "" for a system whose records speak for themselves.

    year: the local year that is counted
    """
    if system == "random_inspection":
        return _inspections(records, year)
    if system == "internet_supervision":
        return f"{year} 年登记监管行为 {len(_of_year(records, 'acted_on', year))} 次。" if records else ""
    return ""


def _inspections(records: Records, year: int) -> str:
    """How many this year, and how many of them were planned."""
    if not records:
        return ""
    done = _of_year(records, "inspected_on", year)
    planned = sum(r["is_planned"] is True for r in done)
    unplanned = sum(r["is_planned"] is False for r in done)
    unknown = len(done) - planned - unplanned
    more = f"，{unknown} 次没有写明" if unknown else ""
    coming = len(records) - len([r for r in records if r["inspected_on"]])
    later = f"另有 {coming} 项任务还没有检查日期。" if coming else ""
    return f"{year} 年已检查 {len(done)} 次：计划内 {planned} 次，未列入计划 {unplanned} 次{more}。{later}"


def _of_year(records: Records, day: str, year: int) -> list[Mapping[str, Any]]:
    return [r for r in records if r[day] is not None and r[day].year == year]
