"""Stages of a lead (线索状态) and the steps between them: data/stages.csv, steps.csv, reasons.csv.

Nothing moves a lead but `take`: it names the next stage or refuses with the
steps that are legal. Not accepting (不予受理) is never a step of the machine.
Overlays (督办, 催办, 联合办理, 重点关注, 移送) are flags beside the stage; overdue is an axis of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from intake.domain.errors import FieldProblem, Forbidden, Malformed, WrongStep
from intake.domain.tables import rows

FIRST_STAGE = "L20"
SUSPENDED = "L34"
MERGED = "L81"
WITHDRAWN = "L80"
# The reason of `refer` that goes by a sealed letter (services/refer_discipline.py) and never by a flag.
TO_DISCIPLINE = "F01"
MOST_RETURNS = 2
MOST_QUESTIONS = 2
# Steps that ask somebody else's approval, by the stage they wait in ("" = the stage stays).
ASKED = {"return": "L33", "extend": "L35", "suspend": ""}
FLAGS = {
    "urge": "催办",
    "supervise": "督办",
    "escalate": "提级监督",
    "cohandle": "联合办理",
    "watch": "重点关注",
    "refer": "已移送",
}


@dataclass(frozen=True, slots=True)
class Stage:
    code: str
    name: str
    label: str
    citizen_label: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Step:
    """to_stage None: the stage stays, or the step's own rule says; roles: who may take it ("citizen" = the author).

    reason_kind: which reasons of data/reasons.csv it needs, "" = none
    """

    name: str
    label: str
    from_stages: frozenset[str]
    to_stage: str | None
    roles: frozenset[str]
    needs_reason: bool
    reason_kind: str


@dataclass(frozen=True, slots=True)
class Reason:
    """other_way: what the citizen can do instead, told with the decision."""

    code: str
    label: str
    other_way: str


@cache
def stages() -> dict[str, Stage]:
    return {
        r["code"]: Stage(r["code"], r["name"], r["label"], r["citizen_label"], r["is_open"] == "1")
        for r in rows("stages")
    }


@cache
def steps() -> dict[str, Step]:
    return {
        r["step"]: Step(
            r["step"],
            r["label"],
            frozenset(r["from_stages"].split()),
            r["to_stage"] or None,
            frozenset(r["roles"].split()),
            r["needs_reason"] == "1",
            r["reason_kind"],
        )
        for r in rows("steps")
    }


@cache
def reasons(kind: str) -> dict[str, Reason]:
    """Reason code to reason, of one kind (reject | return | suspend | extend | terminate | refer | link)."""
    return {
        r["code"]: Reason(r["code"], r["label"], r["other_way"]) for r in rows("reasons") if r["kind"] == kind
    }


def reason(step: str, code: str | None) -> Reason | None:
    """The reason of a step that needs one, None for the others.

    raises: Malformed when it is missing or unknown
    """
    known = reasons(steps()[step].reason_kind)
    if not known:
        return None
    if code not in known:
        choices = "、".join(f"{r.code} {r.label}" for r in known.values())
        raise Malformed(FieldProblem("reason", "unknown_reason", f"请选择理由：{choices}。"))
    return known[code]


def legal_steps(stage: str, role: str) -> tuple[str, ...]:
    """Step names that `role` may take from `stage`, in the table's order."""
    return tuple(s.name for s in steps().values() if stage in s.from_stages and role in s.roles)


def take(step_name: str, *, stage: str, role: str) -> str:
    """The stage after `step_name`.

    raises: Forbidden when the role may never take it; WrongStep (with the legal
            ones) when it does not start from this stage
    """
    step = steps()[step_name]
    if role not in step.roles:
        raise Forbidden
    if stage not in step.from_stages:
        raise wrong(step_name, stage, role)
    return step.to_stage or stage


def wrong(step_name: str, stage: str, role: str, why: str = "") -> WrongStep:
    """The refusal of a step, with the legal ones."""
    words = why or f"当前状态“{stages()[stage].label}”不能“{steps()[step_name].label}”。"
    return WrongStep(words, legal=legal_steps(stage, role))
