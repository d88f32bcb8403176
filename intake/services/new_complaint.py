"""What must be known to file a complaint, and what is wrong with it when something is.

One set of rules for the API, the form and the bot; messages are for people.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import unicodedata
from dataclasses import asdict, dataclass

from intake.domain.channels import LABELS
from intake.domain.enterprise import is_valid_uscc, normalise_uscc
from intake.domain.errors import FieldProblem, Malformed

MAX_TEXT = 20_000
CHANNELS = frozenset(LABELS)
_KEY = re.compile(r"[A-Za-z0-9_.:\-]{8,128}")
_PHONE = re.compile(r"(?:\+?86[- ]?)?(1[3-9]\d{9}|0\d{2,3}-?\d{7,8}|400-?\d{3}-?\d{4})")
_WORDS = re.compile(r"\w", re.UNICODE)


@dataclass(frozen=True, slots=True)
class Complainant:
    """kind: person | enterprise. An anonymous one has no name and no phone."""

    kind: str = "person"
    anonymous: bool = True
    name: str | None = None
    phone: str | None = None
    enterprise_name: str | None = None
    uscc: str | None = None


@dataclass(frozen=True, slots=True)
class NewComplaint:
    """incident_time: (from, to, words), local dates; idempotency_key: 8–128 of A–Z a–z 0–9 _ . : -"""

    text: str
    channel: str
    complainant: Complainant
    idempotency_key: str
    region_code: str | None = None
    agency_code: str | None = None
    agency_text: str | None = None
    incident_time: tuple[dt.date | None, dt.date | None, str | None] | None = None
    demand: str | None = None
    attachment_ids: tuple[str, ...] = ()
    conversation_id: str | None = None
    source_system: str | None = None
    source_no: str | None = None

    def request_hash(self) -> str:
        """Equal for equal content: the same idempotency key must come with the same hash."""
        body = asdict(self)
        return hashlib.sha256(
            json.dumps(body, ensure_ascii=False, sort_keys=True, default=str).encode()
        ).hexdigest()


def clean(text: str) -> str:
    """The text without NUL, lone surrogates and other control signs that no store can hold."""
    kept = (c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    return "".join(kept).replace("_x000D_", "").strip()


def is_phone(text: str) -> bool:
    """Whether it is a whole telephone number, mobile or fixed."""
    return bool(_PHONE.fullmatch(text.replace(" ", "")))


def check_key(key: str) -> str:
    """raises: Malformed for anything but 8–128 letters, digits and _ . : -"""
    if _KEY.fullmatch(key):
        return key
    raise Malformed(
        FieldProblem(
            "Idempotency-Key", "idempotency_key_malformed", "幂等键应为 8 至 128 位字母、数字或 _ . : -。"
        )
    )


def check(new: NewComplaint, *, known_regions: frozenset[str], known_agencies: frozenset[str]) -> None:
    """raises: Malformed naming every field that cannot be accepted"""
    problems = [*_text_problems(new.text), *_person_problems(new.complainant)]
    if new.channel not in CHANNELS:
        problems.append(FieldProblem("channel", "unknown_channel", "受理渠道代码不存在。"))
    if new.region_code and new.region_code not in known_regions:
        problems.append(FieldProblem("region_code", "unknown_region", "地区代码不存在。"))
    if new.agency_code and new.agency_code not in known_agencies:
        problems.append(FieldProblem("agency_code", "unknown_agency", "执法机关代码不存在。"))
    if new.demand and len(new.demand) > 2000:
        problems.append(FieldProblem("demand", "too_long", "诉求请控制在 2000 字以内。"))
    problems += _time_problems(new)
    if problems:
        raise Malformed(*problems)


def _text_problems(text: str) -> list[FieldProblem]:
    if not text:
        return [FieldProblem("text", "empty", "请写明反映的事情。")]
    if len(text) > MAX_TEXT:
        return [FieldProblem("text", "too_long", f"内容超过 {MAX_TEXT} 字，请精简，其余可在提交后补充。")]
    if not _WORDS.search(text):
        return [FieldProblem("text", "no_words", "请用文字写明反映的事情，只有表情或符号无法办理。")]
    return []


def _person_problems(person: Complainant) -> list[FieldProblem]:
    problems = []
    if person.kind not in ("person", "enterprise"):
        problems.append(
            FieldProblem("complainant.kind", "unknown_kind", "投诉人类型应为 person 或 enterprise。")
        )
    if person.phone and not is_phone(person.phone):
        problems.append(FieldProblem("complainant.phone", "bad_phone", "联系电话格式不对，请核对。"))
    if person.name and len(person.name) > 64:
        problems.append(FieldProblem("complainant.name", "too_long", "姓名请控制在 64 字以内。"))
    if person.enterprise_name and len(person.enterprise_name) > 128:
        problems.append(
            FieldProblem("complainant.enterprise_name", "too_long", "企业名称请控制在 128 字以内。")
        )
    if person.uscc and not is_valid_uscc(normalise_uscc(person.uscc)):
        problems.append(
            FieldProblem(
                "complainant.uscc", "bad_uscc", "统一社会信用代码应为 18 位且校验位正确，请核对营业执照。"
            )
        )
    return problems


def _time_problems(new: NewComplaint) -> list[FieldProblem]:
    if new.incident_time is None:
        return []
    start, end, words = new.incident_time
    if start and end and start > end:
        return [FieldProblem("incident_time", "reversed", "事发时间的开始晚于结束，请核对。")]
    if words and len(words) > 128:
        return [FieldProblem("incident_time.text", "too_long", "事发时间请控制在 128 字以内。")]
    return []
