"""Train the classifier on nlu_data/complaints: a model folder named by what went into it.

Deterministic: the same data and code give the same folder, which is reused.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from intake.classify import hints, tokenizer
from intake.classify.cues import meet, prior
from intake.classify.features import Ints, Vocabulary, count, fold, spans
from intake.classify.learn_remarks import learn, lesson, sources, strongest
from intake.classify.model import ANY, EXCLUSIVE, HEADS, REMARK_WEIGHT, Gate, Linear
from intake.classify.normalise import normalise
from intake.classify.remarks import split
from intake.classify.rows import KINDS, Row, Sentence, is_held_out, read_rows, read_sentences
from intake.domain import taxonomy

LIMIT = 100_000
STRENGTH = {
    "scope": 12.0,
    "problem": 30.0,
    "domain": 14.0,
    "action": 8.0,
    "urgency": 8.0,
    "green": 8.0,
    "gate": 5.0,
}
FOLDS = 3
# How much the learnt weights count beside the known cues, and where a supervised text begins (in spreads of
# both). The cut is the only figure chosen on the real development set; see nlu_data/README.md.
PRIOR_SHARE, LEARNT_SHARE, REMARK_SHARE, GATE_LENGTH, GATE_CUT = 0.85, 1.1, 0.9, 0.9, 1.5
Progress = Callable[[str], None]


def fingerprint(data_dir: Path) -> str:
    """A hash of data, tables and this room's code: the model's version."""
    digest = hashlib.sha256()
    for path in sorted([*(data_dir / "complaints").glob("*.jsonl"), *(data_dir / "sentences").glob("*.tsv")]):
        digest.update(path.read_bytes())
    for folder in ("intake.classify", "intake.domain", "intake.domain.data"):
        package, _, sub = folder.partition(".data")
        base = resources.files(package)
        base = base.joinpath("data") if folder.endswith(".data") else base
        for item in sorted(base.iterdir(), key=lambda p: p.name):
            if (
                item.name.endswith((".py", ".csv"))
                and not item.name.startswith(("evaluation", "seven_classes", "report", "extraction_score"))
                and "command" not in item.name
            ):
                digest.update(item.read_bytes())
        del sub
    return digest.hexdigest()[:12]


def train(
    data_dir: Path,
    models: Path,
    progress: Progress = lambda _words: None,
    corrections: Sequence[Row] = (),
) -> Path:
    """The model folder for the data as it is; all rows but the held-out ones teach.

    corrections: labelled texts of real cases that may be learnt from; they make another version
    raises: ValueError when a row cannot be used or there are none
    """
    version = fingerprint(data_dir) + _digest(corrections)
    target = models / f"classifier-{version}"
    if (target / "model.json").exists():
        os.utime(target / "model.json")
        progress(f"识别模型未变，直接使用 {target.name}")
        return target
    rows = [row for row in [*read_rows(data_dir), *corrections] if not is_held_out(row.group)]
    if not rows:
        raise ValueError(f"no training rows in {data_dir / 'complaints'}")
    progress(f"训练识别模型：{len(rows)} 行，切词和计数……")
    sentences = [s for s in read_sentences(data_dir) if not is_held_out(s.group)]
    linear = fit(rows, sentences, version, progress)
    partial = models / f".{target.name}.{os.getpid()}"
    linear.save(partial)
    if target.exists():
        shutil.rmtree(target)
    partial.rename(target)
    progress(f"训练识别模型：完成 {target.name}")
    return target


def _digest(corrections: Sequence[Row]) -> str:
    """ "" without corrections, else a hash of them after a hyphen."""
    if not corrections:
        return ""
    lines = sorted(f"{r.group} {r.text} {sorted(r.labels.items())}" for r in corrections)
    return "-" + hashlib.sha256("\n".join(lines).encode()).hexdigest()[:8]


def fit(
    rows: Sequence[Row],
    sentences: Sequence[Sentence],
    version: str,
    progress: Progress = lambda _words: None,
) -> Linear:
    """Fit every head on the rows, and what a remark is on the sentences and the rows' own."""
    nlp = tokenizer.blank()
    folded = [fold(normalise(row.text).text).text for row in rows]
    found = [spans(text, *tokenizer.measures(nlp.tokenizer(text))) for text in folded]
    taught = sources(rows, sentences, nlp)
    vocabulary = Vocabulary.fit(
        [count(s) for s in [*found, *(t.spans for t in taught)]], min_rows=2, limit=LIMIT
    )
    columns = [vocabulary.columns(s.keys) for s in found]
    matrix = matrix_of(vocabulary, columns)
    folds = np.array([_fold(row.group) for row in rows])
    labels = {head: list(taxonomy.codes(KINDS[head])) if head in KINDS else ["SC00"] for head in HEADS}
    labels["green"].append(ANY)
    progress(f"训练识别模型：句子（{len(taught)} 句）……")
    texts = [split(s, c, meet(s.text)) for s, c in zip(found, columns, strict=True)]
    given = lesson(taught, vocabulary, [_fold(t.group) for t in taught])
    remarks = learn(given)
    unseen = strongest(texts, folds, given, vocabulary)
    parts, biases = [], []
    cuts: dict[str, dict[str, float]] = {head: {} for head in HEADS}
    for head in HEADS:
        progress(f"训练识别模型：{head}（{len(labels[head])} 类）……")
        weights, bias = _fit_head(head, labels[head], rows, matrix, folds, cuts[head], unseen)
        parts.append(weights)
        biases.append(bias)
    return Linear(
        vocabulary,
        np.concatenate(parts, axis=1).astype(np.float32),
        np.concatenate(biases).astype(np.float32),
        labels,
        cuts,
        version,
        _gate(rows, matrix, folds, [prior(text) for text in folded], unseen[:, 0]),
        remarks,
    )


def _fold(group: str) -> int:
    return hashlib.sha256(f"fold {group}".encode()).digest()[0] % FOLDS


def _unseen(
    matrix: Any, truth: NDArray[np.bool_], folds: NDArray[np.int64], strength: float
) -> NDArray[np.float64]:
    """Scores of each row by weights that have not seen its story."""
    scores = np.zeros(len(truth))
    for fold_ in range(FOLDS):
        seen = folds != fold_
        if truth[seen].any() and not truth[seen].all():
            weights, bias = _fit_one(matrix[seen], truth[seen], strength)
            scores[~seen] = matrix[~seen] @ weights + bias
    return scores


def _gate(
    rows: Sequence[Row],
    matrix: Any,
    folds: NDArray[np.int64],
    priors: Sequence[float],
    remarks: NDArray[np.float32],
) -> Gate:
    """Spreads of the three parts on our own rows, and how sure they make (Platt)."""
    from sklearn.linear_model import LogisticRegression

    used = [i for i, row in enumerate(rows) if "gate" in row.labels]
    truth = np.array([bool(rows[i].labels["gate"]) for i in used])
    parts = (
        np.array([priors[i] for i in used]),
        _unseen(matrix[used], truth, folds[used], STRENGTH["gate"]),
        remarks[used],
    )
    known, learnt, remark = (float(part.std() or 1) for part in parts)
    gate = Gate(known, learnt, remark, PRIOR_SHARE, LEARNT_SHARE, REMARK_SHARE, GATE_LENGTH, 1.0, GATE_CUT)
    raw = [gate.raw(p, s, r, len(rows[i].text)) for i, p, s, r in zip(used, *parts, strict=True)]
    slope = float(LogisticRegression().fit(np.array(raw)[:, None], truth).coef_[0, 0])
    return replace(gate, slope=max(0.5, slope))


def matrix_of(vocabulary: Vocabulary, columns: Sequence[Ints]) -> Any:
    """(texts, features) of the columns of each text, -1 for the unknown."""
    from scipy.sparse import csr_matrix

    vectors = [vocabulary.vector(found[found >= 0]) for found in columns]
    indptr = np.concatenate([[0], np.cumsum([len(v.columns) for v in vectors])])
    shape = (len(columns), len(vocabulary.keys))
    return csr_matrix(
        (np.concatenate([v.weights for v in vectors]), np.concatenate([v.columns for v in vectors]), indptr),
        shape=shape,
    )


def _fit_head(
    head: str,
    codes: list[str],
    rows: Sequence[Row],
    matrix: Any,
    folds: NDArray[np.int64],
    cuts: dict[str, float],
    remarks: NDArray[np.float32],
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Weights (features, codes) and bias; a code without a single row can never be chosen."""
    used = [i for i, row in enumerate(rows) if head in row.labels]
    weights = np.zeros((matrix.shape[1], len(codes)), dtype=np.float32)
    bias = np.full(len(codes), -8.0, dtype=np.float32)
    if head in EXCLUSIVE:
        _fit_exclusive(head, codes, [rows[i].labels[head][0] for i in used], matrix[used], weights, bias)
        return weights, bias
    for column, code in enumerate(codes):
        truth = np.array([code in rows[i].labels[head] for i in used])
        if truth.sum() >= 2 and not truth.all():
            weights[:, column], bias[column] = _fit_one(matrix[used], truth, STRENGTH[head])
        if truth.sum() >= 6 and head != "gate":
            unseen = _unseen(matrix[used], truth, folds[used], STRENGTH[head])
            if head == "problem":
                unseen += [hints.bonus(hints.hinted(rows[i].text), [code])[0] for i in used]
                unseen += REMARK_WEIGHT * remarks[used, 1 + column]
            cuts[code] = _best_cut(unseen, truth)
    return weights, bias


def _fit_exclusive(
    head: str,
    codes: list[str],
    truth: list[str],
    matrix: Any,
    weights: NDArray[np.float32],
    bias: NDArray[np.float32],
) -> None:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=STRENGTH[head], max_iter=300, tol=1e-3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(matrix, truth)
    for i, code in enumerate(model.classes_):
        weights[:, codes.index(code)] = model.coef_[i]
        bias[codes.index(code)] = model.intercept_[i]


def _fit_one(matrix: Any, truth: NDArray[np.bool_], strength: float) -> tuple[NDArray[np.float32], float]:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(
        C=strength, solver="liblinear", dual=True, class_weight="balanced", tol=1e-2, random_state=0
    )
    model.fit(matrix, truth)
    return model.coef_[0], float(model.intercept_[0])


def _best_cut(scores: NDArray[np.float64], truth: NDArray[np.bool_]) -> float:
    """The probability of the best F1 out of fold, kept within reason for rare labels."""
    chance = 1 / (1 + np.exp(-scores))
    tries = np.linspace(0.15, 0.6, 19)
    f1 = [2 * (truth & (chance >= t)).sum() / (truth.sum() + (chance >= t).sum()) for t in tries]
    return float(round(tries[int(np.argmax(f1))], 3))
