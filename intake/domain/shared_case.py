"""Who owns what of a case that the hotline has too, and what holds when both sides change it: data/shared_case.csv.

Each side counts its own changes. A message carries both counts as its sender knew them, so the reader sees
which of its own changes the sender had not heard of: only these were made at the same time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from intake.domain.tables import rows

HELD_BY = ("any", "us", "them")
OWNERS = ("ours", "theirs", "each", "citizen")
# take: their value becomes ours · note: kept in the history only · add: kept beside what is there · flag: an overlay
# seal: kept sealed only · person: somebody must decide · reopen: back to triage, somebody must decide
THEY = ("take", "note", "add", "flag", "seal", "person", "reopen")
WE = ("send", "keep", "never")
BOTH = ("ours", "theirs", "both", "person", "reopen", "never")

Order = Literal["same", "before", "after", "concurrent"]


@dataclass(frozen=True, slots=True)
class Vector:
    """ours, theirs: changes each side has made, as one side knew them."""

    ours: int = 0
    theirs: int = 0

    def compare(self, other: Vector) -> Order:
        """How this one stands to `other`: "before" when other knows all of it and more."""
        if self == other:
            return "same"
        if self.ours <= other.ours and self.theirs <= other.theirs:
            return "before"
        if self.ours >= other.ours and self.theirs >= other.theirs:
            return "after"
        return "concurrent"

    def joined(self, other: Vector) -> Vector:
        """The least that knows both."""
        return Vector(max(self.ours, other.ours), max(self.theirs, other.theirs))


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table; via: keys of their orders ("order.…"), kinds and keys of their events ("event.…")."""

    fact: str
    label: str
    held_by: str
    owner: str
    via: tuple[str, ...]
    they_changed: str
    we_changed: str
    both_changed: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """action: of THEY, or of BOTH when `is_conflict`; is_late: an older message, which only adds to the history."""

    action: str
    is_conflict: bool = False
    is_late: bool = False


@cache
def rules() -> tuple[Rule, ...]:
    return tuple(
        Rule(
            r["fact"],
            r["label"],
            r["held_by"],
            r["owner"],
            tuple(r["via"].split()),
            r["they_changed"],
            r["we_changed"],
            r["both_changed"],
        )
        for r in rows("shared_case")
    )


def rule(fact: str, held_by: str) -> Rule:
    """held_by: us | them, who handles the case now. raises: LookupError"""
    for one in rules():
        if one.fact == fact and one.held_by in ("any", held_by):
            return one
    raise LookupError(f"no rule for {fact} held by {held_by}")


def verdict(found: Rule, changed: Vector, told: Vector) -> Verdict:
    """What becomes of their word on a fact.

    changed: the counts at which each side last changed this fact, as far as we know
    told:    the counts their message carries
    """
    if changed.ours > told.ours and found.both_changed != "never":
        return Verdict(found.both_changed, is_conflict=True)
    is_late = told.theirs <= changed.theirs
    if is_late and found.they_changed == "take":
        return Verdict("note", is_late=True)
    return Verdict(found.they_changed, is_late=is_late)


def told_by_event(kind: str, event: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """Fact to what their event says of it; known: what we hold already, which is no change."""
    said = {f"event.{key}": value for key, value in event.items() if value not in (None, "", [])}
    said[f"event.{kind}"] = event.get("status") if kind == "status" else event.get("text") or ""
    return _facts(said, known)


def told_by_order(
    before: Mapping[str, Any], after: Mapping[str, Any], known: Mapping[str, Any]
) -> dict[str, Any]:
    """Fact to what their work order says now and did not say before."""
    said = {f"order.{key}": value for key, value in after.items() if value != before.get(key)}
    return _facts({key: value for key, value in said.items() if value not in (None, "", [], False)}, known)


def _facts(said: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in rules():
        values = [said[key] for key in one.via if key in said]
        if values and one.fact not in found and known.get(one.fact) not in values:
            found[one.fact] = values[-1]
    return found
