"""Plain words of each problem type (data/problem_hints.csv): what is known before any learning."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from intake.classify.lookup import Words
from intake.domain.tables import rows

WEIGHT = 2.0  # in logits; the best of 0, 0.5, 1, 1.5, 2 and 3 on our own rows, out of fold


@cache
def _reader() -> tuple[Words, dict[str, str]]:
    codes = {word: row["code"] for row in rows("problem_hints") for word in row["words"].split()}
    return Words(codes), codes


def hinted(text: str) -> dict[str, list[tuple[int, int]]]:
    """Problem type to the spans of its words in a clean text."""
    words, codes = _reader()
    found: dict[str, list[tuple[int, int]]] = {}
    for word, start, end in words.find(text):
        found.setdefault(codes[word], []).append((start, end))
    return found


def bonus(found: dict[str, list[tuple[int, int]]], codes: Sequence[str]) -> NDArray[np.float32]:
    """What the plain words add to the score of each code; a second one counts for less."""
    counts = np.array([min(2, len(found.get(code, ()))) for code in codes], dtype=np.float32)
    return np.asarray(WEIGHT * np.sqrt(counts), dtype=np.float32)
