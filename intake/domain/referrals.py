"""Sealed referrals to the discipline inspection body (密封移送纪检监察): reasons, and where one stands.

A referral runs beside the stage of its lead: the part about conduct goes on (domain study §4(c) SC30).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from typing import Literal

from intake.domain.errors import FieldProblem, Malformed
from intake.domain.tables import rows

SHORTEST_WHY = 10
LONGEST_WHY = 1000
State = Literal["asked", "refused", "sealed", "received"]
LABELS = {
    "asked": "待另一人审批",
    "refused": "未获同意",
    "sealed": "已密封，等待回执",
    "received": "已收到回执",
}


@dataclass(frozen=True, slots=True)
class ReferralReason:
    """gives_identity: whether the complainant's name and phone may go along."""

    code: str
    label: str
    gives_identity: bool


@cache
def reasons() -> dict[str, ReferralReason]:
    return {
        r["code"]: ReferralReason(r["code"], r["label"], r["gives_identity"] == "1")
        for r in rows("referral_reasons")
    }


def check(reason: str, why: str, *, wants_identity: bool) -> None:
    """raises: Malformed naming what is wrong"""
    problems = []
    known = reasons().get(reason)
    if known is None:
        problems.append(FieldProblem("reason", "unknown_reason", "请选择移送理由。"))
    if not SHORTEST_WHY <= len(why.strip()) <= LONGEST_WHY:
        words = f"请写明移送的理由（{SHORTEST_WHY} 至 {LONGEST_WHY} 字）。"
        problems.append(FieldProblem("why", "reason_missing", words))
    if known is not None and wants_identity and not known.gives_identity:
        words = f"“{known.label}”不随附投诉人身份，请去掉勾选，或者换一个理由。"
        problems.append(FieldProblem("identity", "identity_not_given", words))
    if problems:
        raise Malformed(*problems)


def is_stuck(state: str, due_by: dt.datetime | None, now: dt.datetime) -> bool:
    """Whether a receipt is missing after its working days."""
    return state == "sealed" and due_by is not None and due_by < now
