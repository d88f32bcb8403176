"""A folded text as the models see it: words, features, scores of all labels and of all windows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from intake.classify import remarks
from intake.classify.cues import Met, meet
from intake.classify.features import Ints, Spans, Vector
from intake.classify.model import Linear


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


def score(model: Linear, found: Spans) -> Reading:
    """found: the features of a folded text where they stand"""
    columns = model.vocabulary.columns(found.keys)
    vector = model.vocabulary.vector(columns[columns >= 0])
    met = meet(found.text)
    split = remarks.split(found, columns, met)
    windows = model.remarks.windows(split, model.vocabulary.idf)
    return Reading(found, columns, vector, model.logits(vector), split, windows, met)
