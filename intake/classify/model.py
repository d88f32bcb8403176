"""The linear models of all labels as one matrix: one look at a text scores everything.

Stored as plain arrays and JSON (no pickle): vocabulary, weights, Platt scales,
thresholds, and the version that each case keeps.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from intake.classify.features import Vector, Vocabulary
from intake.classify.remarks import Remarks

HEADS = ("scope", "problem", "domain", "action", "urgency", "green", "gate")
ANY = "GC00"  # any green-channel code at all: the writer is a business
REMARK_WEIGHT = 0.5  # of the strongest remark of a problem type beside the whole text's score
EXCLUSIVE = frozenset({"scope", "domain", "urgency"})


@dataclass(frozen=True, slots=True)
class Gate:
    """Whether a text is about enforcement conduct: known cues, learnt weights and its strongest remark, each in its own spread.

    shares: how much each of them counts
    length: what a text must show more for being long, per e-fold beyond 200 signs
    cut:    where all together begin to say yes (probability 0.5)
    slope:  how fast they become sure
    """

    prior_spread: float
    learnt_spread: float
    remark_spread: float
    prior_share: float
    learnt_share: float
    remark_share: float
    length: float
    slope: float
    cut: float

    def raw(self, prior: float, learnt: float, remark: float, signs: int) -> float:
        bias = self.length * math.log(max(signs, 20) / 200)
        return (
            self.prior_share * prior / self.prior_spread
            + self.learnt_share * learnt / self.learnt_spread
            + self.remark_share * remark / self.remark_spread
            - bias
        )

    def chance(self, prior: float, learnt: float, remark: float, signs: int) -> float:
        """remark: score of the strongest window; signs: length of the clean text"""
        sure = self.slope * (self.raw(prior, learnt, remark, signs) - self.cut)
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, sure))))


@dataclass
class Linear:
    """weights: (features, columns); columns of each head stand together, named in `labels`.

    cuts: {"scope": {"SC00": 0.5}, …}: where a label counts as found
    """

    vocabulary: Vocabulary
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    labels: dict[str, list[str]]
    cuts: dict[str, dict[str, float]]
    version: str
    gate: Gate
    remarks: Remarks

    def __post_init__(self) -> None:
        self._slices: dict[str, slice] = {}
        at = 0
        for head in HEADS:
            size = len(self.labels[head])
            self._slices[head] = slice(at, at + size)
            at += size

    def logits(self, vector: Vector) -> NDArray[np.float32]:
        """Raw scores of one text for all columns."""
        return np.asarray(vector.weights @ self.weights[vector.columns] + self.bias, dtype=np.float32)

    def scores(self, logits: NDArray[np.float32], head: str) -> NDArray[np.float32]:
        """Probabilities of a head's labels: softmax for exclusive heads, sigmoids for the others."""
        raw = logits[self._slices[head]]
        if head in EXCLUSIVE:
            raised = np.exp(raw - raw.max())
            return np.asarray(raised / raised.sum(), dtype=np.float32)
        return np.asarray(1 / (1 + np.exp(-raw)), dtype=np.float32)

    def column(self, head: str, label: str) -> int:
        return int(self._slices[head].start) + self.labels[head].index(label)

    def weights_of(self, head: str, label: str) -> NDArray[np.float32]:
        """What each feature says for a label."""
        return self.weights[:, self.column(head, label)]

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        np.savez(
            folder / "weights.npz",
            weights=self.weights.astype(np.float16),
            bias=self.bias,
            idf=self.vocabulary.idf,
            keys=self.vocabulary.keys,
            remark_grams=self.remarks.grams.astype(np.float16),
            remark_bias=self.remarks.bias,
            remark_alone=self.remarks.alone,
            remark_together=self.remarks.together,
        )
        facts: dict[str, Any] = {
            "remarks": self.remarks.labels,
            "labels": self.labels,
            "cuts": self.cuts,
            "version": self.version,
            "gate": asdict(self.gate),
        }
        (folder / "model.json").write_text(json.dumps(facts, ensure_ascii=False, indent=1), "utf-8")


def load_linear(folder: Path) -> Linear:
    """raises: OSError when it is not there; ValueError when it is damaged"""
    facts = json.loads((folder / "model.json").read_text("utf-8"))
    with np.load(folder / "weights.npz", allow_pickle=False) as arrays:
        weights, bias = arrays["weights"].astype(np.float32), arrays["bias"]
        keys, idf = arrays["keys"], arrays["idf"]
        remarks = Remarks(
            facts["remarks"],
            arrays["remark_grams"].astype(np.float32),
            arrays["remark_bias"],
            arrays["remark_alone"],
            arrays["remark_together"],
        )
    if len(keys) != len(idf) or len(idf) != len(weights):
        raise ValueError(f"{folder.name}: vocabulary and weights do not fit")
    return Linear(
        Vocabulary(keys, idf),
        weights,
        bias,
        facts["labels"],
        facts["cuts"],
        facts["version"],
        Gate(**facts["gate"]),
        remarks,
    )
