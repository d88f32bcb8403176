"""All codes: problem types, domains, action kinds, scopes, urgencies, green-channel rules."""

from __future__ import annotations

from functools import cache

from intake.domain.tables import rows

KINDS = ("problem_types", "domains", "action_kinds", "scopes", "urgencies", "green_rules")

# First safety, then scope: the first of these that holds decides (domain study §4(d)).
SCOPE_PRIORITY = tuple(
    [
        "SC60",
        "SC82",
        "SC92",
        "SC80",
        "SC90",
        "SC91",
        "SC70",
        "SC71",
        "SC50",
        "SC41",
        "SC30",
        "SC20",
        "SC10",
        "SC11",
        "SC40",
        "SC81",
        "SC00",
    ]
)


@cache
def codes(kind: str) -> tuple[str, ...]:
    """All codes of one of KINDS, in table order."""
    return tuple(row["code"] for row in rows(kind))


@cache
def _labels() -> dict[str, str]:
    return {row["code"]: row["name"] for kind in KINDS for row in rows(kind)}


def label(code: str) -> str:
    """The Chinese name of any code; the code itself when unknown."""
    return _labels().get(code, code)


@cache
def green_result(code: str) -> str:
    """eligible | eligible_pending | not_eligible for a GC code."""
    return next(row["result"] for row in rows("green_rules") if row["code"] == code)
