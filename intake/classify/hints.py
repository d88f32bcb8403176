"""Plain words of each problem type (data/problem_hints.csv): what is known before any learning."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from intake.domain.tables import rows

WEIGHT = 2.0  # in logits; the best of 0, 0.5, 1, 1.5, 2 and 3 on our own rows, out of fold


@cache
def _reader() -> tuple[re.Pattern[str], dict[str, str]]:
    codes = {word: row["code"] for row in rows("problem_hints") for word in row["words"].split()}
    longest_first = sorted(codes, key=lambda w: (-len(w), w))
    return re.compile("|".join(map(re.escape, longest_first))), codes


def hinted(text: str) -> dict[str, list[tuple[int, int]]]:
    """Problem type to the spans of its words in a clean text."""
    pattern, codes = _reader()
    found: dict[str, list[tuple[int, int]]] = {}
    for match in pattern.finditer(text):
        found.setdefault(codes[match.group()], []).append(match.span())
    return found


def bonus(found: dict[str, list[tuple[int, int]]], codes: Sequence[str]) -> NDArray[np.float32]:
    """What the plain words add to the score of each code; a second one counts for less."""
    counts = np.array([min(2, len(found.get(code, ()))) for code in codes], dtype=np.float32)
    return np.asarray(WEIGHT * np.sqrt(counts), dtype=np.float32)
