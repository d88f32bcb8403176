"""What the credit platform tells: penalties, licences, repairs; names of theirs in data/fields.csv."""

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Penalty:
    """An administrative penalty as the platform has it; published_on None: not shown to the public yet."""

    record: ClassVar[str] = "penalty"
    title: ClassVar[str] = "行政处罚公示"

    document_no: str
    name: str | None
    uscc: str | None
    offence: str | None
    facts: str | None
    basis: str | None
    kind: str | None
    content: str | None
    fine_yuan: float | None
    confiscated_yuan: float | None
    decided_on: dt.date | None
    valid_until: dt.date | None
    shown_until: dt.date | None
    agency: str | None
    agency_uscc: str | None
    reported_by: str | None
    published_on: dt.date | None
    revoked_on: dt.date | None
    note: str | None


@dataclass(frozen=True, slots=True)
class Licence:
    """An administrative licence as the platform has it."""

    record: ClassVar[str] = "licence"
    title: ClassVar[str] = "行政许可公示"

    document_no: str
    name: str | None
    document_title: str | None
    kind: str | None
    licence_no: str | None
    content: str | None
    decided_on: dt.date | None
    valid_from: dt.date | None
    valid_until: dt.date | None
    agency: str | None
    state: str | None


@dataclass(frozen=True, slots=True)
class Repair:
    """An application for credit repair (信用修复); finished_on None: still being handled."""

    record: ClassVar[str] = "repair"
    title: ClassVar[str] = "信用修复"

    document_no: str
    applied_on: dt.date | None
    due_on: dt.date | None
    finished_on: dt.date | None
    state: str | None
    agency: str | None
