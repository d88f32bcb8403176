"""Where in a text the blame stands: windows of neighbouring clauses, each scored for itself.

A complaint about conduct is often one remark (城管睁一只眼闭一只眼) in a long story about a shop. How such remarks
are made is learnt from sentences (nlu_data/sentences); a text speaks of conduct as much as its strongest window does.
All scores are sums over features, so those of a window are added up from its clauses.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from intake.classify.cues import KINDS, Met
from intake.classify.features import Ints, Spans

LONGEST = 60  # signs; a clause without any punctuation is cut here
WIDEST = 3  # clauses in a window
SMOOTH = 25.0  # added to the squared weight of a window, so that two rare signs alone are no remark
BLAME = "SC00"
DENSE = 100_000  # clauses times grams up to which one product of matrices is faster than sorting
_BORDER = re.compile(r"[，,。！？!?；;：:、…~]+|\.+(?!\d)|\s+")
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Clauses:
    """starts, ends: of each clause in the folded text, in order, at least one; of: the clause of each sign, -1 between."""

    starts: Ints
    ends: Ints
    of: Ints


def clauses(folded: str) -> Clauses:
    found: list[tuple[int, int]] = []
    at = 0
    for start, end in [*(m.span() for m in _BORDER.finditer(folded)), (len(folded), len(folded))]:
        while start - at > LONGEST:
            found.append((at, at + LONGEST))
            at += LONGEST
        if start > at:
            found.append((at, start))
        at = end
    places = np.array(found or [(0, len(folded))], np.int64)
    of = np.full(len(folded) + 1, -1, np.int64)
    for i, (start, end) in enumerate(found):
        of[start:end] = i
    return Clauses(places[:, 0], places[:, 1], of)


@dataclass(frozen=True, slots=True)
class Split:
    """A text by clauses. grams: per known feature inside a clause, its column; clause: which clause; kinds: (clauses, cue kinds) 0/1."""

    parts: Clauses
    grams: Ints
    clause: Ints
    kinds: Floats


def split(spans: Spans, columns: Ints, met: Sequence[Met]) -> Split:
    """columns: of the spans' keys, -1 for the unknown; met: the cue words of the text"""
    parts = clauses(spans.text)
    first = parts.of[spans.starts]
    inside = np.flatnonzero((columns >= 0) & (first >= 0) & (first == parts.of[spans.ends - 1]))
    kinds = np.zeros((len(parts.starts), len(KINDS)), np.float32)
    for word in met:
        at = parts.of[word.start]
        if at >= 0:
            kinds[at, word.kinds] = 1
    return Split(parts, columns[inside], first[inside], kinds)


def pairs(kinds: Floats) -> tuple[Floats, Floats, Floats]:
    """Features of cue kinds: of each clause alone (n, k + k²), of a clause with the next (n-1, k²), with the one after (n-2, k²)."""
    n, k = kinds.shape
    own = np.einsum("ni,nj->nij", kinds, kinds).reshape(n, k * k)
    cross = [
        np.einsum("ni,nj->nij", kinds[:-step], kinds[step:]).reshape(max(0, n - step), k * k)
        if n > step
        else np.zeros((0, k * k), np.float32)
        for step in (1, 2)
    ]
    return np.concatenate([kinds, own], axis=1), cross[0], cross[1]


@dataclass(frozen=True, slots=True)
class Windows:
    """starts, ends: clauses [start, end) of each window; scores: (windows, labels) in logits."""

    starts: Ints
    ends: Ints
    scores: Floats


@dataclass
class Remarks:
    """labels: SC00 (blames an authority for its conduct) and problem types; grams: (features, labels);
    alone (kinds + kinds²), together (kinds²): weights of the cue kinds for SC00."""

    labels: list[str]
    grams: Floats
    bias: Floats
    alone: Floats
    together: Floats

    def windows(self, text: Split, idf: Floats) -> Windows:
        total, square = self._sums(text, idf)
        n = len(total)
        sums, squares = total, square
        own, near, far = self._cues(text.kinds)
        cues = own
        starts, ends, scores = [], [], []
        for width in range(1, min(WIDEST, n) + 1):
            first = np.arange(n - width + 1)
            if width > 1:
                total = total[:-1] + sums[width - 1 :]
                square = square[:-1] + squares[width - 1 :]
                cues = cues[:-1] + own[width - 1 :] + near[width - 2 :]
            score = total / np.sqrt(square + SMOOTH)[:, None]
            score += self.bias
            score[:, 0] += cues if width < WIDEST else cues + far
            starts.append(first)
            ends.append(first + width)
            scores.append(score)
        return Windows(np.concatenate(starts), np.concatenate(ends), np.concatenate(scores))

    def _sums(self, text: Split, idf: Floats) -> tuple[Floats, Floats]:
        """Of each clause: its weighted grams (clauses, labels), and its squared weight."""
        n, m = len(text.parts.starts), len(text.clause)
        weight = idf[text.grams]
        grams = self.grams[text.grams]
        squares = np.bincount(text.clause, weight * weight, minlength=n).astype(np.float32)
        if n * m <= DENSE:
            table = np.zeros((n, m), np.float32)
            table[text.clause, np.arange(m)] = weight
            return table @ grams, squares
        order = np.argsort(text.clause, kind="stable")
        clause = text.clause[order]
        borders = np.flatnonzero(np.diff(clause, prepend=-1))
        sums = np.zeros((n, len(self.labels)), np.float32)
        sums[clause[borders]] = np.add.reduceat((weight[:, None] * grams)[order], borders, axis=0)
        return sums, squares

    def _cues(self, kinds: Floats) -> tuple[Floats, Floats, Floats]:
        k = kinds.shape[1]
        square = self.alone[k:].reshape(k, k)
        cross = self.together.reshape(k, k)
        own = kinds @ self.alone[:k] + ((kinds @ square) * kinds).sum(axis=1)
        ahead = kinds @ cross
        near = (ahead[:-1] * kinds[1:]).sum(axis=1)
        far = (ahead[:-2] * kinds[2:]).sum(axis=1)
        return own, near, far
