"""rjieba with the words of our field: one segmenter for training, classifying and searching.

Apart from spaCy, so that a process that only searches does not load it.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import rjieba

from intake.domain import agencies, places
from intake.domain.tables import rows

FREQUENCY = 20_000


@cache
def lexicon() -> tuple[str, ...]:
    """Words of our field: agencies, popular names, places, legal terms."""
    words = {a.name for a in agencies.everyone()} | set(agencies.aliases())
    words |= {p.name for p in places.everyone()}
    words |= {r["word"] for r in rows("legal_terms")}
    return tuple(sorted(w for w in words if len(w) >= 2))


@cache
def segmenter() -> Any:
    jieba = rjieba.Jieba()
    for word in lexicon():
        jieba.add_word(word, FREQUENCY, "n")
    return jieba


def words(text: str) -> list[str]:
    """The words of a text; joined they are the text."""
    found: list[str] = segmenter().cut(text)
    return found
