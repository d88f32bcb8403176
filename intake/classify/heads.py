"""Probabilities of a head's labels from raw scores. A head has a few dozen labels: plain floats are faster than arrays."""

from __future__ import annotations

import math
from collections.abc import Sequence

from intake.classify.model import EXCLUSIVE, HEADS, Linear


def softmax(raw: Sequence[float]) -> list[float]:
    top = max(raw)
    raised = [math.exp(r - top) for r in raw]
    whole = sum(raised)
    return [r / whole for r in raised]


def sigmoid(raw: float) -> float:
    return 1 / (1 + math.exp(-raw))  # raw scores are sums of some hundred small weights: never below -700


class Heads:
    """Where the labels of each head stand among the columns of a model."""

    def __init__(self, model: Linear) -> None:
        self.labels = model.labels
        self.places = {
            head: {label: i for i, label in enumerate(labels)} for head, labels in model.labels.items()
        }
        first = {head: model.column(head, model.labels[head][0]) for head in HEADS}
        self._slices = {head: slice(at, at + len(model.labels[head])) for head, at in first.items()}

    def raw(self, logits: list[float], head: str) -> list[float]:
        return logits[self._slices[head]]

    def scores(self, logits: list[float], head: str) -> list[float]:
        """Softmax for exclusive heads, sigmoids for the others."""
        raw = logits[self._slices[head]]
        return softmax(raw) if head in EXCLUSIVE else [1 / (1 + math.exp(-r)) for r in raw]


def ranked(scores: Sequence[float]) -> list[int]:
    """Places of the scores, the highest first."""
    return sorted(range(len(scores)), key=scores.__getitem__, reverse=True)
