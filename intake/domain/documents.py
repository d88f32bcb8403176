"""Supervision documents (监督文书): kinds, text made from a template and a lead's facts, document numbers.

Texts are drafts that a person finishes: what must be filled in stands in 〔〕, and a document with
such a gap cannot be issued.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from intake.domain.sla import LOCAL
from intake.domain.tables import rows

REPORT_WITHIN = 15  # working days for the report on what was corrected, a default that a person may change
_NAME = re.compile(r"\{(\w+)\}")
_GAP = re.compile(r"〔请填写[^〕]*〕|〔[^〕]*请核对〕")
# Short names of the bureaus in document numbers (发文机关代字): the region's one-sign name and 司.
_BUREAU_WORDS = {
    "411200": "三司", "411202": "湖司", "411203": "陕司", "411221": "渑司", "411224": "卢司", "411281": "义司",
    "411282": "灵司", "410000": "豫司",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kind:
    """word: the kind's part of the document number; stages: from which it can be drafted and issued.

    step: the step of data/steps.csv that goes together with issuing; basis: the law it stands on
    """

    code: str
    name: str
    word: str
    stages: frozenset[str]
    has_deadline: bool
    step: str
    basis: str


@cache
def kinds() -> dict[str, Kind]:
    return {
        r["kind"]: Kind(
            r["kind"],
            r["name"],
            r["word"],
            frozenset(r["stages"].split()),
            r["has_deadline"] == "1",
            r["step"],
            r["basis"],
        )
        for r in rows("document_kinds")
    }


@cache
def _template(kind: str) -> str:
    return resources.files("intake.domain").joinpath(f"data/documents/{kind}.txt").read_text("utf-8")


def draft(kind: str, facts: Mapping[str, str]) -> str:
    """The text of a new document; facts: every name the template asks for but the basis, which is the kind's."""
    known = {**facts, "basis": kinds()[kind].basis}
    return _NAME.sub(lambda match: known[match[1]], _template(kind)).strip()


def says(text: str, words: str) -> bool:
    """Whether a text still says these words, however its lines are broken."""
    return "".join(words.split()) in "".join(text.split())


def gaps(text: str) -> tuple[str, ...]:
    """What a person must still fill in."""
    return tuple(_GAP.findall(text))


def document_number(kind: str, bureau_region: str, year: int, serial: int) -> str:
    """三司督办〔2026〕4831号.

    serial: random, unique by kind, bureau and year; counting up would tell insiders of documents they may not see
    """
    return f"{_BUREAU_WORDS.get(bureau_region[:6], '司')}{kinds()[kind].word}〔{year}〕{serial}号"


def written_day(at: dt.datetime) -> str:
    """2026年11月23日, in Arabic figures as GB/T 9704-2012 wants."""
    here = at.astimezone(LOCAL)
    return f"{here.year}年{here.month}月{here.day}日"
