"""What the random inspection system tells of an enterprise; names of theirs in data/fields.csv."""

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Task:
    """One inspection of one enterprise, planned or done; is_planned None: they do not say."""

    record: ClassVar[str] = "task"
    title: ClassVar[str] = "检查任务"

    task_no: str
    task_name: str | None
    kind: str | None
    agency: str | None
    partners: tuple[str, ...] | None
    items: tuple[str, ...] | None
    planned_from: dt.date | None
    planned_to: dt.date | None
    inspected_on: dt.date | None
    is_planned: bool | None
    result: str | None
    published_on: dt.date | None
