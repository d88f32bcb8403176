"""Stages of a lead (线索状态) and the steps between them, one table: data/steps.csv.

Nothing moves a lead but `take`: it names the next stage or refuses with the
steps that are legal. Not accepting (不予受理) is never a step of the machine.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

from intake.domain.errors import Forbidden, WrongStep

FIRST_STAGE = "L20"
WITHDRAWN = "L80"


@dataclass(frozen=True, slots=True)
class Stage:
    code: str
    name: str
    label: str
    citizen_label: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Step:
    """to_stage None: the stage stays; roles: who may take it ("citizen" = the author)."""

    name: str
    label: str
    from_stages: frozenset[str]
    to_stage: str | None
    roles: frozenset[str]
    needs_reason: bool


def _rows(name: str) -> list[dict[str, str]]:
    text = resources.files("intake.domain").joinpath(f"data/{name}").read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def stages() -> dict[str, Stage]:
    return {
        r["code"]: Stage(r["code"], r["name"], r["label"], r["citizen_label"], r["is_open"] == "1")
        for r in _rows("stages.csv")
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
        )
        for r in _rows("steps.csv")
    }


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
        label = stages()[stage].label
        raise WrongStep(f"当前状态“{label}”不能“{step.label}”。", legal=legal_steps(stage, role))
    return step.to_stage or stage
