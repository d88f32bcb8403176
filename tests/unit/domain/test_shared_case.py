"""The table of a shared case is whole, and counts of changes order messages as they must."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from connectors.hotline12345 import versions
from connectors.hotline12345.tables import events, fields
from intake.domain import shared_case
from intake.domain.shared_case import Vector, rules, verdict

vectors = st.builds(Vector, st.integers(0, 40), st.integers(0, 40))
OPPOSITE = {"same": "same", "before": "after", "after": "before", "concurrent": "concurrent"}
EVENT_KEYS = {"lead_no", "work_order_no", "deadline", "attachments"}


def test_every_row_says_only_what_the_code_knows():
    for one in rules():
        assert one.held_by in shared_case.HELD_BY
        assert one.owner in shared_case.OWNERS
        assert one.they_changed in shared_case.THEY
        assert one.we_changed in shared_case.WE
        assert one.both_changed in shared_case.BOTH
        for via in one.via:
            place, _, name = via.partition(".")
            assert name in (
                fields() if place == "order" else events() | dict.fromkeys(EVENT_KEYS)
            ) or via == ("order.lead_no")


def test_a_fact_has_one_rule_for_each_holder():
    for fact in {one.fact for one in rules()}:
        held = sorted(one.held_by for one in rules() if one.fact == fact)
        assert held in (["any"], ["them", "us"])


def test_every_event_of_the_hotline_says_something():
    vias = {via for one in rules() for via in one.via}

    said = {kind for kind in events() if f"event.{kind}" in vias}
    # 延期 says it by its deadline.
    assert said | {"delay"} == set(events())


@given(vectors, vectors)
def test_an_order_read_from_the_other_side_is_the_opposite(one, other):
    assert one.compare(other) == OPPOSITE[other.compare(one)]


@given(vectors, vectors, vectors)
def test_before_is_before_through_a_third(one, two, three):
    if one.compare(two) == "before" and two.compare(three) == "before":
        assert one.compare(three) == "before"


@given(vectors, vectors)
def test_what_is_joined_knows_both_and_nothing_else(one, other):
    joined = one.joined(other)

    assert joined == other.joined(one)
    assert one.compare(joined) in ("same", "before")
    assert other.compare(joined) in ("same", "before")
    assert joined.ours in (one.ours, other.ours)
    assert joined.theirs in (one.theirs, other.theirs)


@given(vectors, st.integers(0, 5), st.integers(1, 5))
def test_two_changes_that_know_nothing_of_each_other_are_concurrent(common, ours, theirs):
    here, there = Vector(common.ours + ours + 1, common.theirs), Vector(common.ours, common.theirs + theirs)

    assert here.compare(there) == "concurrent"
    for one in rules():
        if one.both_changed != "never":
            assert verdict(one, here, there).is_conflict


@given(vectors, vectors)
def test_there_is_a_conflict_just_when_they_had_not_heard_of_our_change(changed, told):
    for one in rules():
        found = verdict(one, changed, told)
        assert found.is_conflict == (changed.ours > told.ours and one.both_changed != "never")
        if not found.is_conflict and told.theirs <= changed.theirs:
            assert found.action != "take"


@given(vectors)
def test_a_vector_travels_and_comes_back(one):
    text = versions.write({"xiansuo": one.ours, "hotline12345": one.theirs})

    assert len(text) <= 64
    assert versions.read(text) == {"xiansuo": one.ours, "hotline12345": one.theirs}


@given(st.text(max_size=80))
def test_any_other_revision_is_read_as_none_or_as_counts(text):
    counts = versions.read(text)

    assert counts is None or versions.write(counts)
