"""What a check found of a complaint (核查认定): data/verdicts.csv. Said by a person with the reply, never by machine."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from intake.domain.errors import FieldProblem, Malformed
from intake.domain.tables import rows


@dataclass(frozen=True, slots=True)
class Verdict:
    code: str
    label: str
    is_substantiated: bool


@cache
def verdicts() -> dict[str, Verdict]:
    return {r["code"]: Verdict(r["code"], r["label"], r["is_substantiated"] == "1") for r in rows("verdicts")}


def verdict(code: str | None) -> Verdict | None:
    """The verdict, None when nothing was said. raises: Malformed for an unknown code"""
    if not code:
        return None
    if code not in verdicts():
        choices = "、".join(f"{v.code} {v.label}" for v in verdicts().values())
        raise Malformed(FieldProblem("verdict", "unknown_verdict", f"请选择核查认定：{choices}。"))
    return verdicts()[code]
