"""The words of a text that made a label, as they stand in the text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from intake.classify.features import Folded
from intake.classify.model import Linear
from intake.classify.reading import Reading
from intake.domain.classification import Scored

MOST = 4
LONGEST = 36


@dataclass(frozen=True, slots=True)
class Explainer:
    """text: the clean one; folded, read: what the models saw of it."""

    model: Linear
    text: str
    folded: Folded
    read: Reading

    def problem(self, code: str, plain: Sequence[str]) -> tuple[str, ...]:
        """What speaks for a problem type: its plain words, else the clauses of its strongest window.

        plain: words of the text that are known to speak for the type
        """
        told = tuple(dict.fromkeys(plain))[:MOST]
        return told or self._window(self.model.remarks.labels.index(code))

    def scope(self, scope: str, problems: Sequence[Scored]) -> tuple[str, ...]:
        """What speaks for a scope: of enforcement conduct the strongest remark, else the heaviest clauses of the label."""
        if scope != "SC00":
            return self._clauses("scope", scope)
        told = (*self._window(0), *(words for p in problems for words in p.evidence))
        return tuple(dict.fromkeys(told))[:MOST]

    def domain(self, domain: str, named: Sequence[str]) -> tuple[str, ...]:
        """The agencies of the domain as they are named, else the heaviest clauses."""
        told = tuple(dict.fromkeys(named))[:MOST]
        return told or self._clauses("domain", domain)

    def _window(self, column: int) -> tuple[str, ...]:
        """The clauses of the window that scores highest for a label of the remarks."""
        windows = self.read.windows
        best = int(np.argmax(windows.scores[:, column]))
        return self._words(range(int(windows.starts[best]), int(windows.ends[best])))

    def _clauses(self, head: str, label: str) -> tuple[str, ...]:
        """The one or two clauses whose features speak most for a label of the whole text."""
        split, idf = self.read.split, self.model.vocabulary.idf
        weights = self.model.weights_of(head, label)[split.grams] * idf[split.grams]
        said = np.bincount(split.clause, weights, minlength=len(split.parts.starts))
        return self._words(sorted(int(i) for i in np.argsort(-said)[:2] if said[i] > 0))

    def _words(self, clauses: Iterable[int]) -> tuple[str, ...]:
        """The clauses as they stand in the text."""
        parts = self.read.split.parts
        spans = (
            (self.folded.origin(int(parts.starts[i])), self.folded.origin(int(parts.ends[i])))
            for i in clauses
        )
        words = (self.text[start:end].strip()[:LONGEST] for start, end in spans)
        return tuple(dict.fromkeys(w for w in words if len(w) > 1))
