"""Learn what a remark about an authority's conduct looks like, from sentences and from the rows around them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from intake.classify import tokenizer
from intake.classify.cues import KINDS, meet
from intake.classify.features import Spans, Vocabulary, fold, spans
from intake.classify.normalise import normalise
from intake.classify.remarks import BLAME, SMOOTH, Floats, Remarks, Split, pairs, split
from intake.classify.rows import Row, Sentence
from intake.domain import taxonomy

# Scopes in which nobody is blamed for how the law is enforced: every sentence of such a row is none.
ORDINARY = frozenset({"SC10", "SC11", "SC20", "SC50", "SC90", "SC91"})
STRENGTH = 4.0
STRENGTH_TYPES = 8.0
KIND_SHARE = 0.2  # of a cue kind beside a gram
LONGEST = 70
_END = re.compile(r"(?<=[。！？!?；;\n])")
_COMMA = re.compile(r"(?<=[，,、\s])")


@dataclass(frozen=True, slots=True)
class Taught:
    """One sentence that teaches. codes: the problem types it blames for; empty for none"""

    group: str
    spans: Spans
    codes: tuple[str, ...]
    is_blame: bool


def sentences_of(text: str) -> Iterator[str]:
    """A text in pieces of at most LONGEST signs, cut at ends of sentences, then at commas."""
    for sentence in _END.split(text):
        piece = ""
        for part in _COMMA.split(sentence) if len(sentence) > LONGEST else (sentence,):
            if piece and len(piece) + len(part) > LONGEST:
                yield piece
                piece = ""
            piece += part
        if piece.strip():
            yield piece


def sources(rows: Sequence[Row], sentences: Sequence[Sentence], nlp: Any) -> list[Taught]:
    """What teaches: our sentences, the sentences of ordinary rows, and both sides of the marks in marked rows."""

    def taught(group: str, text: str, codes: tuple[str, ...], *, is_blame: bool) -> Taught:
        folded = fold(normalise(text).text).text
        found = spans(folded, *tokenizer.measures(nlp.tokenizer(folded)))
        return Taught(group, found, codes, is_blame)

    every = [taught(s.group, s.text, s.codes, is_blame=bool(s.codes)) for s in sentences]
    for row in rows:
        scope = row.labels.get("scope", ("",))[0]
        if row.remarks is not None:
            for start, end in row.remarks:
                every.append(
                    taught(row.group, row.text[start:end], row.labels.get("problem", ()), is_blame=True)
                )
        if row.remarks is not None or scope in ORDINARY:
            for piece in _outside(row):
                every.append(taught(row.group, piece, (), is_blame=False))
    return [t for t in every if len(t.spans.keys)]


def _outside(row: Row) -> Iterator[str]:
    """The sentences of a row outside its marks."""
    at = 0
    for start, end in (*(row.remarks or ()), (len(row.text), len(row.text))):
        yield from sentences_of(row.text[at:start])
        at = end


def _grams(texts: Sequence[Split], vocabulary: Vocabulary) -> Any:
    from scipy.sparse import csr_matrix

    indptr = np.concatenate([[0], np.cumsum([len(t.grams) for t in texts])])
    columns = np.concatenate([t.grams for t in texts])
    weights = vocabulary.idf[columns]
    squares = np.add.reduceat(np.append(weights * weights, 0), indptr[:-1]) * (np.diff(indptr) > 0)
    weights = weights / np.repeat(np.sqrt(squares + SMOOTH), np.diff(indptr))
    matrix = csr_matrix((weights, columns, indptr), shape=(len(texts), len(vocabulary.keys)))
    matrix.sum_duplicates()
    return matrix


def _kinds(texts: Sequence[Split]) -> Floats:
    """(texts, kinds + kinds² + kinds²): of clauses alone, and of clauses together."""
    k = len(KINDS)
    made = np.zeros((len(texts), k + 2 * k * k), np.float32)
    for i, text in enumerate(texts):
        alone, near, far = pairs(text.kinds)
        made[i, : k + k * k] = alone.sum(axis=0)
        made[i, k + k * k :] = near.sum(axis=0) + far.sum(axis=0)
    return made


@dataclass(frozen=True, slots=True)
class Lesson:
    """What teaches, as matrices: grams (n, features), kinds (n, …), is_blame (n,), codes of each."""

    grams: Any
    kinds: Any
    is_blame: NDArray[np.bool_]
    codes: list[tuple[str, ...]]
    folds: NDArray[np.int64]


def lesson(taught: Sequence[Taught], vocabulary: Vocabulary, folds: Sequence[int]) -> Lesson:
    from scipy.sparse import csr_matrix

    texts = [split(t.spans, vocabulary.columns(t.spans.keys), meet(t.spans.text)) for t in taught]
    return Lesson(
        _grams(texts, vocabulary),
        csr_matrix(_kinds(texts) * KIND_SHARE),
        np.array([t.is_blame for t in taught]),
        [t.codes for t in taught],
        np.array(folds, np.int64),
    )


def learn(given: Lesson, seen: NDArray[np.bool_] | None = None) -> Remarks:
    """seen: which sentences teach; None for all"""
    from scipy.sparse import hstack
    from sklearn.linear_model import LogisticRegression

    rows = np.arange(len(given.codes)) if seen is None else np.flatnonzero(seen)
    grams, kinds = given.grams[rows], given.kinds[rows]
    codes = [given.codes[i] for i in rows]
    labels = [BLAME, *taxonomy.codes("problem_types")]
    weights = np.zeros((grams.shape[1], len(labels)), np.float32)
    bias = np.full(len(labels), -8.0, np.float32)
    of_kinds = np.zeros(kinds.shape[1], np.float32)
    truth = given.is_blame[rows]
    if truth.any() and not truth.all():
        model = LogisticRegression(
            C=STRENGTH, solver="liblinear", dual=True, class_weight="balanced", tol=1e-2, random_state=0
        )
        model.fit(hstack([grams, kinds]).tocsr(), truth)
        weights[:, 0], bias[0] = model.coef_[0, : grams.shape[1]], model.intercept_[0]
        of_kinds = (model.coef_[0, grams.shape[1] :] * KIND_SHARE).astype(np.float32)
    for column, code in enumerate(labels[1:], 1):
        truth = np.array([code in found for found in codes])
        if truth.sum() >= 2:
            typed = LogisticRegression(
                C=STRENGTH_TYPES,
                solver="liblinear",
                dual=True,
                class_weight="balanced",
                tol=0.1,
                random_state=0,
            )
            typed.fit(grams, truth)
            weights[:, column], bias[column] = typed.coef_[0], typed.intercept_[0]
    k = len(KINDS)
    return Remarks(labels, weights, bias, of_kinds[: k + k * k], of_kinds[k + k * k :])


def strongest(
    texts: Sequence[Split], folds: NDArray[np.int64], given: Lesson, vocabulary: Vocabulary
) -> NDArray[np.float32]:
    """(texts, labels): the strongest window of each row, by remarks learnt without its story."""
    scores = np.zeros((len(texts), 1 + len(taxonomy.codes("problem_types"))), np.float32)
    for one in np.unique(folds):
        remarks = learn(given, given.folds != one)
        for i in np.flatnonzero(folds == one).tolist():
            scores[i] = remarks.windows(texts[i], vocabulary.idf).scores.max(axis=0)
    return scores
