"""The linear models as a component of a spaCy pipeline: tokens in, scores of all labels and of all windows out."""

from __future__ import annotations

from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from intake.classify import tokenizer
from intake.classify.features import spans
from intake.classify.model import Linear
from intake.classify.reading import Reading, score

NAME = "enforcement_labels"
_KEY = "enforcement"


class EnforcementLabels:
    """Sets what `reading` returns; the folded text is the document's."""

    model: Linear

    def __call__(self, doc: Doc) -> Doc:
        doc.user_data[_KEY] = score(self.model, spans(doc.text, *tokenizer.measures(doc)))
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
