"""Limits (时限): by when a lead must be decided on and answered.

The clock starts with the day of receipt (never with 签收) and counts working
days of Asia/Shanghai; the limits and the law behind each are data/limits.csv.
"""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

from intake.domain.workdays import Due, WorkCalendar, add_working_days, working_days_between

LOCAL = ZoneInfo("Asia/Shanghai")
WARN_SHARE = 0.8
ESCALATE_AFTER = 3  # working days overdue until 提级监督


@dataclass(frozen=True, slots=True)
class Limit:
    """amount in working days; 0 means the day of receipt itself. step: accept | answer | extend"""

    step: str
    urgency: str
    channel: str
    amount: int
    basis: str


@dataclass(frozen=True, slots=True)
class Limits:
    """One version of all limits; version 0 is data/limits.csv."""

    version: int
    rows: tuple[Limit, ...]

    def find(self, step: str, urgency: str, *, is_green: bool) -> Limit:
        """The limit of `step` (accept | answer | extend); a green-channel row wins over the general one."""
        wanted = ("green", "any") if is_green else ("any",)
        for channel in wanted:
            for limit in self.rows:
                if (limit.step, limit.urgency, limit.channel) == (step, urgency, channel):
                    return limit
        raise LookupError(f"no limit for {step} {urgency}")


@dataclass(frozen=True, slots=True)
class Clocks:
    """The two promises told with every receipt: aware UTC instants, the last second of a local day.

    warn_at: when four fifths of the time to answer are gone (预警)
    """

    decide_by: dt.datetime
    answer_by: dt.datetime
    is_provisional: bool
    warn_at: dt.datetime


@cache
def first_limits() -> Limits:
    """Version 0: the limits of this release."""
    text = resources.files("intake.domain").joinpath("data/limits.csv").read_text("utf-8")
    return limits_of(0, list(csv.DictReader(text.splitlines())))


def limits_of(version: int, rows: list[dict[str, str]]) -> Limits:
    """A version from rows with the columns of data/limits.csv."""
    return Limits(
        version,
        tuple(Limit(r["step"], r["urgency"], r["channel"], int(r["amount"]), r["basis"]) for r in rows),
    )


def clocks(
    received_at: dt.datetime, urgency: str, *, is_green: bool, calendar: WorkCalendar, limits: Limits
) -> Clocks:
    """Both deadlines of a lead.

    received_at: aware instant of receipt
    """
    start = received_at.astimezone(LOCAL).date()
    decide = _due(start, limits.find("accept", urgency, is_green=is_green), calendar)
    answer = _due(start, limits.find("answer", urgency, is_green=is_green), calendar)
    answer_by = end_of(answer.day)
    return Clocks(
        end_of(decide.day),
        answer_by,
        is_provisional=decide.is_provisional or answer.is_provisional,
        warn_at=warn_at(received_at, answer_by),
    )


def warn_at(received_at: dt.datetime, answer_by: dt.datetime) -> dt.datetime:
    """When a lead turns yellow."""
    return received_at + WARN_SHARE * (answer_by - received_at)


def extended(
    answer_by: dt.datetime, urgency: str, calendar: WorkCalendar, limits: Limits
) -> tuple[dt.datetime, bool]:
    """(deadline after the one extension a lead may have, whether it is provisional)."""
    limit = limits.find("extend", urgency, is_green=False)
    due = add_working_days(answer_by.astimezone(LOCAL).date(), limit.amount, calendar)
    return end_of(due.day), due.is_provisional


def resumed(
    answer_by: dt.datetime, suspended_at: dt.datetime, now: dt.datetime, calendar: WorkCalendar
) -> tuple[dt.datetime, bool]:
    """(deadline after a suspension, whether it is provisional): the working days left then are left now."""
    stopped = suspended_at.astimezone(LOCAL).date()
    last = answer_by.astimezone(LOCAL).date()
    left = working_days_between(stopped, last, calendar)
    if left < 1:
        return answer_by, False
    due = add_working_days(now.astimezone(LOCAL).date(), left, calendar)
    return end_of(due.day), due.is_provisional


def end_of(day: dt.date) -> dt.datetime:
    """The last second of a local day, in UTC."""
    return dt.datetime.combine(day, dt.time(23, 59, 59), LOCAL).astimezone(dt.UTC)


def _due(start: dt.date, limit: Limit, calendar: WorkCalendar) -> Due:
    if limit.amount == 0:
        return Due(start, is_provisional=False)
    return add_working_days(start, limit.amount, calendar)
