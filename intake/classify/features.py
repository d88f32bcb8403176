"""A text as sparse features: character 1–4-grams and words with their neighbours, TF-IDF weighted."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

MAX_SIGNS = 6000
Vector = tuple[NDArray[np.int32], NDArray[np.float32]]
_DIGITS = re.compile(r"\d+")
_MASKED = re.compile(r"[A-Za-z]{1,2}\d{0,2}(?=[市县区省镇乡])|西地省")
_SPACES = re.compile(r"\s+")


def fold(text: str) -> str:
    """Numbers become one sign, masked places another: what is counted is the way of telling."""
    text = _MASKED.sub("某", text[:MAX_SIGNS])
    return _SPACES.sub(" ", _DIGITS.sub("0", text)).lower()


def grams(folded: str, words: Iterable[str]) -> Counter[str]:
    """Feature counts of one text. `words`: its jieba words."""
    n = len(folded)
    found: Counter[str] = Counter()
    for size in (1, 2, 3, 4):
        found.update([folded[i : i + size] for i in range(n - size + 1)])
    kept = [w for w in words if not w.isspace()]
    found.update([f"w:{w}" for w in kept if len(w) > 1])
    found.update([f"w:{a}_{b}" for a, b in itertools.pairwise(kept)])
    return found


class Vocabulary:
    """Feature name to column, with inverse document frequencies."""

    def __init__(self, names: Sequence[str], idf: NDArray[np.float32]) -> None:
        self.names = list(names)
        self.idf = idf
        self._column = {name: i for i, name in enumerate(self.names)}

    @classmethod
    def fit(cls, counted: Sequence[Counter[str]], *, min_rows: int, limit: int) -> Vocabulary:
        """Features that occur in at least `min_rows` texts, the most frequent `limit` of them.

        Cues (c:…) are counted beside the features but weighed apart: see cues.prior.
        """
        seen: Counter[str] = Counter()
        for counts in counted:
            seen.update(counts.keys())
        kept = [(name, rows) for name, rows in seen.items() if rows >= min_rows and not name.startswith("c:")]
        kept.sort(key=lambda item: (-item[1], item[0]))
        kept = kept[:limit]
        rows = np.array([r for _, r in kept], dtype=np.float32)
        idf = np.log((1 + len(counted)) / (1 + rows)) + 1
        return cls([name for name, _ in kept], idf.astype(np.float32))

    def vector(self, counts: Counter[str]) -> Vector:
        """Columns and weights of unit length; both empty when nothing is known."""
        get = self._column.get
        known = [(at, count) for at, count in ((get(n), c) for n, c in counts.items()) if at is not None]
        if not known:
            return np.empty(0, np.int32), np.empty(0, np.float32)
        pairs = np.array(known, dtype=np.int32)
        columns = pairs[:, 0]
        weights = (1 + np.log(pairs[:, 1].astype(np.float32))) * self.idf[columns]
        norm = float(np.sqrt(np.dot(weights, weights)))
        return columns, (weights / norm).astype(np.float32)
