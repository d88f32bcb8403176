"""Small figures stay hidden, also from somebody who adds and subtracts."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from intake.domain import statistics

TABLES = st.lists(st.integers(0, 9), min_size=1, max_size=5)


# No deadline: how long an example takes depends on what else the machine does.
@settings(max_examples=400, deadline=None)
@given(TABLES)
def test_no_hidden_cell_can_be_worked_out_from_the_total(numbers):
    counts = {f"c{i}": n for i, n in enumerate(numbers)}
    cells = statistics.suppressed(counts)
    if cells is None:
        return
    ranges = {statistics.FEW: range(1, 5), statistics.WITHHELD: range(5, 46)}
    hidden = [cell for cell in cells if cell.count is None]
    rest = sum(numbers) - sum(cell.count for cell in cells if cell.count is not None)
    # What a reader may believe: every filling of the hidden cells that gives the known total.
    worlds = [w for w in product(*(ranges[c.shown] for c in hidden[:-1])) if hidden]
    fillings = [(*w, rest - sum(w)) for w in worlds if hidden and rest - sum(w) in ranges[hidden[-1].shown]]
    for place, cell in enumerate(hidden):
        possible = {filling[place] for filling in fillings}
        assert counts[cell.code] in possible
        assert len(possible) > 1, (counts, cells)
    assert all(not statistics.is_few(cell.count) for cell in cells if cell.count is not None)


def test_figures_without_small_cells_stay_exact():
    cells = statistics.suppressed({"a": 12, "b": 0, "c": 5})
    assert [(c.count, c.shown) for c in cells] == [(12, "12"), (0, "0"), (5, "5")]


def test_a_lone_small_cell_takes_the_smallest_other_with_it():
    cells = statistics.suppressed({"a": 2, "b": 40, "c": 9})
    assert [c.shown for c in cells] == ["少于5", "40", "不显示"]


def test_a_table_that_cannot_be_made_safe_is_withheld():
    assert statistics.suppressed({"a": 3}) is None
    assert statistics.suppressed({"a": 1, "b": 1}) is None


def test_shares_and_medians_need_enough_cases():
    assert statistics.share(10, 20) == 50
    assert statistics.share(19, 20) is None
    assert statistics.share(2, 20) is None
    assert statistics.middle([1, 2, 3, 4]) is None
    assert statistics.middle([1, 2, 3, 4, 9]) == 3.0


def test_hot_spots_are_frequent_and_their_growth_tells_no_small_figure():
    one, other, rare = ("411202", "AD01", "P1"), ("411203", "AD02", "P2"), ("411221", "AD03", "P3")
    spots = statistics.hot_spots([one] * 9 + [other] * 6 + [rare] * 4, [one] * 5 + [other] * 2)
    assert [(s.region, s.count, s.growth) for s in spots] == [("411202", 9, 4), ("411203", 6, None)]
