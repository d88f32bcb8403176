"""A partner's own names, codes and formats, translated to our canonical work order and back.

What a map does not know stays as it is: the reader of canonical orders (wire.py)
says what is wrong with it, in one place for every partner.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from connectors.hotline12345.wire import CHINA


@dataclass(frozen=True, slots=True)
class FieldRule:
    """One field.

    theirs, ours:  JSON keys (or column headings) and canonical keys
    kind:          of data/fields.csv
    codes:         their code -> ours
    send:          our code -> theirs, complete
    format:        strftime form of their times, None: RFC 3339
    separator:     between the members of a list they write as one text, None: a JSON list
    """

    theirs: str
    ours: str
    kind: str = "text"
    codes: Mapping[str, str] = field(default_factory=dict)
    send: Mapping[str, str] = field(default_factory=dict)
    format: str | None = None
    separator: str | None = None

    def inward(self, value: object) -> object:
        if self.codes:
            code = self.codes.get(_written(value))
            return value if code is None else _flag(code) if self.kind == "flag" else code
        if self.format is not None and isinstance(value, str):
            return _read_time(value, self.format)
        if self.separator is not None and isinstance(value, str):
            return [part.strip() for part in value.split(self.separator) if part.strip()]
        return value

    def outward(self, value: object) -> object:
        if self.send:
            return self.send.get(_written(value), value)
        if self.format is not None:
            return _write_time(value, self.format)
        if self.separator is not None and isinstance(value, list):
            return self.separator.join(str(part) for part in value)
        return value


@dataclass(frozen=True, slots=True)
class FieldMap:
    """All fields of a partner.

    orders, events:  rules of work orders and of events on them; none: canonical already
    drops_unmapped:  whether what has no rule is left out on the way to them
    """

    name: str
    orders: tuple[FieldRule, ...]
    events: tuple[FieldRule, ...] = ()
    drops_unmapped: bool = False

    def order_in(self, theirs: Mapping[str, Any]) -> dict[str, Any]:
        return _in(theirs, self.orders)

    def order_out(self, ours: Mapping[str, Any]) -> dict[str, Any]:
        return _out(ours, self.orders, drops=self.drops_unmapped)

    def event_in(self, theirs: Mapping[str, Any]) -> dict[str, Any]:
        return _in(theirs, self.events)

    def event_out(self, ours: Mapping[str, Any]) -> dict[str, Any]:
        return _out(ours, self.events, drops=self.drops_unmapped and bool(self.events))


AS_IT_IS = FieldMap("canonical", ())


def _in(theirs: Mapping[str, Any], rules: tuple[FieldRule, ...]) -> dict[str, Any]:
    known = {rule.theirs for rule in rules}
    found = {key: value for key, value in theirs.items() if key not in known}
    for rule in rules:
        if rule.theirs in theirs:
            found[rule.ours] = rule.inward(theirs[rule.theirs])
    return found


def _out(ours: Mapping[str, Any], rules: tuple[FieldRule, ...], *, drops: bool) -> dict[str, Any]:
    known = {rule.ours for rule in rules}
    # A canonical name without a rule must not be taken for one of theirs that happens to read the same.
    taken = {rule.theirs for rule in rules}
    found = {k: v for k, v in ours.items() if not drops and k not in known and k not in taken}
    for rule in rules:
        if rule.ours in ours:
            found[rule.theirs] = rule.outward(ours[rule.ours])
    return found


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value).strip()


def _flag(code: str) -> bool:
    return code == "true"


def _read_time(value: str, form: str) -> str:
    try:
        moment = dt.datetime.strptime(value.strip(), form)  # noqa: DTZ007 - the zone is given below
    except ValueError:
        return value
    return (moment if moment.tzinfo else moment.replace(tzinfo=CHINA)).isoformat()


def _write_time(value: object, form: str) -> object:
    """One time in their form; of a stretch its beginning, or its words when there is none."""
    if isinstance(value, Mapping):
        start = value.get("from")
        return _write_time(start, form) if start else value.get("text", "")
    try:
        moment = dt.datetime.fromisoformat(str(value))
    except ValueError:
        return value
    return (moment if moment.tzinfo else moment.replace(tzinfo=CHINA)).astimezone(CHINA).strftime(form)
