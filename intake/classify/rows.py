"""Labelled texts: what our data files hold, read and checked."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from intake.classify.model import ANY
from intake.domain import taxonomy

KINDS = {
    "scope": "scopes",
    "problem": "problem_types",
    "domain": "domains",
    "action": "action_kinds",
    "urgency": "urgencies",
    "green": "green_rules",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled text; a head that was not labelled is absent.

    remarks: spans of the text that blame an authority; None when nobody has marked them
    """

    group: str
    text: str
    labels: dict[str, tuple[str, ...]]
    remarks: tuple[tuple[int, int], ...] | None = None


def read_rows(data_dir: Path) -> list[Row]:
    """All rows of data_dir/complaints/*.jsonl.

    raises: ValueError naming file and line of a row that cannot be used
    """
    rows = []
    for path in sorted((data_dir / "complaints").glob("*.jsonl")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            try:
                rows.append(_row(json.loads(line)))
            except (ValueError, KeyError, TypeError) as error:
                raise ValueError(f"{path.name}:{number}: {error}") from error
    return rows


def _row(raw: dict[str, Any]) -> Row:
    labels: dict[str, tuple[str, ...]] = {}
    if raw.get("scope"):
        labels["gate"] = ("SC00",) if raw["scope"] == "SC00" else ()
    for head, field in (("scope", "scope"), ("domain", "domain"), ("urgency", "urgency")):
        if raw.get(field):
            labels[head] = (raw[field],)
    for head, field in (("problem", "problem_types"), ("action", "action_kinds")):
        # A text without a problem type says nothing about types: whether there is one is the gate's question.
        if raw.get(field):
            labels[head] = tuple(raw[field])
    _refuse_unknown(labels)
    if raw.get("green"):
        taxonomy.green_result(raw["green"])
        labels["green"] = (raw["green"], ANY)
    elif "green" in raw:
        labels["green"] = ()
    marks = raw.get("remarks")
    return Row(
        raw["group"], raw["text"], labels, tuple((a, b) for a, b in marks) if marks is not None else None
    )


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence; codes: the problem types it blames an authority for, empty when it blames none."""

    group: str
    text: str
    codes: tuple[str, ...]


def read_sentences(data_dir: Path) -> list[Sentence]:
    """All lines of data_dir/sentences/*.tsv: `CODES<TAB>sentence`, codes separated by commas, `-` for none.

    raises: ValueError naming file and line of a sentence that cannot be used
    """
    known = set(taxonomy.codes("problem_types"))
    found = []
    for path in sorted((data_dir / "sentences").glob("*.tsv")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            codes, _, text = line.partition("\t")
            blamed = () if codes == "-" else tuple(codes.split(","))
            if not text.strip() or set(blamed) - known:
                raise ValueError(f"{path.name}:{number}: unknown code or no sentence")
            found.append(Sentence(f"{path.stem}-{number}", text, blamed))
    return found


def _refuse_unknown(labels: dict[str, tuple[str, ...]]) -> None:
    """raises: ValueError naming the codes that no table knows"""
    for head, codes in labels.items():
        unknown = set(codes) - set(taxonomy.codes(KINDS.get(head, "scopes")))
        if unknown:
            raise ValueError(f"unknown {head} code {sorted(unknown)}")


def is_held_out(group: str) -> bool:
    """One group in eight is kept for measuring; rows of one story are never on both sides."""
    return hashlib.sha256(group.encode()).digest()[0] % 8 == 0
