"""Templates, and how times, codes and evidence are shown."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from fastapi import Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup, escape

from intake.domain import lifecycle, receipts, taxonomy
from intake.domain.conflict import ROLE_LABELS
from intake.domain.sla import LOCAL

HERE = Path(__file__).parent
CHANNELS = {
    "web": "网页对话",
    "form": "网页表单",
    "api": "接口",
    "hotline12345": "12345 热线",
    "wechat": "微信",
}


def local_time(at: dt.datetime) -> str:
    """2026年11月23日 14:05"""
    here = at.astimezone(LOCAL)
    return f"{here.year}年{here.month}月{here.day}日 {here:%H:%M}"


def local_day(at: dt.datetime) -> str:
    here = at.astimezone(LOCAL)
    return f"{here.year}年{here.month}月{here.day}日"


def time_left(at: dt.datetime, now: dt.datetime) -> str:
    """剩 3 天 / 今天到期 / 已超 2 天, in local days."""
    days = (at.astimezone(LOCAL).date() - now.astimezone(LOCAL).date()).days
    if days < 0:
        return f"已超 {-days} 天"
    return "今天到期" if days == 0 else f"剩 {days} 天"


def highlight(text: str, marks: Sequence[tuple[str, str]]) -> Markup:
    """The text, escaped, with each (words, reason) marked once; longer words win."""
    spans: list[tuple[int, int, str]] = []
    lowered = text.lower()
    for words, reason in sorted(marks, key=lambda m: -len(m[0])):
        at = lowered.find(words.lower()) if len(words) > 1 else -1
        if at >= 0 and not any(a < at + len(words) and at < b for a, b, _ in spans):
            spans.append((at, at + len(words), reason))
    parts, last = [Markup("")], 0
    for start, end, reason in sorted(spans):
        parts += [
            escape(text[last:start]),
            Markup('<mark title="{}">{}</mark>').format(reason, text[start:end]),
        ]
        last = end
    return Markup("").join([*parts, escape(text[last:])])


def marks_of(classification: dict[str, Any]) -> list[tuple[str, str]]:
    """What was recognised, as (words of the text, reason)."""
    found = [
        (words, f"{p['code']} {taxonomy.label(p['code'])}")
        for p in classification.get("problem_types", [])
        for words in p.get("evidence", [])
    ]
    for key, reason in (("incident_time", "事发时间"),):
        if classification.get(key):
            found.append((classification[key]["text"], reason))
    found += [(number, "文书文号") for number in classification.get("document_numbers", [])]
    if classification.get("demand"):
        found.append((classification["demand"], "诉求"))
    found += [(words, "紧急程度") for words in classification.get("urgency", {}).get("reasons", [])]
    return found


@cache
def _static(name: str) -> str:
    digest = hashlib.sha256((HERE / "static" / name).read_bytes()).hexdigest()[:10]
    return f"/static/{name}?v={digest}"


@cache
def environment() -> jinja2.Environment:
    env = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    env.filters |= {"time": local_time, "day": local_day, "label": taxonomy.label, "spoken": receipts.spoken}
    env.globals |= {
        "static": _static,
        "stages": lifecycle.stages(),
        "steps": lifecycle.steps(),
        "role_labels": ROLE_LABELS,
        "channels": CHANNELS,
        "codes": taxonomy.codes,
        "time_left": time_left,
    }
    return env


def page(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A page; `values` are the template's."""
    is_large = request.cookies.get("large") == "1"
    body = environment().get_template(template).render(path=request.url.path, is_large=is_large, **values)
    return HTMLResponse(body, status_code=status, headers={"Cache-Control": "no-store"})
