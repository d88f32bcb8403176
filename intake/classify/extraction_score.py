"""Score extraction on nlu_data/extraction/cases.txt: sentences whose facts are marked in the text itself.

A line is `DATE<TAB>text` with marks `{kind|words}` or `{kind=value|words}`; it was written by
somebody who had not read the code. A span counts when it overlaps the marked words and says the same.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from intake.classify.pipeline import Classifier
from intake.domain.classification import Classification

_MARK = re.compile(r"\{(?P<kind>[a-z]+)(?:=(?P<value>[^|{}]*))?\|(?P<words>[^{}]*)\}")
_OURS = {"docno": "document", "idnumber": "id_number"}


@dataclass(frozen=True, slots=True)
class Mark:
    kind: str
    start: int
    end: int
    value: str | None


@dataclass(frozen=True, slots=True)
class Case:
    said_on: dt.date
    text: str
    marks: tuple[Mark, ...]


def read_cases(path: Path) -> list[Case]:
    """raises: ValueError naming the line that cannot be read"""
    cases = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        day, _, marked = line.partition("\t")
        try:
            cases.append(_case(dt.date.fromisoformat(day), marked))
        except ValueError as error:
            raise ValueError(f"{path.name}:{number}: {error}") from error
    return cases


def _case(said_on: dt.date, marked: str) -> Case:
    parts, marks, last, at = [], [], 0, 0
    for match in _MARK.finditer(marked):
        plain = marked[last : match.start()]
        at += len(plain)
        words = match["words"]
        marks.append(Mark(_OURS.get(match["kind"], match["kind"]), at, at + len(words), match["value"]))
        parts += [plain, words]
        at += len(words)
        last = match.end()
    text = "".join([*parts, marked[last:]])
    if "{" in text or "}" in text or not text.strip():
        raise ValueError("a mark is broken")
    return Case(said_on, text, tuple(marks))


def _said(found: Classification) -> list[Mark]:
    return [Mark(s.kind, s.start, s.end, s.value) for s in found.spans]


def _is_within(said: Mark, marks: Sequence[Mark]) -> bool:
    """Marks cannot nest: what is said inside one of another kind (找过{住建局} as a way tried) was not judged."""
    return any(m.kind != said.kind and m.start <= said.start and said.end <= m.end for m in marks)


def _plain(name: str) -> str:
    """An organisation's name as far as two authors of tables agree on it."""
    name = name.removeprefix("三门峡市") if len(name) > 9 else name
    # Of the police the table knows bureaus, not stations.
    name = re.sub(r"^公安局(..)分局.*|^(..)[区县市]公安局(?!交).*", r"\1\2公安", name)
    for words, less in (
        ("交通警察", "交通管理"),
        ("自然资源和规划", "自然资源"),
        ("广电和旅游", "广电旅游"),
        ("市分局", "分局"),
        ("区分局", "分局"),
        ("县分局", "分局"),
    ):
        name = name.replace(words, less)
    return name


def _agrees(marked: Mark, said: Mark) -> bool:
    if marked.kind != said.kind or said.end <= marked.start or marked.end <= said.start:
        return False
    if marked.value in (None, "", "?") or marked.kind in ("enterprise", "officer", "plate", "phone", "uscc"):
        return True
    if marked.kind == "amount":
        return abs(float(marked.value or 0) - float(said.value or -1)) < 0.01
    if marked.kind == "time":
        first, _, last = (marked.value or "").partition("..")
        ours_first, _, ours_last = (said.value or "").partition("/")
        return ours_first <= (last or first) and first <= ours_last
    if marked.kind == "agency":
        return _plain(marked.value or "") == _plain(said.value or "")
    if marked.kind in ("region", "tried", "clock"):
        return marked.value == said.value
    return True


def score(classifier: Classifier, cases: Sequence[Case]) -> dict[str, Any]:
    """{kind: {marked, precision, recall, f1}}; an agency nobody could name and a place are scored by recall."""
    marked: Counter[str] = Counter()
    hit: Counter[str] = Counter()
    said_in_all: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for case in cases:
        said = _said(classifier.classify(case.text, today=case.said_on))
        wanted = [m for m in case.marks if not (m.kind == "agency" and m.value == "?")]
        marked.update(m.kind for m in wanted)
        hit.update(m.kind for m in wanted if any(_agrees(m, s) for s in said))
        said = [s for s in said if not _is_within(s, case.marks) or any(_agrees(m, s) for m in case.marks)]
        said_in_all.update(s.kind for s in said)
        right.update(s.kind for s in said if any(_agrees(m, s) for m in case.marks))
    return {kind: _f1(marked[kind], hit[kind], said_in_all[kind], right[kind]) for kind in sorted(marked)}


def _f1(marked: int, hit: int, said: int, right: int) -> dict[str, float]:
    recall, precision = hit / max(1, marked), right / max(1, said)
    return {
        "marked": marked,
        "precision": round(precision, 4),
        "recall": round(recall, 4),
        "f1": round(2 * precision * recall / max(1e-9, precision + recall), 4),
    }
