"""The parts of a long text that may hold the point: headline, sentences, closing words."""

from __future__ import annotations

import re

_END = re.compile(r"[。！？!?；;\n]+|(?<=[^\d])\s{2,}")
SHORT = 160
WINDOW = 110
MOST = 24


def segments(text: str) -> list[tuple[int, int]]:
    """Spans of about WINDOW signs made of whole sentences; [] for a short text (the whole is enough)."""
    if len(text) <= SHORT:
        return []
    sentences: list[tuple[int, int]] = []
    start = 0
    for match in _END.finditer(text):
        sentences.append((start, match.end()))
        start = match.end()
    if start < len(text):
        sentences.append((start, len(text)))
    return _joined(sentences)[:MOST]


def _joined(sentences: list[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for start, end in sentences:
        if found and found[-1][1] - found[-1][0] + end - start <= WINDOW:
            found[-1] = (found[-1][0], end)
        else:
            found += [(s, min(s + 2 * WINDOW, end)) for s in range(start, end, 2 * WINDOW)]
    return found
