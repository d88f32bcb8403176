"""Working days against an independent source, limits against brute force."""

import datetime as dt

import chinese_calendar
import pytest

from intake.domain import sla
from intake.domain.workdays import add_working_days, load_calendar

CALENDAR = load_calendar()
DAYS = [
    dt.date(2019, 1, 1) + dt.timedelta(days=i)
    for i in range((dt.date(2027, 1, 1) - dt.date(2019, 1, 1)).days)
]


def test_every_day_of_2019_to_2026_equals_the_independent_source():
    wrong = [day for day in DAYS if CALENDAR.is_working(day) != chinese_calendar.is_workday(day)]

    assert wrong == []


def test_deadlines_equal_brute_force_for_every_start_day_and_one_to_sixty_days():
    """Past the last notice a working day is Monday to Friday, and the deadline provisional."""
    last = DAYS[-1]
    ahead = [*DAYS, *(last + dt.timedelta(days=i) for i in range(1, 121))]
    works = [chinese_calendar.is_workday(d) if d <= last else d.weekday() < 5 for d in ahead]
    for place, start in enumerate(DAYS):
        due = [day for day, works_on in zip(ahead[place + 1 :], works[place + 1 :], strict=True) if works_on]
        for length in range(1, 61):
            found = add_working_days(start, length, CALENDAR)
            assert (found.day, found.is_provisional) == (due[length - 1], due[length - 1] > last)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        pytest.param("2024-09-27", 1, "2024-09-29", id="Sunday worked before the holiday"),
        pytest.param("2024-09-30", 1, "2024-10-08", id="jumps the seven days off"),
        pytest.param("2024-10-11", 1, "2024-10-12", id="Saturday worked after the holiday"),
    ],
)
def test_due_day_follows_the_holiday_notice(start, days, due):
    found = add_working_days(dt.date.fromisoformat(start), days, CALENDAR)

    assert found.day == dt.date.fromisoformat(due)


def test_a_limit_running_into_a_year_without_notice_is_provisional():
    assert add_working_days(dt.date(2026, 12, 30), 5, CALENDAR).is_provisional
    assert not add_working_days(dt.date(2026, 11, 2), 5, CALENDAR).is_provisional


def test_the_clock_starts_on_the_local_day_of_receipt():
    late = dt.datetime(2026, 11, 23, 16, 30, tzinfo=dt.UTC)  # 00:30 of the 24th in Shanghai

    clocks = sla.clocks(late, "U3", is_green=False, calendar=CALENDAR, limits=sla.first_limits())

    assert clocks.decide_by == sla.end_of(dt.date(2026, 11, 27))


def test_the_green_channel_is_decided_a_day_earlier():
    at = dt.datetime(2026, 11, 23, 4, tzinfo=dt.UTC)

    green = sla.clocks(at, "U3", is_green=True, calendar=CALENDAR, limits=sla.first_limits())
    plain = sla.clocks(at, "U3", is_green=False, calendar=CALENDAR, limits=sla.first_limits())

    assert plain.decide_by - green.decide_by == dt.timedelta(days=1)


def test_days_below_one_are_refused():
    with pytest.raises(ValueError, match="days must be"):
        add_working_days(dt.date(2026, 1, 1), 0, CALENDAR)
