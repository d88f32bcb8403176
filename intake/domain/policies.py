"""Versions of the limits and of the routing table: which cells may be edited, and what they may say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from intake.domain.errors import FieldProblem

KIND_LABELS = {"limits": "办理时限", "routing": "分派规则"}
STATE_LABELS = {"draft": "待生效", "in_force": "正在执行", "retired": "已停用", "dropped": "已作废"}
# Only these cells are edited in the console; everything else changes with a release.
EDITABLE = {"limits": ("amount",), "routing": ("desk", "supervisor")}
MAY_EDIT = frozenset({"admin", "city_supervisor"})
LONGEST = 120  # working days, half a year
DESKS = ("supervision", "green", "vertical", "above")


@dataclass(frozen=True, slots=True)
class Change:
    """One cell that differs: the row's place from 0, and what stood and stands there."""

    row: int
    column: str
    old: str
    new: str


def differences(
    old: Sequence[Mapping[str, str]], new: Sequence[Mapping[str, str]], kind: str
) -> list[Change]:
    """Cells that differ between two versions of a kind; both have the same rows."""
    return [
        Change(i, column, before[column], after[column])
        for i, (before, after) in enumerate(zip(old, new, strict=True))
        for column in EDITABLE[kind]
        if before[column] != after[column]
    ]


def edited(
    base: Sequence[Mapping[str, str]], cells: Mapping[str, str], kind: str
) -> tuple[list[dict[str, str]], list[FieldProblem]]:
    """The rows with the cells of a form ("amount-3": "5") put in, and what cannot be accepted."""
    rows = [dict(row) for row in base]
    for i, row in enumerate(rows):
        for column in EDITABLE[kind]:
            row[column] = cells.get(f"{column}-{i}", row[column]).strip()
    return rows, _limit_problems(rows) if kind == "limits" else _routing_problems(rows, base)


def _limit_problems(rows: list[dict[str, str]]) -> list[FieldProblem]:
    problems = []
    for i, row in enumerate(rows):
        amount, least = row["amount"], 0 if row["step"] == "accept" else 1
        is_number = amount.isascii() and amount.isdigit() and len(amount) <= 3
        if not is_number or not least <= int(amount) <= LONGEST:
            words = f"第 {i + 1} 行：工作日数应为 {least} 到 {LONGEST} 的整数。"
            problems.append(FieldProblem(f"amount-{i}", "bad_amount", words))
    if problems:
        return problems
    answers = {
        r["urgency"]: int(r["amount"]) for r in rows if r["step"] == "answer" and r["channel"] == "any"
    }
    for i, row in enumerate(rows):
        row["amount"] = str(int(row["amount"]))
        if row["step"] == "accept" and int(row["amount"]) > answers[row["urgency"]]:
            words = f"第 {i + 1} 行：决定受理的时限不能比答复的时限长。"
            problems.append(FieldProblem(f"amount-{i}", "longer_than_answer", words))
    return problems


def _routing_problems(rows: list[dict[str, str]], base: Sequence[Mapping[str, str]]) -> list[FieldProblem]:
    supervisors = {row["supervisor"] for row in base} | {"own"}
    problems = []
    for i, row in enumerate(rows):
        if row["desk"] not in DESKS:
            problems.append(FieldProblem(f"desk-{i}", "unknown_desk", f"第 {i + 1} 行：没有这个岗位。"))
        is_unclear = row["supervisor"] == "own" and row["queue_region"] != "own"
        if row["supervisor"] not in supervisors or is_unclear:
            words = f"第 {i + 1} 行：监督单位不存在，或这一行没有“本地司法局”可选。"
            problems.append(FieldProblem(f"supervisor-{i}", "unknown_supervisor", words))
        # Who is complained about may not be his own supervisor: this row is not for the console to change.
        is_level_rule = row["agency_level"].startswith("justice_")
        if is_level_rule and dict(row) != dict(base[i]):
            words = f"第 {i + 1} 行：反映司法局的必须由上一级监督，不能在这里修改。"
            problems.append(FieldProblem(f"desk-{i}", "fixed_row", words))
    return problems
