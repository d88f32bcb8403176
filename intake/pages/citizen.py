"""Citizens' pages: chat, form, track. Form and track work without JavaScript; no code is ever in an address."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any, cast

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from intake.domain.errors import (
    FieldProblem,
    KeyReused,
    Malformed,
    NotFound,
    UnsupportedMedia,
    XiansuoError,
)
from intake.pages.errors import status_of
from intake.pages.file_form import FileForm, read_file_form
from intake.pages.render import page
from intake.services import after_filing
from intake.services.after_filing import Progress
from intake.services.file_complaint import file_complaint
from intake.services.house import House
from intake.services.new_complaint import Complainant, NewComplaint, check_key, clean

router = APIRouter()
QUICK = (
    ("我要投诉", "/file_complaint"),
    ("民企绿色通道", "/green_channel"),
    ("查进度", "/query_progress"),
    ("找人工", "/talk_to_human"),
)
INPUTS = frozenset(
    {"text", "agency_text", "region_code", "incident_time", "demand"}
    | {"enterprise_name", "uscc", "identity", "name", "phone"}
)
SENT_BEFORE = (
    "这份表单先前已经登记过，受理编号和查询码在那一页上。如果这是另一件事，请再按一次“提交投诉”；"
    "如果只是补充，请到“查进度”里补充。"
)


def _house(request: Request) -> House:
    return cast(House, request.app.state.house)


@router.get("/")
async def chat(request: Request) -> Response:
    return page(request, "chat.html", quick=QUICK)


@router.get("/large")
async def large(on: str = "1", back: str = "/") -> Response:
    """Large-text mode (适老化), kept in a cookie; works without JavaScript."""
    target = back if back.startswith("/") and not back.startswith(("//", "/\\")) else "/"
    answer = RedirectResponse(target, status_code=303)
    answer.set_cookie("large", "1" if on == "1" else "0", max_age=31_536_000, samesite="lax", httponly=True)
    return answer


def _regions(house: House) -> list[tuple[str, str]]:
    return [(c, n) for c, n in house.region_names.items() if len(c) == 6 or c.startswith("411200-")]


def _form(
    request: Request,
    kept: dict[str, str],
    errors: dict[str, str],
    *,
    status: int = 200,
    files: Sequence[tuple[str, str]] = (),
) -> Response:
    values = {"regions": _regions(_house(request)), "key": kept.get("key") or secrets.token_hex(16)}
    return page(request, "form.html", status=status, kept=kept, errors=errors, files=files, **values)


@router.get("/form")
async def form(request: Request) -> Response:
    return _form(request, {}, {})


@router.post("/form")
async def file_by_form(request: Request) -> Response:
    """File; the receipt is this answer itself, so that the code stands in no address."""
    sent = await read_file_form(request, house=_house(request))
    kept, files = sent.fields, sent.files
    if sent.refused:
        return _form(request, kept, {"files": "；".join(sent.refused)}, status=422, files=files)
    try:
        receipt = await file_complaint(_complaint(kept, sent.ids), house=_house(request))
    except Malformed as error:
        problems = {_field(f.field): f.detail for f in error.fields}
        return _form(request, kept, problems, status=422, files=[] if "files" in problems else files)
    except KeyReused:
        # Sent, then changed with the browser's way back: only a second press makes it a second complaint.
        return _form(request, kept | {"key": ""}, {"": SENT_BEFORE}, status=409, files=files)
    except XiansuoError as error:
        return _form(request, kept, {"": error.detail}, status=status_of(error), files=files)
    return page(request, "receipt.html", status=201, receipt=receipt)


def _field(path: str) -> str:
    """The input that a problem's path belongs to; "" for none."""
    if path == "attachment_ids":
        return "files"
    name = path.removeprefix("complainant.").removesuffix(".text")
    return name if name in INPUTS else ""


def _check_form(kept: dict[str, str]) -> None:
    """What only this form can get wrong.

    raises: Malformed
    """
    problems = []
    if len(kept.get("agency_text", "")) > 256:
        problems.append(FieldProblem("agency_text", "too_long", "部门名称请控制在 256 字以内。"))
    if kept.get("identity") != "contact" and (kept.get("name", "").strip() or kept.get("phone", "").strip()):
        words = "您填了称呼或电话，但选的是匿名：要留下请改选“留联系方式”，要匿名请清空。"
        problems.append(FieldProblem("identity", "anonymous_with_contact", words))
    if problems:
        raise Malformed(*problems)


def _complaint(kept: dict[str, str], attachment_ids: tuple[str, ...]) -> NewComplaint:
    def get(name: str) -> str:
        return clean(kept.get(name, ""))

    _check_form(kept)
    is_enterprise = get("kind") == "enterprise" or bool(get("enterprise_name") or get("uscc"))
    anonymous = get("identity") != "contact"
    when = get("incident_time")
    return NewComplaint(
        text=get("text"),
        channel="form",
        complainant=Complainant(
            kind="enterprise" if is_enterprise else "person",
            anonymous=anonymous,
            name=None if anonymous else get("name") or None,
            phone=None if anonymous else get("phone") or None,
            enterprise_name=get("enterprise_name") or None,
            uscc=get("uscc") or None,
        ),
        idempotency_key=f"form.{check_key(get('key') or secrets.token_hex(16))}",
        region_code=get("region_code") or None,
        agency_text=get("agency_text") or None,
        incident_time=(None, None, when) if when else None,
        demand=get("demand") or None,
        attachment_ids=attachment_ids,
    )


@router.get("/track")
async def track(request: Request) -> Response:
    return page(request, "track.html", progress=None, kept={}, error="", done="")


async def _proves(fields: Mapping[str, str], house: House) -> None:
    """raises: NotFound"""
    number, query_code = fields.get("number", ""), fields.get("query_code", "")
    if max(len(number), len(query_code)) > 64:
        raise NotFound(after_filing.WRONG_PAIR)
    await after_filing.track(number, query_code, house=house)


@router.post("/track")
async def track_by_code(request: Request) -> Response:
    """Look, supplement, withdraw or rate; number and code come with each step."""
    house = _house(request)
    try:
        # A file is only taken for a case whose code is known.
        sent = await read_file_form(request, house=house, proves=lambda fields: _proves(fields, house))
    except NotFound as error:
        return page(request, "track.html", status=404, progress=None, kept={}, error=error.detail, done="")
    told = {
        name: sent.fields.get(name, "")
        for name in ("number", "query_code", "text", "sure", "action", "score")
    }
    if max(len(told["number"]), len(told["query_code"])) > 64:
        raise Malformed(FieldProblem("number", "too_long", "受理编号或查询码太长，请核对后再试。"))
    kept: dict[str, Any] = {name: told[name] for name in ("number", "query_code", "text", "sure")}
    try:
        progress, done = await _asked(told, sent, house)
        if done and told["action"] == "supplement":
            kept["text"] = ""
    except NotFound as error:
        return page(request, "track.html", status=404, progress=None, kept=kept, error=error.detail, done="")
    except XiansuoError as error:
        progress = await after_filing.track(told["number"], told["query_code"], house=house)
        status = status_of(error)
        return page(
            request, "track.html", status=status, progress=progress, kept=kept, error=error.detail, done=""
        )
    asks_sure = told["action"] == "withdraw" and told["sure"] != "yes"
    return page(
        request, "track.html", progress=progress, kept=kept | {"asks_sure": asks_sure}, error="", done=done
    )


async def _asked(told: dict[str, str], sent: FileForm, house: House) -> tuple[Progress, str]:
    """Take the step that was asked for; (progress, words about what was done).

    raises: NotFound; what the step refuses
    """
    pair, action = (told["number"], told["query_code"]), told["action"]
    if sent.refused:
        await after_filing.track(*pair, house=house)
        raise UnsupportedMedia("；".join(sent.refused))
    if action == "supplement":
        ids = sent.ids
        return await after_filing.supplement(*pair, told["text"], attachment_ids=ids, house=house), "已补充。"
    if action == "withdraw" and told["sure"] == "yes":
        return await after_filing.withdraw(*pair, house=house), "已撤回。"
    if action == "rate":
        score = int(told["score"]) if told["score"].isdigit() else 0
        return await after_filing.rate(*pair, score, house=house), "谢谢您的评价。"
    return await after_filing.track(*pair, house=house), ""
