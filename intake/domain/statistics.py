"""Figures about leads: counts, shares, medians, hot spots, and the hiding of small cells.

A cell of 1 to 4 cases could point at a person, so it is shown as "少于5". Totals stand beside the cells, so
further cells are withheld until none can be worked out; where that fails the whole table is withheld.
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
    """One figure as it may be shown. count is None when hidden; shown is what a reader gets."""

    code: str
    count: int | None
    shown: str


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
    return Cell(code, None, FEW) if is_few(count) else Cell(code, count, str(count))


def suppressed(counts: Mapping[str, int]) -> tuple[Cell, ...] | None:
    """The cells of a table whose exact total is known to the reader; None when the whole table is withheld.

    Cells of 1 to 4 are hidden; then the smallest others, until every hidden cell could have two values at least.
    """
    few = {code for code, count in counts.items() if is_few(count)}
    others = sorted((c for c in counts if counts[c] >= SMALLEST), key=lambda c: (counts[c], c))
    more: list[str] = []
    while few and not _is_safe(counts, few, more):
        if len(more) == len(others):
            return None
        more.append(others[len(more)])
    return tuple(
        Cell(code, None, FEW)
        if code in few
        else Cell(code, None, WITHHELD)
        if code in more
        else Cell(code, count, str(count))
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
    now: Iterable[tuple[str, str, str]], before: Iterable[tuple[str, str, str]]
) -> tuple[Spot, ...]:
    """The most frequent (region, domain, problem type), each of five cases at least, the most first."""
    earlier = Counter(before)
    ranked = sorted(Counter(now).items(), key=lambda item: (-item[1], item[0]))
    return tuple(
        Spot(*spot, count, None if is_few(earlier[spot]) else count - earlier[spot])
        for spot, count in ranked[:MOST_SPOTS]
        if count >= SMALLEST
    )
