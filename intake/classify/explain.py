"""The words of a text that made a label: the heaviest features, as they stand in the text."""

from __future__ import annotations

from collections.abc import Sequence

from intake.classify.features import Vector
from intake.classify.model import Linear
from intake.domain.classification import Scored

MOST = 4
LOOKED_AT = 40


def evidence_words(
    model: Linear, text: str, vector: Vector, label: str, plain: Sequence[str], *, head: str = "problem"
) -> tuple[str, ...]:
    """Up to four pieces of the text, two signs and more: plain words first, then joined heavy features.

    plain: words of the text that are known to speak for the label
    """
    lowered = text.lower()
    marked = [0.0] * len(lowered)
    for piece, weight in model.evidence(vector, head, label, LOOKED_AT):
        if len(piece.strip()) < 2:
            continue
        at = lowered.find(piece)
        if at >= 0:
            for i in range(at, at + len(piece)):
                marked[i] += weight
    return tuple(dict.fromkeys([*plain, *_pieces(text, marked)]))[:MOST]


def scope_words(
    model: Linear, text: str, vector: Vector, scope: str, problems: Sequence[Scored]
) -> tuple[str, ...]:
    """What speaks for a scope: of enforcement conduct the words of the conduct, else the heaviest of the label."""
    told = tuple(dict.fromkeys(words for p in problems for words in p.evidence))[:MOST]
    return told if scope == "SC00" and told else evidence_words(model, text, vector, scope, (), head="scope")


def domain_words(
    model: Linear, text: str, vector: Vector, domain: str, named: Sequence[str]
) -> tuple[str, ...]:
    """The agencies of the domain as they are named, else the heaviest words."""
    told = tuple(dict.fromkeys(named))[:MOST]
    return told or evidence_words(model, text, vector, domain, (), head="domain")


def _pieces(text: str, marked: list[float]) -> tuple[str, ...]:
    runs: list[tuple[float, int, int]] = []
    start = None
    for i, weight in enumerate([*marked, 0.0]):
        if weight > 0 and start is None:
            start = i
        elif weight <= 0 and start is not None:
            runs.append((sum(marked[start:i]), start, min(i, start + 16)))
            start = None
    runs.sort(key=lambda run: (-run[0], run[1]))
    pieces = (text[a:b].strip(" ，。！？,.、：:") for _, a, b in runs)
    return tuple(dict.fromkeys(p for p in pieces if len(p) >= 2))[:MOST]
