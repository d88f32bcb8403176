"""Templates, and how times, codes and evidence are shown."""

from __future__ import annotations

import datetime as dt
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from fastapi import Request
from fastapi.responses import HTMLResponse

from connectors.hotline12345.tables import events
from intake.domain import lifecycle, privacy, receipts, taxonomy
from intake.domain.channels import LABELS as CHANNELS
from intake.domain.channels import TRUSTED
from intake.domain.conflict import REPORTER_ROLES, ROLE_LABELS
from intake.domain.media import ACCEPTED
from intake.domain.sla import LOCAL
from intake.domain.verdicts import verdicts
from intake.services.partner_titles import KINDS, TITLES
from intake.services.plan_look_ups import TITLES as PARTNERS

HERE = Path(__file__).parent
EVENT_LABELS = {
    "work_order": "工单",
    "event": "办理动态",
    "citizen": "投诉人",
    "reporter": "报告人",
    "hotline12345": "12345 热线",
    "clock": "系统计时",
    **KINDS,
    **TITLES,
    **PARTNERS,
    "moj_platform": CHANNELS["moj_platform"],
    "watch": "系统提示",
    "limits": "时限规定变动",
    "calendar": "放假安排变动",
}
NEWS_LABELS = {kind.code: kind.label for kind in events().values()}
THEIR_FILE_LABELS = {
    "waiting": "等待调取",
    "down": "暂时没有取到，会再试",
    "done": "已取到，见附件",
    "refused": "没有收进来",
}
DELIVERY_LABELS = {"ready": "待投递", "running": "投递中", "done": "已送达", "dead": "投递失败，需人工处理"}
FIELD_LABELS = {
    "scope": "受理范围",
    "domain": "领域",
    "problem_types": "问题类型",
    "urgency": "紧急程度",
    "is_green": "绿色通道",
    "agency_code": "机关",
}

LABELS: dict[str, Any] = {
    "role_labels": ROLE_LABELS,
    "reporter_roles": REPORTER_ROLES,
    "channels": CHANNELS,
    "trusted": TRUSTED,
    "event_labels": EVENT_LABELS,
    "news_labels": NEWS_LABELS,
    "delivery_labels": DELIVERY_LABELS,
    "field_labels": FIELD_LABELS,
}


def local_time(at: dt.datetime) -> str:
    """2026年11月23日 14:05"""
    here = at.astimezone(LOCAL)
    return f"{here.year}年{here.month}月{here.day}日 {here:%H:%M}"


def local_stamp(at: dt.datetime) -> str:
    """2026-11-23T14:05+08:00, for <time datetime>"""
    return at.astimezone(LOCAL).isoformat(timespec="minutes")


def local_day(at: dt.datetime) -> str:
    here = at.astimezone(LOCAL)
    return f"{here.year}年{here.month}月{here.day}日"


def time_left(at: dt.datetime, now: dt.datetime) -> str:
    """剩余 3 天 / 今天到期 / 已超期 2 天, in local days."""
    days = _days_left(at, now)
    if days < 0:
        return f"已超期 {-days} 天"
    return "今天到期" if days == 0 else f"剩余 {days} 天"


def due_kind(at: dt.datetime, now: dt.datetime) -> str:
    """late | soon | fine: the colour of a deadline; the words say the same."""
    days = _days_left(at, now)
    if days < 0:
        return "late"
    return "soon" if days <= 1 else "fine"


def _days_left(at: dt.datetime, now: dt.datetime) -> int:
    return (at.astimezone(LOCAL).date() - now.astimezone(LOCAL).date()).days


def codes_label(value: Any) -> str:
    """A label's value in words: codes by name, several joined, yes or no, nothing as 无."""
    if isinstance(value, bool):
        return "是" if value else "否"
    codes = value if isinstance(value, list) else [value] if value else []
    return "、".join(taxonomy.label(str(code)) for code in codes) or "无"


def yuan(amount: float) -> str:
    """200 / 1250.5, no needless decimals."""
    return f"{amount:,.2f}".rstrip("0").rstrip(".")


def file_size(size: int) -> str:
    """180 KB / 3.2 MB"""
    return f"{size / 1048576:.1f} MB" if size >= 1048576 else f"{max(1, round(size / 1024))} KB"


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
    env.filters |= {
        "time": local_time,
        "day": local_day,
        "label": taxonomy.label,
        "spoken": receipts.spoken,
        "spelled": receipts.spelled,
        "stamp": local_stamp,
        "yuan": yuan,
        "codes_label": codes_label,
        "file_size": file_size,
        "masked": privacy.mask,
    }
    env.globals |= {
        "static": _static,
        "file_types": ",".join([*ACCEPTED, ".heic", ".amr", ".m4a"]),
        "stages": lifecycle.stages(),
        "steps": lifecycle.steps(),
        "reasons": lifecycle.reasons,
        "sealed_reason": lifecycle.TO_DISCIPLINE,
        "flags": lifecycle.FLAGS,
        "verdicts": verdicts(),
        "partner_titles": TITLES,
        "codes": taxonomy.codes,
        "time_left": time_left,
        "due_kind": due_kind,
        **LABELS,
        "their_file_labels": THEIR_FILE_LABELS,
    }
    return env


def page(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A page; `values` are the template's."""
    is_large = request.cookies.get("large") == "1"
    body = (
        environment()
        .get_template(template)
        .render(path=request.url.path, is_get=request.method == "GET", is_large=is_large, **values)
    )
    return HTMLResponse(body, status_code=status, headers={"Cache-Control": "no-store"})
