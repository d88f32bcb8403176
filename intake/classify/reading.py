"""A folded text as the models see it: words, features, scores of all labels and of all windows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from intake.classify import remarks
from intake.classify.cues import Met, meet
from intake.classify.features import Ints, Spans, Vector, spans
from intake.classify.model import Linear
from intake.classify.segmenter import words


@dataclass(frozen=True, slots=True)
class Reading:
    """spans, columns: every feature where it stands, -1 for the unknown; vector: of the whole text; logits: raw scores
    of all labels; split, windows: clauses and their scores; met: its cue words
    """

    spans: Spans
    columns: Ints
    vector: Vector
    logits: NDArray[np.float32]
    split: remarks.Split
    windows: remarks.Windows
    met: Sequence[Met]

    @property
    def text(self) -> str:
        return self.spans.text


def read(model: Linear, folded: str) -> Reading:
    """The words come straight from the segmenter: a spaCy document of them took a tenth of the whole time."""
    return score(model, spans(folded, *measures(folded)))


def measures(folded: str) -> tuple[Ints, NDArray[np.bool_]]:
    """Lengths of a text's words, and which are mere spaces; what `tokenizer.measures` finds in a document."""
    cut = words(folded)
    lengths = np.fromiter(map(len, cut), np.int64, len(cut))
    if " " not in folded:
        return lengths, np.zeros(len(cut), np.bool_)
    return lengths, np.fromiter(map(str.isspace, cut), np.bool_, len(cut))


def score(model: Linear, found: Spans) -> Reading:
    columns = model.vocabulary.columns(found.keys)
    vector = model.vocabulary.vector(columns[columns >= 0])
    met = meet(found.text)
    split = remarks.split(found, columns, met)
    windows = model.remarks.windows(split, model.vocabulary.idf)
    return Reading(found, columns, vector, model.logits(vector), split, windows, met)
