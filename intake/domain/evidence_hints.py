"""What a looked-up record says about a lead: hints for a person, never a classification.

Records come as plain mappings under our own names (connectors/*/data/fields.csv); limits are
data/evidence_limits.csv. A hint names the code it speaks for, the facts, and the rule behind it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from intake.domain.tables import rows
from intake.domain.workdays import WorkCalendar, add_working_days

Record = Mapping[str, Any]
INSPECTION = "AK03"


@dataclass(frozen=True, slots=True)
class Hint:
    """code: a problem type; words: Chinese, with days and numbers; rule: the limit behind it."""

    code: str
    words: str
    rule: str


@dataclass(frozen=True, slots=True)
class Case:
    """What the lead says: the things that records are held against.

    documents: numbers named in the complaint; agency: name, "" unknown; days: from and to of what happened
    """

    documents: tuple[str, ...]
    agency: str
    domain: str
    received_on: dt.date
    days: tuple[dt.date, dt.date] | None
    is_about_inspection: bool
    today: dt.date
    calendar: WorkCalendar


@dataclass(frozen=True, slots=True)
class Limit:
    amount: int
    words: str


@cache
def limit(name: str, domain: str = "") -> Limit:
    """The limit `name`, the domain's own when it has one."""
    found = {r["domain"]: r for r in rows("evidence_limits") if r["name"] == name}
    row = found.get(domain) or found[""]
    return Limit(int(row["amount"]), row["words"])


def hints(system: str, records: Sequence[tuple[str, Record]], case: Case) -> tuple[Hint, ...]:
    """What the answer of one system says; () when it says nothing.

    records: (kind of record, values)
    """
    found = [hint for kind, record in records if kind in _EACH for hint in _EACH[kind](record, case)]
    found += [
        hint for kind, all_of in _ALL.items() for hint in all_of([r for k, r in records if k == kind], case)
    ]
    if system == "credit_platform":
        found += _not_there([r for k, r in records if k == "penalty"], case)
    return tuple(dict.fromkeys(found))


def _is_same(agency: Any, case: Case) -> bool:
    """Whether a record is of the agency complained about; true when one of the two is not known."""
    if not agency or not case.agency:
        return True
    return str(agency) in case.agency or case.agency in str(agency)


def _penalty(record: Record, case: Case) -> Iterator[Hint]:
    if case.documents and record["document_no"] not in case.documents:
        return
    if not case.documents and not _is_same(record["agency"], case):
        return
    decided, shown = record["decided_on"], record["published_on"]
    rule = limit("publish", case.domain)
    if decided is not None:
        last = add_working_days(decided, rule.amount, case.calendar).day
        name = f"{record['document_no']}（{decided} 作出）"
        if shown is None and case.today > last:
            yield Hint("PT303", f"{name}应在 {last} 前公示，平台记录中没有公示日期", rule.words)
        elif shown is not None and shown > last:
            yield Hint("PT303", f"{name}应在 {last} 前公示，实际公示于 {shown}", rule.words)
    yield from _still_shown(record, case)


def _still_shown(record: Record, case: Case) -> Iterator[Hint]:
    revoked, until = record["revoked_on"], record["shown_until"]
    if revoked is None or record["published_on"] is None:
        return
    rule = limit("withdraw")
    last = revoked + dt.timedelta(days=rule.amount)
    if case.today > last and (until is None or until > last):
        words = f"{record['document_no']} 已于 {revoked} 撤销或变更，{last} 后仍在公示"
        yield Hint("PT505", words, rule.words)


def _not_there(penalties: Sequence[Record], case: Case) -> Iterator[Hint]:
    """A decision that was there when the complaint came must be public a limit later."""
    rule = limit("publish", case.domain)
    last = add_working_days(case.received_on, rule.amount, case.calendar).day
    known = {record["document_no"] for record in penalties}
    if case.today > last:
        for number in case.documents:
            if number not in known:
                words = f"平台查不到 {number}，收到投诉（{case.received_on}）已过公示期限（{last}）"
                yield Hint("PT303", words, rule.words)


def publication_due(case: Case) -> dt.date:
    """The last day on which a decision named in the complaint must be public."""
    return add_working_days(case.received_on, limit("publish", case.domain).amount, case.calendar).day


def _repair(record: Record, case: Case) -> Iterator[Hint]:
    due = record["due_on"]
    if due is not None and record["finished_on"] is None and case.today > due:
        words = f"{record['document_no']} 的信用修复应在 {due} 前办结，现为“{record['state'] or '未办结'}”"
        yield Hint("PT505", words, "信用修复应在平台载明的期限内办结")


def _tasks(tasks: Sequence[Record], case: Case) -> Iterator[Hint]:
    mine = [t for t in tasks if _is_same(t["agency"], case)]
    yield from _too_many([t["inspected_on"] for t in mine if t["inspected_on"]], case)
    for task in mine:
        if task["is_planned"] is False:
            words = f"{task['inspected_on'] or task['task_no']} 的检查（{task['task_no']}）未列入年度计划"
            yield Hint("PT103", words, "日常涉企检查原则上按“双随机”计划进行")
    if tasks and case.is_about_inspection and case.days and not any(_covers(t, case.days) for t in mine):
        first, last = case.days
        words = f"投诉所说的 {first} 至 {last}，任务库中没有该机关对应的检查任务"
        yield Hint("PT103", words, "日常涉企检查原则上按“双随机”计划进行")


def _covers(task: Record, days: tuple[dt.date, dt.date]) -> bool:
    """Whether a task was done or could be done in these days; a day of tolerance for what people remember."""
    start = task["inspected_on"] or task["planned_from"]
    end = task["inspected_on"] or task["planned_to"] or start
    if start is None:
        return False
    day = dt.timedelta(days=1)
    return bool(start <= days[1] + day and end >= days[0] - day)


def _acts(acts: Sequence[Record], case: Case) -> Iterator[Hint]:
    mine = [a for a in acts if _is_same(a["agency"], case) and "检查" in (a["kind"] or "")]
    yield from _too_many([a["acted_on"] for a in mine if a["acted_on"]], case)
    for act in mine:
        if act["officers"] is not None and act["officers"] < limit("officers").amount:
            words = f"{act['acted_on'] or act['act_no']} 的检查登记执法人员 {act['officers']} 名"
            yield Hint("PT301", words, limit("officers").words)


def _too_many(days: Sequence[dt.date], case: Case) -> Iterator[Hint]:
    rule = limit("inspections_a_year")
    this_year = sorted({day for day in days if day.year == case.today.year})
    # Counted for the agency complained about only: without it these are perhaps several agencies' inspections.
    if case.agency and len(this_year) >= rule.amount:
        listed = "、".join(str(day) for day in this_year[-5:])
        words = f"今年已检查 {len(this_year)} 次（{listed}），达到提示线 {rule.amount} 次"
        yield Hint("PT103", words, rule.words)


def _case_file(record: Record, case: Case) -> Iterator[Hint]:
    filed, decided, delivered = record["filed_on"], record["decided_on"], record["delivered_on"]
    rule = limit("decide")
    if filed and decided and (decided - filed).days > rule.amount:
        yield Hint("PT304", f"{filed} 立案，{decided} 决定，用了 {(decided - filed).days} 日", rule.words)
    rule = limit("deliver")
    if decided and delivered and (delivered - decided).days > rule.amount:
        yield Hint(
            "PT303", f"{decided} 决定，{delivered} 送达，隔了 {(delivered - decided).days} 日", rule.words
        )
    rule = limit("officers")
    if record["officers"] is not None and record["officers"] < rule.amount:
        yield Hint("PT301", f"案卷登记执法人员 {record['officers']} 名", rule.words)
    if record["is_recorded"] is False:
        yield Hint("PT303", "案卷登记没有执法全过程记录", "行政执法全过程记录制度")


_EACH: Mapping[str, Callable[[Record, Case], Iterator[Hint]]] = {
    "penalty": _penalty,
    "repair": _repair,
    "case_file": _case_file,
}
_ALL: Mapping[str, Callable[[Sequence[Record], Case], Iterator[Hint]]] = {"task": _tasks, "act": _acts}
