"""The words of a step: what is wanted, on which lead, and what came of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from intake.domain import lifecycle
from intake.domain.conflict import Viewer
from intake.domain.errors import WrongStep
from intake.domain.lifecycle import Reason
from intake.services.house import House
from intake.store.tables import Lead
from intake.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Order:
    """What is wanted of one step; unused fields stay None.

    note: reason in words or internal finding; public_text: what the citizen reads
    reason: code of data/reasons.csv; decision: "approve" | "refuse" of a review
    target: unit to transfer to or handle with, number of the main lead of a merge
    labels: {"scope", "problem_types", "domain", "agency_code", "urgency", "is_green"} for reclassify and split
    verdict: what the check found (domain/verdicts.py), said with a reply
    part: the words that become a lead of their own in a split, None = all of them
    """

    step: str
    note: str | None = None
    public_text: str | None = None
    assignee: str | None = None
    target: str | None = None
    labels: dict[str, Any] | None = None
    may_train: bool = False
    reason: str | None = None
    decision: str | None = None
    part: str | None = None
    verdict: str | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """One step being taken; `before` is the stage it started from, `lead.stage` already the one the table names."""

    lead: Lead
    before: str
    order: Order
    viewer: Viewer
    now: dt.datetime
    reason: Reason | None
    uow: UnitOfWork
    house: House


@dataclass(frozen=True, slots=True)
class Effect:
    """label: "" = the step's own; is_public: the citizen reads the label in the timeline.

    keeps_version: the step says something about two leads and changes neither: whoever may not see the other
        one must not learn of it by a version that moved
    """

    details: dict[str, Any] = field(default_factory=dict)
    label: str = ""
    is_public: bool = False
    keeps_version: bool = False


def refused(scene: Scene, why: str) -> WrongStep:
    """The step is in the table but this lead does not allow it now."""
    return lifecycle.wrong(scene.order.step, scene.before, scene.viewer.role, why)
