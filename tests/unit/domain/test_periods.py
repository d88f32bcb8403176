"""Periods of figures are whole months, quarters and years, and know the one before."""

import datetime as dt

import pytest

from intake.domain import periods


@pytest.mark.parametrize(
    ("code", "first", "last", "before"),
    [
        ("2024-02", dt.date(2024, 2, 1), dt.date(2024, 2, 29), "2024-01"),
        ("2026-01", dt.date(2026, 1, 1), dt.date(2026, 1, 31), "2025-12"),
        ("2026-Q1", dt.date(2026, 1, 1), dt.date(2026, 3, 31), "2025-Q4"),
        ("2026-Q4", dt.date(2026, 10, 1), dt.date(2026, 12, 31), "2026-Q3"),
        ("2026", dt.date(2026, 1, 1), dt.date(2026, 12, 31), "2025"),
    ],
)
def test_a_period_has_its_days_and_one_before(code, first, last, before):
    period = periods.parse(code)

    assert (period.first, period.last) == (first, last)
    assert periods.before(period).code == before
    assert periods.spanning(first, last) == period


@pytest.mark.parametrize(
    "code", ["", "2026-13", "2026-Q5", "26-01", "2026-1", "２０２６", "2026-01-01", "1999"]
)
def test_what_is_no_period_is_none(code):
    assert periods.parse(code) is None


@pytest.mark.parametrize("days", [(1, 29), (2, 30), (1, 31 + 31)])
def test_days_that_are_no_whole_period_span_none(days):
    begin = dt.date(2026, 11, 1)
    first, last = (begin + dt.timedelta(days=n - 1) for n in days)

    assert periods.spanning(first, last) is None


def test_the_chooser_begins_with_the_running_periods():
    offered = periods.recent(dt.date(2026, 11, 23))

    assert [(name, choices[0].code, len(choices)) for name, choices in offered] == [
        ("按月", "2026-11", 12),
        ("按季", "2026-Q4", 8),
        ("按年", "2026", 3),
    ]
