"""A small storm over the delivery, with real processes and a real PostgreSQL; the large one is tests/load/storm.py."""

from __future__ import annotations

import pytest

from tests.conftest import cannot_run
from tests.factories.postgres import postgres_binaries
from tests.load.storm import WINDOW_S, Plan, storm

pytestmark = [pytest.mark.processes, pytest.mark.postgres]


async def test_nothing_is_lost_doubled_or_out_of_order_in_a_storm():
    if postgres_binaries() is None:
        cannot_run("PostgreSQL: no initdb here")
    plan = Plan(leads=200, workers=2, rate=60, fault_s=1.0, timeout_s=2.0, longest_wait_s=2.0)

    report = await storm(plan)

    assert (report.lost, report.doubled, report.out_of_order, report.not_done) == (0, 0, 0, 0)
    assert report.messages >= 2 * report.leads
    # What a worker holds ready (two seconds' worth) may fall into the window as well.
    assert report.most_in_window <= plan.rate * (WINDOW_S + 2)
    assert {"PostgreSQL crashed", "PostgreSQL restarted", "hotline killed", "worker killed -9"} <= set(
        report.troubles
    )
