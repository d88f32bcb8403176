"""Figures about leads: counts, shares, medians, hot spots, and the hiding of small cells.

A cell of 1 to 4 cases could point at a person, so it is shown as "少于5". Totals stand beside the cells, so
further cells are withheld until none can be worked out; where that fails the whole table is withheld.

Months, quarters and years lie in one another, and who subtracts could find a hidden month. So only months are counted; a
longer period says nothing but what its months show: the exact sum where every month is shown, else between what and what.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median

SMALLEST = 5
FEW = "少于5"
WITHHELD = "不显示"
MOST_SPOTS = 10


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure as it may be shown. count is None when hidden; shown is what a reader gets.

    least, most: between what a reader knows it to be; most None = no end
    """

    code: str
    count: int | None
    shown: str
    least: int
    most: int | None


def exact(code: str, count: int) -> Cell:
    return Cell(code, count, str(count), count, count)


def few(code: str) -> Cell:
    return Cell(code, None, FEW, 1, SMALLEST - 1)


def withheld(code: str, *, least: int = SMALLEST, most: int | None = None) -> Cell:
    return Cell(code, None, WITHHELD, least, most)


def joined(code: str, cells: Iterable[Cell]) -> Cell:
    """The figure of a longer period, of nothing but what its parts show."""
    parts = list(cells)
    least = sum(c.least for c in parts)
    ends = [c.most for c in parts]
    most = None if None in ends else sum(end for end in ends if end is not None)
    if least == most:
        return exact(code, least)
    if (least, most) == (1, SMALLEST - 1):
        return few(code)
    if most is None:
        return Cell(code, None, f"{least}以上" if least else WITHHELD, least, None)
    return Cell(code, None, f"{least}至{most}", least, most)


def joined_tables(
    tables: Iterable[tuple[tuple[Cell, ...] | None, Cell]],
) -> tuple[Cell, ...] | None:
    """The table of a longer period from (table, total) of its parts; None when each that has cases is withheld.

    A code that stands only in a withheld table is not named.
    """
    parts = [(t if t is None else {c.code: c for c in t}, total) for t, total in tables]
    codes = sorted({code for table, _ in parts if table is not None for code in table})
    if not codes and any(table is None for table, _ in parts):
        return None
    nothing = exact("", 0)
    return tuple(
        joined(
            code,
            (
                withheld(code, least=0, most=total.most) if table is None else table.get(code, nothing)
                for table, total in parts
            ),
        )
        for code in codes
    )


@dataclass(frozen=True, slots=True)
class Spot:
    """A frequent combination of region, domain and problem type; growth in cases, None when it may not be told."""

    region: str
    domain: str
    problem: str
    count: int
    growth: int | None


def is_few(count: int) -> bool:
    return 0 < count < SMALLEST


def single(code: str, count: int) -> Cell:
    """A figure that is no part of a shown sum."""
    return few(code) if is_few(count) else exact(code, count)


def suppressed(counts: Mapping[str, int]) -> tuple[Cell, ...] | None:
    """The cells of a table whose exact total is known to the reader; None when the whole table is withheld.

    Cells of 1 to 4 are hidden; then the smallest others, until every hidden cell could have two values at least.
    """
    small = {code for code, count in counts.items() if is_few(count)}
    others = sorted((c for c in counts if counts[c] >= SMALLEST), key=lambda c: (counts[c], c))
    more: list[str] = []
    while small and not _is_safe(counts, small, more):
        if len(more) == len(others):
            return None
        more.append(others[len(more)])
    return tuple(
        few(code) if code in small else withheld(code) if code in more else exact(code, count)
        for code, count in counts.items()
    )


def _is_safe(counts: Mapping[str, int], few: set[str], more: list[str]) -> bool:
    """Whether a reader who knows the sum and these rules is left with two values or more for each hidden cell."""
    rest = sum(counts[code] for code in (*few, *more))
    least = len(few) + SMALLEST * len(more)
    # Every hidden cell can grow by what another gives up: nothing to give up, nothing unsure.
    if rest == least:
        return False
    # Without a withheld cell of any size, all few cells may stand at their greatest.
    return bool(more) or (len(few) > 1 and rest < (SMALLEST - 1) * len(few))


def share(part: int, whole: int) -> int | None:
    """Whole per cent; None when the part, or what is left, is so small that the share would tell it."""
    if whole < SMALLEST or is_few(part) or is_few(whole - part):
        return None
    return round(100 * part / whole)


def middle(values: Iterable[int]) -> float | None:
    """The median; None below five values."""
    found = list(values)
    return float(median(found)) if len(found) >= SMALLEST else None


def hot_spots(
    now: Iterable[tuple[str, str, str]], before: Iterable[tuple[str, str, str]] = ()
) -> tuple[Spot, ...]:
    """The most frequent (region, domain, problem type) of a month, each of five cases at least, the most first."""
    earlier = Counter(before)
    ranked = sorted(Counter(now).items(), key=lambda item: (-item[1], item[0]))
    return tuple(
        Spot(*spot, count, None if is_few(earlier[spot]) else count - earlier[spot])
        for spot, count in ranked[:MOST_SPOTS]
        if count >= SMALLEST
    )
