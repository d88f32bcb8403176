"""What a department's case handling system tells of a case; names of theirs in data/fields.csv."""

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class CaseFile:
    """The index of a case file (案卷): days, basis, papers. Names of persons are not asked for."""

    record: ClassVar[str] = "case_file"
    title: ClassVar[str] = "执法案卷"

    case_no: str
    document_no: str | None
    case_title: str | None
    agency: str | None
    filed_on: dt.date | None
    notified_on: dt.date | None
    decided_on: dt.date | None
    delivered_on: dt.date | None
    closed_on: dt.date | None
    basis: str | None
    content: str | None
    fine_yuan: float | None
    officers: int | None
    is_reviewed: bool | None
    is_recorded: bool | None
    papers: tuple[str, ...] | None
