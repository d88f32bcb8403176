"""Cues: kinds of words (data/cues.csv) and which kinds meet in one sentence.

A few thousand own rows cannot show every word; what is known beforehand is that an
agency, a report and "nobody came" in one sentence make a complaint about conduct.
`prior` adds up that knowledge (data/gate_weights.csv); the learnt weights come on top.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from intake.classify.lookup import Words
from intake.domain import agencies
from intake.domain.tables import rows

_SENTENCE = re.compile(r"[。！？!?；;\n]+|\s{2,}")
LONGEST = 120
HEADLINE = 45
MOST = 2
# Domains whose agencies mostly serve or decide on application: being named says less.
_SOFT = frozenset({"AD13", "AD16", "AD20", "AD21", "AD22", "AD25", "AD26", "AD29", "AD30"})
_SOFT_NAMES = frozenset(
    {"社保", "社保局", "人社", "人社局", "车管所", "出入境", "户政", "不动产登记中心", "疾控", "疾控中心"}
)


@cache
def _reader() -> tuple[Words, dict[str, tuple[str, ...]]]:
    kinds: dict[str, set[str]] = {}
    for row in rows("cues"):
        for word in row["words"].split():
            kinds.setdefault(word, set()).add(row["kind"])
    for alias, domain in agencies.aliases().items():
        is_soft = domain in _SOFT or alias in _SOFT_NAMES
        kinds.setdefault(alias, set()).add("soft" if is_soft else "named")
    return Words(kinds), {word: tuple(sorted(ks)) for word, ks in kinds.items()}


KINDS = tuple(sorted({row["kind"] for row in rows("cues")} | {"soft", "named"}))
_PLACE_OF = {kind: i for i, kind in enumerate(KINDS)}


@dataclass(frozen=True, slots=True)
class Met:
    """A cue word where it stands; kinds: places in KINDS."""

    start: int
    end: int
    names: tuple[str, ...]
    kinds: tuple[int, ...]


def meet(text: str) -> list[Met]:
    """The cue words of a folded text, in order."""
    words, kinds = _reader()
    return [
        Met(start, end, kinds[word], tuple(_PLACE_OF[k] for k in kinds[word]))
        for word, start, end in words.find(text)
    ]


def _borders(text: str) -> list[int]:
    """Where sentences end, the last one at the end of the text."""
    ends: list[int] = []
    at = 0
    for match in _SENTENCE.finditer(text):
        ends += range(at + LONGEST, match.start(), LONGEST)
        ends.append(match.start())
        at = match.end()
    ends += range(at + LONGEST, len(text), LONGEST)
    return [*ends, len(text)]


@dataclass(frozen=True, slots=True)
class _Weights:
    """single, head: (kinds,); together (in one sentence), anywhere (in the text): (kinds, kinds), upper triangle."""

    single: NDArray[np.float32]
    head: NDArray[np.float32]
    together: NDArray[np.float32]
    anywhere: NDArray[np.float32]


@cache
def _weights() -> _Weights:
    n = len(KINDS)
    found = _Weights(*(np.zeros(shape, np.float32) for shape in (n, n, (n, n), (n, n))))
    for row in rows("gate_weights"):
        name, weight = row["feature"], float(row["weight"])
        if name.startswith("^"):
            found.head[_PLACE_OF[name[1:]]] = weight
        elif "+" in name or "&" in name:
            table = found.together if "+" in name else found.anywhere
            table[tuple(sorted(_PLACE_OF[kind] for kind in re.split(r"[+&]", name)))] = weight
        else:
            found.single[_PLACE_OF[name]] = weight
    return found


def prior(text: str, met: Sequence[Met] | None = None) -> float:
    """How much the cues of a folded text speak for a complaint about enforcement conduct, before any learning.

    Counted by sentences, each at most twice: kinds, and pairs of kinds within one; once: kinds of the headline,
    and pairs of kinds anywhere in the text.
    met: the cue words of the text, when they are known already
    """
    met = meet(text) if met is None else met
    if not met:
        return 0.0
    weights, borders = _weights(), _borders(text)
    present = np.zeros((len(borders) + 1, len(KINDS)), np.float32)
    head = np.zeros(len(KINDS), np.float32)
    for word in met:
        present[bisect_right(borders, word.start), word.kinds] = 1
        if word.end <= HEADLINE:
            head[list(word.kinds)] = 1
    pairs = np.minimum(present.T @ present, MOST)
    anywhere = present.max(axis=0)
    return float(
        weights.single @ np.minimum(present.sum(axis=0), MOST)
        + weights.head @ head
        + (weights.together * pairs).sum()
        + anywhere @ weights.anywhere @ anywhere
    )
