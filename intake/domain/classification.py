"""What one text was understood to say: the value every room passes on.

Codes are those of the taxonomy tables beside this file; scores are calibrated
probabilities in 0..1; spans are character offsets into the raw text.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Scored:
    """A code with its probability and the words of the text that made it."""

    code: str
    score: float
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Urgency:
    code: str
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GreenChannel:
    """result: eligible | eligible_pending | not_eligible; code GCxx or None."""

    result: str
    code: str | None = None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """An agency or place of the tables, where the text names it (span None: inferred)."""

    code: str
    name: str
    span: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A fact of the text and where it stands in the raw text.

    kind: amount | bank_card | clock | document | enterprise | id_number | mail | officer | phone | plate | region |
          time | tried | uscc | wechat
    value: normalised (yuan, ISO dates "from/to", a kind of remedy or clock); None for what identifies a person
    """

    kind: str
    start: int
    end: int
    value: str | None = None


@dataclass(frozen=True, slots=True)
class IncidentTime:
    """Local dates (Asia/Shanghai), both inclusive, and the words they came from."""

    from_: dt.date
    to: dt.date
    text: str


@dataclass(frozen=True, slots=True)
class Enterprise:
    name: str | None = None
    uscc: str | None = None


@dataclass(frozen=True, slots=True)
class Classification:
    """Everything understood of one text; `to_json` is the shape of contract.md."""

    scope: Scored
    problem_types: tuple[Scored, ...]
    domain: Scored
    action_kinds: tuple[str, ...]
    urgency: Urgency
    green_channel: GreenChannel
    agency: Mention | None
    region: Mention | None
    document_numbers: tuple[str, ...]
    amounts_yuan: tuple[float, ...]
    incident_time: IncidentTime | None
    enterprise: Enterprise
    missing: tuple[str, ...]
    needs_human: bool
    model: str
    demand: str | None = None
    danger: bool = False
    other_agencies: tuple[Mention, ...] = field(default=())
    tried: tuple[str, ...] = field(default=())
    spans: tuple[Span, ...] = field(default=())

    def to_json(self) -> dict[str, Any]:
        """The JSON of contract.md, "Command line", plus `evidence` of every label, `demand`, `danger`, `other_agencies`, `tried`, `spans`."""
        when = self.incident_time
        return {
            "scope": _scored(self.scope),
            "problem_types": [_scored(p) for p in self.problem_types],
            "domain": _scored(self.domain),
            "action_kinds": list(self.action_kinds),
            "urgency": {"code": self.urgency.code, "reasons": list(self.urgency.reasons)},
            "green_channel": {
                "result": self.green_channel.result,
                "code": self.green_channel.code,
                "reasons": list(self.green_channel.reasons),
            },
            "agency": _mention(self.agency),
            "region": _mention(self.region),
            "document_numbers": list(self.document_numbers),
            "amounts_yuan": list(self.amounts_yuan),
            "incident_time": (
                {"from": when.from_.isoformat(), "to": when.to.isoformat(), "text": when.text}
                if when
                else None
            ),
            "enterprise": {"name": self.enterprise.name, "uscc": self.enterprise.uscc},
            "missing": list(self.missing),
            "needs_human": self.needs_human,
            "model": self.model,
            "demand": self.demand,
            "danger": self.danger,
            "other_agencies": [_mention(m) for m in self.other_agencies],
            "tried": list(self.tried),
            "spans": [{"kind": s.kind, "start": s.start, "end": s.end, "value": s.value} for s in self.spans],
        }


def unsorted(reason: str) -> Classification:
    """The empty understanding used when no model can be had: a person sorts it.

    reason: shown to staff, e.g. "model missing"
    """
    return Classification(
        scope=Scored("SC00", 0.0),
        problem_types=(),
        domain=Scored("AD99", 0.0),
        action_kinds=("AK00",),
        urgency=Urgency("U3"),
        green_channel=GreenChannel("not_eligible"),
        agency=None,
        region=None,
        document_numbers=(),
        amounts_yuan=(),
        incident_time=None,
        enterprise=Enterprise(),
        missing=(),
        needs_human=True,
        model=f"none ({reason})",
    )


def _scored(label: Scored) -> dict[str, Any]:
    return {"code": label.code, "score": round(label.score, 4), "evidence": list(label.evidence)}


def _mention(mention: Mention | None) -> dict[str, Any] | None:
    if mention is None:
        return None
    return {"code": mention.code, "name": mention.name, "span": list(mention.span) if mention.span else None}
