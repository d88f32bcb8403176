"""Months, quarters and years lie in one another: whoever subtracts finds no hidden figure.

The reader is given everything that is shown for three months, their quarter and a year: totals and the tables by region
and by agency. A solver looks for the least and the greatest value of every hidden cell in all that fits.
"""

from __future__ import annotations

import datetime as dt
import random
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from intake.domain import statistics
from intake.services.month_figures import month_figures

PLACES = {"regions": "region", "agencies": "agency_code"}


def leads(dice, count):
    """Rows as the store gives them, in a skewed mixture, so that small cells are frequent."""
    return [
        SimpleNamespace(
            region=dice.choice(["411202"] * 5 + ["411203"] * 2 + ["411221"]),
            agency_code=dice.choice(["A"] * 6 + ["B"] * 2 + ["C"]),
            domain="AD01",
            problems=["PT101"],
            channel="phone",
            stage=dice.choice(["L20", "L29", "L70"]),
            is_green=dice.random() < 0.2,
            overdue_at=dt.datetime.now(dt.UTC) if dice.random() < 0.2 else None,
        )
        for _ in range(count)
    ]


class Reader:
    """Unknowns (month, table, code) between the bounds that the shown cells give, and sums of them."""

    def __init__(self, months):
        self.months = months
        self.names = [
            (m, table, code)
            for m in range(len(months))
            for table in ("total", *PLACES)
            for code in ([""] if table == "total" else self._codes(table))
        ]
        self.place = {name: i for i, name in enumerate(self.names)}
        self.rules = []
        for m in range(len(months)):
            for table in PLACES:
                # A table adds up to the total of its month.
                self.rule({(m, table, c): 1 for c in self._codes(table)} | {(m, "total", ""): -1}, 0, 0)

    def _codes(self, table):
        seen = {c.code for m in self.months for c in m.tables[table] or ()}
        return sorted({*seen, "other"})

    def rule(self, weights, low, high):
        row = np.zeros(len(self.names))
        for name, weight in weights.items():
            row[self.place[name]] = weight
        self.rules.append((row, low, np.inf if high is None else high))

    def told(self, cells, table, months):
        """What a table of these months shows, month by month or joined."""
        for cell in cells or ():
            self.rule({(m, table, cell.code): 1 for m in months}, cell.least, cell.most)

    def bounds(self, name):
        rows, lows, highs = zip(*self.rules, strict=True)
        goal = np.zeros(len(self.names))
        goal[self.place[name]] = 1
        ask = {
            "constraints": LinearConstraint(np.array(rows), lows, highs),
            "bounds": Bounds(0, 200),
            "integrality": np.ones(len(self.names)),
        }
        least, most = milp(goal, **ask), milp(-goal, **ask)
        return round(least.fun), round(-most.fun)


def read(months):
    """A reader who was shown the months, the quarter of the first three, and all of them together."""
    reader = Reader(months)
    for m, month in enumerate(months):
        show(reader, [month], [m])
    show(reader, months[:3], range(3))
    show(reader, months, range(len(months)))
    return reader


def show(reader, parts, months):
    reader.told([statistics.joined("", (p.total for p in parts))], "total", months)
    for table in PLACES:
        reader.told(statistics.joined_tables((p.tables[table], p.total) for p in parts), table, months)


@pytest.mark.parametrize("seed", range(12))
def test_no_hidden_month_can_be_worked_out_from_quarter_year_and_totals(seed):
    dice = random.Random(seed)
    months = [month_figures(leads(dice, dice.choice([2, 4, 9, 14, 25]))) for _ in range(4)]
    reader = read(months)

    for m, month in enumerate(months):
        hidden = [("total", month.total)] if month.total.count is None else []
        hidden += [(t, c) for t in PLACES for c in month.tables[t] or () if c.count is None]
        for table, cell in hidden:
            code = "" if table == "total" else cell.code
            low, high = reader.bounds((m, table, code))
            assert low < high, (seed, m, table, code)


def test_a_longer_period_is_exact_where_every_month_is_shown_and_a_range_elsewhere():
    exact = statistics.exact
    assert statistics.joined("", (exact("", 7), exact("", 0), exact("", 12))).shown == "19"
    assert statistics.joined("", (exact("", 12), statistics.few(""), statistics.few(""))).shown == "14至20"
    assert statistics.joined("", (exact("", 0), statistics.few(""))).shown == "少于5"
    assert statistics.joined("", (exact("", 9), statistics.withheld(""))).shown == "14以上"


def test_a_code_that_only_a_withheld_table_holds_is_not_named():
    shown = (statistics.exact("a", 9),)
    total = statistics.few("")
    table = statistics.joined_tables([(shown, statistics.exact("", 9)), (None, total)])
    assert [(c.code, c.shown) for c in table] == [("a", "9至13")]
    assert statistics.joined_tables([(None, total), ((), statistics.exact("", 0))]) is None
