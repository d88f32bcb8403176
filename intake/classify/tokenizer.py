"""jieba's words inside spaCy: one tokenizer for training, classifying and searching.

jieba is the declared segmenter and the reference; rjieba (same dictionary, same
algorithm, some 40 times faster) serves, and a test holds that both agree on all
our data.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

import numpy as np
import rjieba
import spacy
from numpy.typing import NDArray
from spacy.attrs import IS_SPACE, LENGTH
from spacy.tokens import Doc
from spacy.util import registry
from spacy.vocab import Vocab

from intake.domain import agencies, places
from intake.domain.tables import rows

FREQUENCY = 20_000


@cache
def lexicon() -> tuple[str, ...]:
    """Words of our field: agencies, popular names, places, legal terms."""
    words = {a.name for a in agencies.everyone()} | set(agencies.aliases())
    words |= {p.name for p in places.everyone()}
    words |= {r["word"] for r in rows("legal_terms")}
    return tuple(sorted(w for w in words if len(w) >= 2))


@cache
def segmenter() -> Any:
    jieba = rjieba.Jieba()
    for word in lexicon():
        jieba.add_word(word, FREQUENCY, "n")
    return jieba


def words(text: str) -> list[str]:
    """The words of a text; joined they are the text."""
    found: list[str] = segmenter().cut(text)
    return found


class JiebaTokenizer:
    """A spaCy tokenizer; `doc.text == text` always holds (spaces are words of their own)."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        cut = words(text)
        return Doc(self.vocab, words=cut, spaces=[False] * len(cut))

    def to_bytes(self, **_more: Any) -> bytes:
        return b""

    def from_bytes(self, _data: bytes, **_more: Any) -> JiebaTokenizer:
        return self

    def to_disk(self, _path: Any, **_more: Any) -> None:
        return None

    def from_disk(self, _path: Any, **_more: Any) -> JiebaTokenizer:
        return self


@registry.tokenizers("intake.jieba.v1")  # type: ignore[untyped-decorator]
def make_tokenizer() -> Any:
    return lambda nlp: JiebaTokenizer(nlp.vocab)


def blank() -> spacy.language.Language:
    """spaCy's blank Chinese with our tokenizer."""
    nlp = spacy.blank("zh", config={"nlp": {"tokenizer": {"@tokenizers": "intake.jieba.v1"}}})
    # Every new word would be measured in a dozen ways that nobody reads: a sixth of the whole time.
    vocab: Any = nlp.vocab
    vocab.lex_attr_getters = {IS_SPACE: vocab.lex_attr_getters[IS_SPACE]}
    return nlp


def measures(doc: Doc) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Lengths of a doc's words, and which are mere spaces."""
    found = doc.to_array([LENGTH, IS_SPACE]).astype(np.int64).reshape(-1, 2)
    return found[:, 0], found[:, 1].astype(bool)


def reference_words(text: str) -> list[str]:
    """What jieba itself cuts, with the same lexicon: for the test only."""
    import jieba

    reference = jieba.Tokenizer()
    for word in lexicon():
        reference.add_word(word, FREQUENCY, "n")
    return list(reference.cut(text))


def tokens_for_search(text: str) -> Iterable[str]:
    """Words worth finding: two signs and more."""
    return (w for w in words(text) if len(w) > 1 and not w.isspace())
