"""A work order (工单) between what a partner wrote and our 60 canonical fields.

`read` takes anything that arrived as JSON and tells three things apart: the
order in canonical form, problems that make it unusable, and gaps a person can
live with. Unknown keys are kept as they came: an interface grows before we do.
"""

import dataclasses
import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from connectors.hotline12345.tables import Field, events, field_codes, fields, states

CHINA = dt.timezone(dt.timedelta(hours=8))
_BLANK: tuple[object, ...] = (None, "", [], {})


@dataclass(frozen=True, slots=True)
class Problem:
    """field: JSON key; message: Chinese, names the field, says what to do."""

    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Reading:
    """order: canonical values of every known, well-formed key plus unknown keys untouched."""

    order: dict[str, Any]
    problems: list[Problem] = field(default_factory=list)
    gaps: list[Problem] = field(default_factory=list)


class _Wrong(Exception):
    """The value is not what the field takes; text goes after the field's name."""


def read(raw: Mapping[str, Any], *, is_from_hotline: bool) -> Reading:
    """Read a work order as its sender wrote it.

    is_from_hotline:  True: 工单编号 must be there (theirs to give); False: ours, it need not
    """
    reading = Reading({key: value for key, value in raw.items() if key not in fields()})
    for spec in fields().values():
        value = raw.get(spec.key)
        if value in _BLANK or (isinstance(value, str) and not value.strip()):
            continue
        try:
            reading.order[spec.key] = _READERS[spec.kind](value, spec)
        except _Wrong as wrong:
            reading.problems.append(Problem(spec.key, f"{spec.label}（{spec.key}）{wrong}"))
    _title_from_content(reading)
    _missing(reading, is_from_hotline)
    return reading


def problems(raw: Mapping[str, Any], *, is_from_hotline: bool) -> list[Problem]:
    """Only what makes the order unusable."""
    return read(raw, is_from_hotline=is_from_hotline).problems


def read_event(raw: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with an event; [] when nothing."""
    kind = events().get(str(raw.get("event")))
    if kind is None:
        known = "、".join(events())
        return [Problem("event", f"事件类型（event）应为其中之一：{known}")]
    found = []
    text = raw.get("text")
    if text is not None and (not isinstance(text, str) or len(text) > 20_000 or "\x00" in text):
        found.append(Problem("text", "说明（text）应为不超过 20000 字的文字"))
    elif kind.needs_text and not (text or "").strip():
        found.append(Problem("text", f"说明（text）不能为空：{kind.label}须写明内容"))
    status = raw.get("status")
    if status is not None and (not isinstance(status, str) or status not in states()):
        found.append(Problem("status", f"工单状态（status）应为其中之一：{'、'.join(states())}"))
    if raw.get("deadline") is not None and not _is_time(raw["deadline"]):
        found.append(Problem("deadline", "办理截止时间（deadline）应为时间，例如 2026-11-03T09:30:00+08:00"))
    if kind.code == "status" and status is None:
        found.append(Problem("status", "工单状态（status）不能为空"))
    return found


def _title_from_content(reading: Reading) -> None:
    """A missing title is derived from the first sentence, as Yichang does (domain study §1.3)."""
    content = reading.order.get("content")
    if "title" not in reading.order and isinstance(content, str):
        reading.order["title"] = re.split(r"[。！？\n]", content.strip(), maxsplit=1)[0][:60] or content[:60]


def _missing(reading: Reading, is_from_hotline: bool) -> None:
    order = reading.order
    wrong = {problem.field for problem in reading.problems}
    for spec in fields().values():
        if spec.key in order or spec.key in wrong:
            continue
        if spec.required == "must" or (spec.required == "theirs" and is_from_hotline):
            reading.problems.append(Problem(spec.key, f"{spec.label}（{spec.key}）不能为空"))
        elif spec.required in _CONDITIONS and _CONDITIONS[spec.required](order):
            reading.gaps.append(Problem(spec.key, f"{spec.label}（{spec.key}）缺少，请补充"))


_CONDITIONS: Mapping[str, Callable[[Mapping[str, Any]], bool]] = {
    "yes": lambda order: True,
    "enterprise": lambda order: order.get("call_subject") == "enterprise",
    "returned": lambda order: bool(order.get("back_count")) or order.get("status") == "申请退回",
    "delayed": lambda order: bool(order.get("delay_days")) or order.get("status") == "延期",
    "suspended": lambda order: order.get("status") == "挂起",
    "closed": lambda order: order.get("status") in {"已结案", "归档"},
    "visited": lambda order: order.get("status") == "已回访",
    "unsolved": lambda order: order.get("is_solved") == "unsolved",
}


def _text(value: object, spec: Field) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise _Wrong("应为文字")
    text = str(value)
    if "\x00" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise _Wrong("含有不能保存的字符")
    if spec.most is not None and len(text) > spec.most:
        raise _Wrong(f"最多 {spec.most} 字，现有 {len(text)} 字")
    return text


def _enum(value: object, spec: Field) -> str:
    codes = field_codes()[spec.key]
    code = codes.get(str(value).strip()) if isinstance(value, str | int) else None
    if code is None:
        raise _Wrong(f"的取值不认识，应为其中之一：{'、'.join(sorted(set(codes.values())))}")
    return code


def _state(value: object, spec: Field) -> str:
    if not isinstance(value, str) or value.strip() not in states():
        raise _Wrong(f"的取值不认识，应为其中之一：{'、'.join(states())}")
    return value.strip()


def _flag(value: object, spec: Field) -> bool:
    known = {"true": True, "1": True, "是": True, "false": False, "0": False, "否": False}
    if isinstance(value, bool | int | str) and str(value).strip().lower() in known:
        return known[str(value).strip().lower()]
    raise _Wrong("应为 true 或 false")


def _number(value: object, spec: Field) -> int:
    if not isinstance(value, bool) and re.fullmatch(r"[0-9]{1,6}", str(value).strip()):
        return int(str(value))
    raise _Wrong("应为不小于 0 的整数")


def _time(value: object, spec: Field) -> str:
    """RFC 3339; without an offset it is China's, as hotlines write it."""
    if not isinstance(value, str) or len(value) > 40:
        raise _Wrong("应为时间，例如 2026-11-03T09:30:00+08:00")
    try:
        moment = dt.datetime.fromisoformat(value.strip().replace("/", "-"))
    except ValueError:
        raise _Wrong("应为时间，例如 2026-11-03T09:30:00+08:00") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=CHINA)).isoformat()


def _is_time(value: object) -> bool:
    try:
        return bool(_time(value, fields()["deadline"]))
    except _Wrong:
        return False


def _span(value: object, spec: Field) -> object:
    """One time, or {from, to, text} when only a stretch of days is known."""
    if not isinstance(value, Mapping):
        return _time(value, spec)
    span: dict[str, Any] = {key: value[key] for key in ("from", "to", "text") if value.get(key)}
    if not span or any(not isinstance(part, str) or len(part) > 100 for part in span.values()):
        raise _Wrong("应为一个时间，或含 from、to、text 的时间段")
    return span


def _region(value: object, spec: Field) -> str:
    if not re.fullmatch(r"[0-9]{6}([0-9]{3})?", str(value)) or isinstance(value, bool):
        raise _Wrong("应为 6 位或 9 位行政区划代码")
    return str(value)


def _point(value: object, spec: Field) -> dict[str, float]:
    if isinstance(value, Mapping):
        lng, lat = value.get("lng"), value.get("lat")
        if (
            isinstance(lng, int | float)
            and isinstance(lat, int | float)
            and abs(lng) <= 180
            and abs(lat) <= 90
        ):
            return {"lng": float(lng), "lat": float(lat)}
    raise _Wrong('应为 {"lng": 经度, "lat": 纬度}')


def _list(value: object, spec: Field) -> list[str]:
    if not isinstance(value, list) or any(not isinstance(member, str) for member in value):
        raise _Wrong("应为文字列表")
    if spec.most is not None and len(value) > spec.most:
        raise _Wrong(f"最多 {spec.most} 项")
    return [_text(member[:128], dataclasses.replace(spec, most=128)) for member in value]


def _files(value: object, spec: Field) -> list[dict[str, Any]]:
    if not isinstance(value, list) or any(not isinstance(member, Mapping) for member in value):
        raise _Wrong("应为附件列表，每项含 name、sha256、bytes、url")
    if spec.most is not None and len(value) > spec.most:
        raise _Wrong(f"最多 {spec.most} 个")
    return [dict(member) for member in value]


_READERS: Mapping[str, Callable[[object, Field], object]] = {
    "text": _text,
    "enum": _enum,
    "state": _state,
    "flag": _flag,
    "number": _number,
    "time": _time,
    "span": _span,
    "region": _region,
    "point": _point,
    "list": _list,
    "files": _files,
}
