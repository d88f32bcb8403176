"""The linear models as a component of a spaCy pipeline: tokens in, scores of all labels and of all windows out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc

from intake.classify import remarks, tokenizer
from intake.classify.cues import Met, meet
from intake.classify.features import Ints, Spans, Vector, spans
from intake.classify.model import Linear

NAME = "enforcement_labels"
_KEY = "enforcement"


@dataclass(frozen=True, slots=True)
class Reading:
    """A folded text as the models see it.

    spans, columns: every feature where it stands, -1 for the unknown; vector: of the whole text; logits: raw scores of
    all labels; split, windows: clauses and their scores; met: its cue words
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


class EnforcementLabels:
    """Sets what `reading` returns; the folded text is the document's."""

    model: Linear

    def __call__(self, doc: Doc) -> Doc:
        found = spans(doc.text, *tokenizer.measures(doc))
        columns = self.model.vocabulary.columns(found.keys)
        vector = self.model.vocabulary.vector(columns[columns >= 0])
        met = meet(doc.text)
        split = remarks.split(found, columns, met)
        doc.user_data[_KEY] = Reading(
            found,
            columns,
            vector,
            self.model.logits(vector),
            split,
            self.model.remarks.windows(split, self.model.vocabulary.idf),
            met,
        )
        return doc


@Language.factory(NAME)
def make_labels(nlp: Language, name: str) -> Any:
    return EnforcementLabels()


def pipeline(model: Linear) -> Language:
    """Blank Chinese, jieba's words, our labels."""
    nlp = tokenizer.blank()
    labels: Any = nlp.add_pipe(NAME)
    labels.model = model
    return nlp


def reading(doc: Doc) -> Reading:
    """What the component read."""
    found: Reading = doc.user_data[_KEY]
    return found
