"""The hotline's tables under data/: its fields, codes, states, events and answer codes.

Read once; every row is tested. What is known and what is assumed stands in the
source column.
"""

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Field:
    """One key of a work order.

    number:    1-60 in the domain study; a compound field has several keys
    kind:      text enum list span time region point flag number files state
    most:      characters of a text, members of a list; None without limit
    required:  no · must (refused without) · yes (gap without) · theirs (yes, but
               only the hotline can give it) · or the condition that makes it so
    """

    number: int
    key: str
    label: str
    kind: str
    most: int | None
    required: str


@dataclass(frozen=True, slots=True)
class State:
    """stage: 受理 预审 处置 回访 结案; status: within it; is_end: nothing follows."""

    stage: str
    status: str
    is_end: bool


@dataclass(frozen=True, slots=True)
class EventKind:
    code: str
    label: str
    needs_text: bool


@dataclass(frozen=True, slots=True)
class AnswerCode:
    code: int
    http_status: int
    is_retryable: bool
    message: str


STAGES = ("受理", "预审", "处置", "回访", "结案")


def _rows(name: str) -> list[dict[str, str]]:
    text = resources.files("connectors.hotline12345").joinpath(f"data/{name}.csv").read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def fields() -> dict[str, Field]:
    return {
        r["key"]: Field(
            int(r["no"]), r["key"], r["label"], r["type"], int(r["max"]) if r["max"] else None, r["required"]
        )
        for r in _rows("fields")
    }


@cache
def field_codes() -> dict[str, dict[str, str]]:
    """key -> what a hotline may write (code, label, other label) -> code."""
    codes: dict[str, dict[str, str]] = {}
    for r in _rows("field_codes"):
        for written in (r["code"], r["label"], *r["also"].split()):
            codes.setdefault(r["key"], {})[written] = r["code"]
    return codes


@cache
def code_labels() -> dict[tuple[str, str], str]:
    return {(r["key"], r["code"]): r["label"] for r in _rows("field_codes")}


@cache
def states() -> dict[str, State]:
    """status -> state; a status names its stage."""
    return {r["status"]: State(r["stage"], r["status"], r["is_end"] == "1") for r in _rows("states")}


@cache
def _lead_stages() -> dict[str, str]:
    return {r["lead_stage"]: r["status"] for r in _rows("lead_stages")}


def state_of_lead(stage_code: str) -> State | None:
    """What the hotline is told when a lead is in this stage; None: nothing.

    raises:  KeyError for a stage code that is not in data/lead_stages.csv
    """
    status = _lead_stages()[stage_code]
    return states()[status] if status else None


@cache
def events() -> dict[str, EventKind]:
    return {r["event"]: EventKind(r["event"], r["label"], r["needs_text"] == "1") for r in _rows("events")}


@cache
def answers() -> dict[int, AnswerCode]:
    return {
        int(r["code"]): AnswerCode(
            int(r["code"]), int(r["http_status"]), r["is_retryable"] == "1", r["message"]
        )
        for r in _rows("answers")
    }
