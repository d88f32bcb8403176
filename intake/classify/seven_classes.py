"""The public comparison: seven kinds of citizens' messages, our features, a fixed 80/20 split."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from intake.classify.features import MAX_SIGNS, Spans, Vocabulary, count, spans
from intake.classify.training import matrix_of

FOLDER = "taidi2020c"
LIMIT = 200_000


def seven_classes(shared: Path) -> dict[str, float] | None:
    """{"macro_f1", "accuracy"} on the test part after learning the train part; None without the set."""
    from sklearn.metrics import accuracy_score, f1_score
    from sklearn.svm import LinearSVC

    folder = shared / FOLDER
    if not (folder / "split_80_20_seed20240205.json").exists():
        return None
    split = json.loads((folder / "split_80_20_seed20240205.json").read_text("utf-8"))
    lines = (folder / "f2_labelled_segmented_9210.jsonl").read_text("utf-8").splitlines()
    rows: dict[str, dict[str, Any]] = {row["id"]: row for row in map(json.loads, lines)}
    learnt, asked = ([rows[i] for i in split[part]] for part in ("train", "test"))
    found = [_spans(row["tokens"]) for row in learnt]
    vocabulary = Vocabulary.fit([count(s) for s in found], min_rows=2, limit=LIMIT)
    model = LinearSVC(C=1.0, random_state=0)
    model.fit(
        matrix_of(vocabulary, [vocabulary.columns(s.keys) for s in found]), [row["label"] for row in learnt]
    )
    said = model.predict(
        matrix_of(vocabulary, [vocabulary.columns(_spans(row["tokens"]).keys) for row in asked])
    )
    truth = [row["label"] for row in asked]
    return {
        "macro_f1": round(float(f1_score(truth, said, average="macro")), 4),
        "accuracy": round(float(accuracy_score(truth, said)), 4),
    }


def _spans(tokens: str) -> Spans:
    """The set holds words only: they are joined, their borders kept."""
    words, signs = [], 0
    for word in tokens.lower().split():
        signs += len(word)
        if signs > MAX_SIGNS:
            break
        words.append(word)
    lengths = np.array([len(w) for w in words], np.int64)
    return spans("".join(words), lengths, np.zeros(len(words), np.bool_))
