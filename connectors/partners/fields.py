"""Their field names and ours: data/fields.csv of a system, changed by the city's own configuration.

A field is read tolerantly (dates and sums come in many spellings), and what
cannot be read is named in Chinese with both names, so that somebody can fix the map.
"""

import csv
import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CHINA = dt.timezone(dt.timedelta(hours=8))
LONGEST = 4000
LONGEST_TEXT = 20_000
_BLANK: tuple[object, ...] = (None, "", [], {}, "null", "NULL", "无", "/")


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """record: which thing it belongs to; name: ours; theirs: may be a path such as a.b; kind: see _READERS."""

    record: str
    name: str
    theirs: str
    kind: str
    is_required: bool
    label: str


@dataclass(frozen=True, slots=True)
class Reading:
    """values: every name of the record, None where nothing came; problems: Chinese, one a field."""

    values: dict[str, Any]
    problems: tuple[str, ...]


class FieldMap:
    """The fields of one system.

    overrides: "record.name" -> their name, from the city's configuration
    raises:    ValueError for an override of a field that does not exist
    """

    def __init__(self, specs: tuple[FieldSpec, ...], overrides: Mapping[str, str] | None = None) -> None:
        known = {f"{spec.record}.{spec.name}": spec for spec in specs}
        for key in overrides or {}:
            if key not in known:
                raise ValueError(f"没有名为 {key} 的字段，可用的有：{'、'.join(known)}")
        self._records: dict[str, list[FieldSpec]] = {}
        for key, spec in known.items():
            theirs = (overrides or {}).get(key, spec.theirs)
            named = FieldSpec(spec.record, spec.name, theirs, spec.kind, spec.is_required, spec.label)
            self._records.setdefault(spec.record, []).append(named)

    def keys(self) -> tuple[str, ...]:
        """Every "record.name"."""
        return tuple(f"{record}.{spec.name}" for record, specs in self._records.items() for spec in specs)

    def labels(self, record: str) -> dict[str, str]:
        """Our names of a record and what people call them."""
        return {spec.name: spec.label for spec in self._records[record]}

    def read(self, record: str, raw: Mapping[str, Any]) -> Reading:
        """One record as they wrote it."""
        values: dict[str, Any] = {}
        problems = []
        for spec in self._records[record]:
            value = _find(raw, spec.theirs)
            values[spec.name] = None
            if value in _BLANK:
                if spec.is_required:
                    problems.append(f"{spec.label}（{spec.theirs}）没有内容")
                continue
            try:
                values[spec.name] = _READERS[spec.kind](value)
            except ValueError as wrong:
                problems.append(f"{spec.label}（{spec.theirs}）{wrong}")
        return Reading(values, tuple(problems))

    def write(self, record: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """One record under their names; what is None is left out.

        raises: ValueError when a required value is missing
        """
        written: dict[str, Any] = {}
        for spec in self._records[record]:
            value = values.get(spec.name)
            if value is None:
                if spec.is_required:
                    raise ValueError(f"{spec.label}（{spec.name}）不能为空")
                continue
            _put(written, spec.theirs, _plain(value))
        return written


def read_specs(file: Path) -> tuple[FieldSpec, ...]:
    """The rows of a system's data/fields.csv."""
    rows = csv.DictReader(file.read_text("utf-8").splitlines())
    return tuple(
        FieldSpec(r["record"], r["name"], r["theirs"], r["kind"], r["required"] == "1", r["label"])
        for r in rows
    )


def _find(raw: Mapping[str, Any], path: str) -> Any:
    """The value at a path; a key that itself contains a dot wins. Case does not matter at the last try."""
    if path in raw:
        return raw[path]
    current: Any = raw
    for part in path.split("."):
        if not isinstance(current, Mapping):
            return None
        if part not in current:
            part = {str(key).lower(): str(key) for key in current}.get(part.lower(), part)
        current = current.get(part)
    return current


def _put(written: dict[str, Any], path: str, value: Any) -> None:
    *parts, last = path.split(".")
    for part in parts:
        written = written.setdefault(part, {})
    written[last] = value


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.astimezone(CHINA).isoformat(timespec="seconds")
    if isinstance(value, dt.date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _text(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError("应为文字")
    return "".join(c for c in str(value) if c in "\n\t" or c.isprintable())[:LONGEST].strip()


def _long(value: Any) -> str:
    """A whole text: nothing of it is cut off, one that is too long is named."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError("应为文字")
    if len(str(value)) > LONGEST_TEXT:
        raise ValueError(f"最多 {LONGEST_TEXT} 字")
    return "".join(c for c in str(value) if c in "\n\t" or c.isprintable()).strip()


def _date(value: Any) -> dt.date:
    """2026-11-03, 2026/11/3, 2026年11月3日, 20261103, with or without a time; milliseconds since 1970."""
    text = str(value).strip()
    if re.fullmatch(r"[0-9]{13}|[0-9]{10}", text):
        seconds = int(text) / (1000 if len(text) == 13 else 1)
        return dt.datetime.fromtimestamp(seconds, CHINA).date()
    match = re.match(r"([0-9]{4})[-/.年]?([0-9]{1,2})[-/.月]?([0-9]{1,2})(?![0-9])", text)
    if isinstance(value, bool) or match is None:
        raise ValueError("应为日期，例如 2026-11-03")
    try:
        return dt.date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        raise ValueError("不是真实的日期") from None


def _time(value: Any) -> dt.datetime:
    """A moment; without an offset it is China's."""
    try:
        moment = dt.datetime.fromisoformat(str(value).strip().replace("/", "-"))
    except ValueError:
        raise ValueError("应为时间，例如 2026-11-03T09:30:00+08:00") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=CHINA)


def _yuan(value: Any) -> float:
    text = str(value).strip().replace(",", "").removesuffix("元")
    if isinstance(value, bool) or not re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,6})?", text):
        raise ValueError("应为金额，例如 5000.00")
    return float(text)


def _wan(value: Any) -> float:
    """A sum in 万元, given in yuan."""
    text = str(value).strip().removesuffix("万元").removesuffix("万")
    return round(_yuan(text) * 10_000, 2)


def _flag(value: Any) -> bool:
    known = {
        "true": True,
        "1": True,
        "是": True,
        "y": True,
        "false": False,
        "0": False,
        "否": False,
        "n": False,
    }
    text = str(value).strip().lower()
    if text not in known:
        raise ValueError("应为是或否")
    return known[text]


def _number(value: Any) -> int:
    text = str(value).strip()
    if isinstance(value, bool) or not re.fullmatch(r"[0-9]{1,9}", text):
        raise ValueError("应为不小于 0 的整数")
    return int(text)


def _list(value: Any) -> tuple[str, ...]:
    """Words in a list, or in one text with separators between them."""
    members = value if isinstance(value, list) else re.split(r"[;；、\n]", _text(value))
    return tuple(text for text in (_text(member) for member in members[:200]) if text)


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "text": _text,
    "long": _long,
    "date": _date,
    "time": _time,
    "yuan": _yuan,
    "wan": _wan,
    "flag": _flag,
    "number": _number,
    "list": _list,
}
KINDS = frozenset(_READERS)
