"""The same step on many leads: each its own transaction with the version that was seen, each outcome told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from intake.domain.conflict import Viewer
from intake.domain.errors import FieldProblem, Malformed, XiansuoError
from intake.services.house import House
from intake.services.triage import Order, take_step

MOST = 100
STEPS = ("claim", "release", "assign", "watch")


@dataclass(frozen=True, slots=True)
class Outcome:
    """why: Chinese words of a refusal, "" when it was done."""

    number: str
    why: str


async def take_steps(
    order: Order, leads: Sequence[tuple[str, int]], *, viewer: Viewer, house: House
) -> tuple[Outcome, ...]:
    """leads: (number, version seen). raises: Malformed when the step is not for many, or there are too many"""
    if order.step not in STEPS:
        raise Malformed(FieldProblem("step", "not_for_many", "这一步不能批量操作。"))
    if not 1 <= len(leads) <= MOST:
        raise Malformed(FieldProblem("leads", "bad_count", f"请选择 1 至 {MOST} 条线索。"))
    outcomes = []
    for number, version in leads:
        try:
            await take_step(number, order, version=version, viewer=viewer, house=house)
            outcomes.append(Outcome(number, ""))
        except XiansuoError as error:
            outcomes.append(Outcome(number, error.detail))
    return tuple(outcomes)
