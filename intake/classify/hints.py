"""Plain words of each problem type (data/problem_hints.csv): what is known before any learning."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache

from intake.classify.lookup import Words
from intake.domain.tables import rows

WEIGHT = 2.0  # in logits; the best of 0, 0.5, 1, 1.5, 2 and 3 on our own rows, out of fold
_BONUS = (0.0, WEIGHT, WEIGHT * math.sqrt(2))


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


def bonus(found: dict[str, list[tuple[int, int]]], codes: Sequence[str]) -> list[float]:
    """What the plain words add to the score of each code; a second one counts for less."""
    return [_BONUS[min(2, len(found[code]))] if code in found else 0.0 for code in codes]
