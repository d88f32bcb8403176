"""What the supervision system tells of an enterprise; names of theirs in data/fields.csv."""

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Act:
    """One act of supervision (监管行为): inspection, penalty, coercion."""

    record: ClassVar[str] = "act"
    title: ClassVar[str] = "监管行为"

    act_no: str
    object_name: str | None
    kind: str | None
    agency: str | None
    duty_no: str | None
    duty: str | None
    acted_on: dt.date | None
    officers: int | None
    result: str | None
