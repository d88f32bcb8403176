"""A transferred suggestion (转办的批评建议) as the platform tells it; names of theirs in data/fields.csv."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# Canonical keys of a work order that carry the same thing under another of our names.
_ORDER = {
    "work_order_no": "number",
    "content": "content",
    "title": "title",
    "respondent_name": "agency",
    "demand": "demand",
    "caller_name": "person_name",
    "contact_phone": "person_phone",
    "company_name": "company_name",
    "company_uscc": "company_uscc",
}
# Longest the canonical fields take; the text itself is never cut.
_MOST = {
    "title": 120,
    "respondent_name": 128,
    "demand": 2000,
    "caller_name": 64,
    "contact_phone": 32,
    "company_name": 128,
    "company_uscc": 18,
}
_TRANSFER = ("transfer_no", "transferred_by", "transferred_by_code", "transferred_at", "answer_due", "aspect")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """values: under our names; raw: as it came; problems: what could not be read, Chinese.

    is_usable: number and text are there
    """

    values: Mapping[str, Any]
    raw: Mapping[str, Any]
    problems: tuple[str, ...]

    @property
    def number(self) -> str:
        return str(self.values.get("number") or "")

    @property
    def is_usable(self) -> bool:
        return bool(self.values.get("number") and self.values.get("content"))

    def as_order(self) -> dict[str, Any]:
        """The work order (canonical keys) that it becomes; who transferred it stands under "transfer".

        Only what was read of it: two answers about the same content are the same order.
        """
        order: dict[str, Any] = {"source_system": "moj_platform", "appeal_type": "suggest"}
        order |= {key: _cut(self.values[name], _MOST.get(key)) for key, name in _ORDER.items()}
        order["region_code"] = _digits(self.values["region_code"])
        order["call_time"] = _plain(self.values["submitted_at"])
        order["transfer"] = {
            name: _plain(self.values[name]) for name in _TRANSFER if self.values[name] is not None
        }
        if self.problems:
            order["transfer"]["unread"] = "；".join(self.problems)[:500]
        return {key: value for key, value in order.items() if value not in (None, {})}


@dataclass(frozen=True, slots=True)
class SuggestionPage:
    """next: pass it as `since` next time, "" when they gave none; has_more: ask again at once."""

    suggestions: tuple[Suggestion, ...]
    next: str
    has_more: bool


def _cut(value: str | None, most: int | None) -> str | None:
    return value[:most] if value and most else value


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


def _digits(code: str | None) -> str | None:
    """A region's code that can be one; another says nothing."""
    return code if code and code.isascii() and code.isdigit() and len(code) in (6, 9) else None
