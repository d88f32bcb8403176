"""A text as sparse features: character 1–3-grams, words and their neighbours, TF-IDF weighted.

Every feature is a 64-bit number made from a span of the text, all spans at once:
looking up some 800 strings a text in a dictionary took half of the whole time.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MAX_SIGNS = 6000
SIZES = (1, 2, 3)
Keys = NDArray[np.uint64]
Ints = NDArray[np.int64]
# Places as public boards mask them (A市, K3县), numbers, spaces.
_LONG = re.compile(
    r"[A-Za-z西\d\s](?:(?<=[A-Za-z])[A-Za-z]?\d{0,2}(?=[市县区省镇乡])|(?<=西)地省|(?<=\d)\d*|(?<=\s)\s*)"
)
# A span's number is its polynomial in BASE modulo 2^64: prefix sums give all spans without a loop.
_BASE = 0x9E3779B97F4A7C15
_WORD, _PAIR, _NEXT = (np.uint64(n) for n in (0xD1B54A32D192ED03, 0x8CB92BA72F3D8DD7, 0xAEF17502108EF2D9))


def _powers(base: int) -> Keys:
    found, value = np.empty(MAX_SIGNS + 1, np.uint64), 1
    for i in range(MAX_SIGNS + 1):
        found[i] = value
        value = value * base % 2**64
    return found


_POWERS = _powers(_BASE)
_BACK = _powers(pow(_BASE, -1, 2**64))
_PLACES = np.arange(MAX_SIGNS + 4, dtype=np.int64)
# 1 + log of how often a feature stands in a text.
_OFTEN = 1 + np.log(np.maximum(np.arange(MAX_SIGNS + 2), 1), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Folded:
    """A clean text as it is counted, with the way back. at, of: from sign at[i] on, sign p is sign of[i] + p - at[i] of the clean text."""

    text: str
    at: tuple[int, ...]
    of: tuple[int, ...]

    def origin(self, position: int) -> int:
        """Where a sign of the folded text stands in the clean one."""
        i = bisect_right(self.at, position) - 1
        return self.of[i] + position - self.at[i]


def fold(text: str) -> Folded:
    """Numbers become one sign, masked places another, spaces one: what is counted is the way of telling."""
    pieces, at, of, last, length = [], [0], [0], 0, 0
    text = text[:MAX_SIGNS]
    for match in _LONG.finditer(text):
        start, end = match.span()
        sign = text[start]
        pieces += [text[last:start], "0" if sign.isdigit() else " " if sign.isspace() else "某"]
        length += start - last + 1
        last = end
        at.append(length)
        of.append(end)
    pieces.append(text[last:])
    return Folded("".join(pieces).lower(), tuple(at), tuple(of))


@dataclass(frozen=True, slots=True)
class Spans:
    """Every feature of a folded text where it stands: `keys`, `starts` and `ends` run side by side."""

    text: str
    keys: Keys
    starts: Ints
    ends: Ints


@dataclass(frozen=True, slots=True)
class Counted:
    """The features of one text: `keys` ascending, and how often."""

    keys: Keys
    counts: Ints


@dataclass(frozen=True, slots=True)
class Vector:
    """Weights of unit length on the columns of a vocabulary."""

    columns: Ints
    weights: NDArray[np.float32]


def spans(folded: str, lengths: Ints, is_space: NDArray[np.bool_]) -> Spans:
    """lengths, is_space: of the words of `folded`, in order; together they are the text."""
    signs = np.frombuffer(folded.encode("utf-32-le", "surrogatepass"), np.uint32)
    n = len(signs)
    sums = np.zeros(n + 1, np.uint64)
    np.multiply(signs, _POWERS[:n], out=sums[1:], dtype=np.uint64, casting="unsafe")
    sums[1:] += _POWERS[:n]
    np.cumsum(sums, out=sums)
    word_ends = np.cumsum(lengths)
    word_starts = word_ends - lengths
    if is_space.any():
        word_starts, word_ends = word_starts[~is_space], word_ends[~is_space]
    each = (sums[word_ends] - sums[word_starts]) * _BACK[word_starts]
    long = np.flatnonzero(word_ends - word_starts > 1)
    sizes = [max(0, n - size + 1) for size in SIZES] + [len(long), max(0, len(each) - 1)]
    keys = np.empty(sum(sizes), np.uint64)
    starts, ends = np.empty((2, len(keys)), np.int64)
    at = 0
    for size, many in zip(SIZES, sizes[:-2], strict=True):
        part = slice(at, at + many)
        np.subtract(sums[size:], sums[:many], out=keys[part])
        keys[part] *= _BACK[:many]
        starts[part] = _PLACES[:many]
        ends[part] = _PLACES[size : size + many]
        at += many
    words, pairs = slice(at, at + len(long)), slice(at + len(long), None)
    np.bitwise_xor(each[long], _WORD, out=keys[words])
    starts[words], ends[words] = word_starts[long], word_ends[long]
    np.bitwise_xor(each[:-1] * _NEXT + each[1:], _PAIR, out=keys[pairs])
    starts[pairs], ends[pairs] = word_starts[:-1], word_ends[1:]
    return Spans(folded, keys, starts, ends)


def count(found: Spans) -> Counted:
    return Counted(*np.unique(found.keys, return_counts=True))


_MIX = np.uint64(0xFF51AFD7ED558CCD)


def _place(keys: Keys, size: int) -> Keys:
    """Where in a table of `size` (a power of two) a key belongs: its highest bits, well mixed."""
    return (keys * _MIX) >> np.uint64(65 - size.bit_length())


def _slots(keys: Keys) -> NDArray[np.int32]:
    """An open hash table of columns, -1 where empty, at most an eighth full: a binary search took three times as long."""
    size = 1 << max(4, int(len(keys) * 8).bit_length())
    table = np.full(size, -1, np.int32)
    mask = np.uint64(size - 1)
    left = np.arange(len(keys))
    slots = _place(keys, size)
    while len(left):
        free = left[table[slots[left]] < 0]
        _, first = np.unique(slots[free], return_index=True)
        table[slots[free[first]]] = free[first]
        left = left[table[slots[left]] != left]
        slots[left] = (slots[left] + np.uint64(1)) & mask
    return table


class Vocabulary:
    """Feature key to column, with inverse document frequencies. keys: ascending"""

    def __init__(self, keys: Keys, idf: NDArray[np.float32]) -> None:
        self.keys = keys
        self.idf = idf
        self._slots = _slots(keys)

    @classmethod
    def fit(cls, counted: Sequence[Counted], *, min_rows: int, limit: int) -> Vocabulary:
        """Features that occur in at least `min_rows` texts, the most frequent `limit` of them."""
        keys, rows = np.unique(np.concatenate([c.keys for c in counted]), return_counts=True)
        keys, rows = keys[rows >= min_rows], rows[rows >= min_rows]
        kept = np.sort(np.lexsort((keys, -rows))[:limit])
        idf = np.log((1 + len(counted)) / (1 + rows[kept])) + 1
        return cls(keys[kept], idf.astype(np.float32))

    def columns(self, keys: Keys) -> Ints:
        """The column of each key, -1 for the unknown."""
        slots = _place(keys, len(self._slots))
        found = self._slots[slots].astype(np.int64)
        open_ = np.flatnonzero((self.keys[found] != keys) & (found >= 0))
        if len(open_):
            mask = np.uint64(len(self._slots) - 1)
            slots = slots[open_]
            while len(open_):
                slots = (slots + np.uint64(1)) & mask
                found[open_] = still = self._slots[slots]
                on = np.flatnonzero((still >= 0) & (self.keys[still] != keys[open_]))
                open_, slots = open_[on], slots[on]
        return found

    def vector(self, columns: Ints) -> Vector:
        """The columns of a whole text, each as often as it stands there. Empty when nothing is known."""
        ordered = np.sort(columns)
        borders = np.empty(len(ordered), np.bool_)
        borders[:1] = True
        np.not_equal(ordered[1:], ordered[:-1], out=borders[1:])
        first = np.flatnonzero(borders)
        unique = ordered[first]
        counts = np.empty_like(first)
        np.subtract(first[1:], first[:-1], out=counts[:-1])
        counts[-1:] = len(ordered) - first[-1:]
        weights = _OFTEN[counts] * self.idf[unique]
        norm = math.sqrt(float(np.dot(weights, weights))) or 1.0
        return Vector(unique, weights / np.float32(norm))
