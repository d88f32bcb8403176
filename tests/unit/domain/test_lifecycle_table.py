"""The table of steps as a graph: every stage can be reached, none that is open is a dead end, only listed reasons pause."""

from __future__ import annotations

import pytest

from intake.domain import lifecycle
from intake.domain.errors import Malformed

# Moves that a step's own rule makes beside the table (services/step_effects, step_requests, after_filing).
BY_RULE = {
    ("L31", "L34"), ("L32", "L34"), ("L40", "L34"), ("L51", "L34"),
    ("L33", "L30"), ("L33", "L32"), ("L35", "L32"), ("L11", "L20"), ("L11", "L30"), ("L81", "L20"),
}  # fmt: skip
FINAL = {"L71", "L80", "L82"}


def moves():
    table = {(start, s.to_stage) for s in lifecycle.steps().values() for start in s.from_stages if s.to_stage}
    return table | BY_RULE


def reached(start, edges):
    found, waiting = set(), {start}
    while waiting:
        found |= waiting
        waiting = {end for begin, end in edges if begin in found} - found
    return found


def test_every_stage_of_a_lead_can_be_reached_from_its_first():
    assert reached(lifecycle.FIRST_STAGE, moves()) >= set(lifecycle.stages()) - {"L00", "L10"}


@pytest.mark.parametrize("stage", sorted(set(lifecycle.stages()) - {"L00"} - FINAL))
def test_every_stage_leads_to_an_end_that_staff_can_bring_about(stage):
    staff = {
        (start, s.to_stage)
        for s in lifecycle.steps().values()
        for start in s.from_stages
        if s.to_stage and s.roles != {"citizen"}
    }
    assert reached(stage, staff | BY_RULE) & {"L71", "L82"}


@pytest.mark.parametrize("step", ["suspend", "extend", "return", "terminate", "reject", "refer"])
def test_these_steps_take_only_a_listed_reason(step):
    listed = lifecycle.reasons(lifecycle.steps()[step].reason_kind)

    assert listed
    for code in (None, "", "X99"):
        with pytest.raises(Malformed):
            lifecycle.reason(step, code)


def test_whoever_is_refused_is_told_another_way():
    assert all(reason.other_way for reason in lifecycle.reasons("reject").values())
