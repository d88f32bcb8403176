"""The linear models as a component of a spaCy pipeline: tokens in, scores of all labels out."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc

from intake.classify import tokenizer
from intake.classify.features import Vector, count
from intake.classify.model import Linear

NAME = "enforcement_labels"
_KEY = "enforcement"


class EnforcementLabels:
    """Sets what `reading` returns; the folded text is the document's."""

    model: Linear

    def __call__(self, doc: Doc) -> Doc:
        vector = self.model.vocabulary.vector(count(doc.text, *tokenizer.measures(doc)))
        doc.user_data[_KEY] = vector, self.model.logits(vector)
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


def reading(doc: Doc) -> tuple[Vector, NDArray[np.float32]]:
    """The features of a document and its raw score for every label of the model."""
    found: tuple[Vector, NDArray[np.float32]] = doc.user_data[_KEY]
    return found
