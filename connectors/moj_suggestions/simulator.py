"""The local counterpart of the ministry's platform: a page to enter suggestions and see their results."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from connectors.errors import ConnectorError
from connectors.hotline12345.signing import signed_headers
from connectors.hotline12345.simulator.desk import must_be_local as local_only
from connectors.http import HttpCaller
from connectors.moj_suggestions.connector import MojSuggestions
from connectors.moj_suggestions.page import show
from connectors.moj_suggestions.wire import Suggestion
from connectors.partners.counterpart import Book, Counterpart, No
from connectors.partners.fields import FieldMap
from connectors.partners.samples import AGENCY

ORDERS = "/api/v1/external/moj_platform/work-orders"
# Who transfers, and to whom the result must go back; invented, 测试 stands in each.
TRANSFERRED_BY = ("测试省司法厅行政执法监督机构", "410000-TEST")
SAMPLE = f"【测试】{AGENCY}执法人员检查时没有出示执法证件，当场要求停业，也没有告知依据和救济途径。"


@dataclass(frozen=True, slots=True)
class Push:
    """Where the platform calls the supervision system, when it does; secret: never shown."""

    intake_url: str
    app_id: str
    secret: str


def _suggestions(book: Book, content: Mapping[str, Any]) -> dict[str, Any]:
    since = str(content.get("since") or "0")
    if not (since.isascii() and since.isdigit()):
        raise No(40001, "since 应为上一页的 next")
    rows = book.rows["suggestions"]
    size = min(max(int(content.get("limit") or 100), 1), 100)
    page = rows[int(since) : int(since) + size]
    last = int(since) + len(page)
    return {"items": page, "next": str(last), "more": last < len(rows)}


def _results(book: Book, content: Mapping[str, Any]) -> dict[str, Any]:
    known = {row["suggestionNo"] for row in book.rows["suggestions"]}
    if content.get("suggestionNo") not in known:
        raise No(40400, "没有转办过这个编号")
    return book.take("FK", content)


def enter(book: Book, wish: Mapping[str, Any]) -> dict[str, Any]:
    """A suggestion is transferred: a new one, or what is new of one with the same number.

    wish: their names; what is left out is invented. raises: ValueError without a text
    """
    text = str(wish.get("content") or "").strip()
    if not text:
        raise ValueError("请填写反映内容")
    now = dt.datetime.now(dt.UTC).astimezone(dt.timezone(dt.timedelta(hours=8)))
    place = len(book.rows["suggestions"]) + 1
    row = {
        "suggestionNo": str(wish.get("suggestionNo") or f"PY{now:%Y%m%d%H%M%S}{place:04d}"),
        "title": "【测试】批评建议",
        "content": text[:20_000],
        "aspect": str(wish.get("aspect") or "行政执法机关和人员不作为、乱作为"),
        "deptName": str(wish.get("deptName") or ""),
        "areaCode": str(wish.get("areaCode") or "411202"),
        "submitTime": now.isoformat(timespec="seconds"),
        "transfer": {
            "no": str(wish.get("transferNo") or f"ZB{now:%Y%m%d%H%M%S}{place:04d}"),
            "org": str(wish.get("transferOrg") or TRANSFERRED_BY[0]),
            "orgCode": TRANSFERRED_BY[1],
            "time": now.isoformat(timespec="seconds"),
            "due": (now.date() + dt.timedelta(days=20)).isoformat(),
        },
    }
    book.rows["suggestions"].append(row)
    return row


async def push(row: Mapping[str, Any], to: Push) -> str:
    """Call the supervision system with one suggestion; gives what came of it, Chinese."""
    reading = FieldMap(MojSuggestions.field_specs()).read("suggestion", row)
    order = Suggestion(reading.values, row, reading.problems).as_order()
    body = json.dumps(order, ensure_ascii=False).encode()
    caller = HttpCaller("线索系统", to.intake_url)
    url = caller.url(ORDERS)
    headers = signed_headers(to.app_id, to.secret, "POST", url.raw_path_qs, body, now=dt.datetime.now(dt.UTC))
    try:
        answer = await caller.json(
            "POST", url, body=body, headers={**headers, "Content-Type": "application/json"}
        )
    except ConnectorError as error:
        return error.message
    finally:
        await caller.close()
    return str((answer.body.get("data") or {}).get("result") or answer.body.get("message") or "")


def counterpart(app_id: str, secret: str, pushed_to: Push | None = None) -> Counterpart:
    """A platform with nothing transferred yet."""
    answers = {"/api/v1/suggestions": _suggestions, "/api/v1/results": _results}
    book = Book({"suggestions": []})

    def desk(one: Counterpart) -> list[web.RouteDef]:
        return _desk(one, pushed_to)

    return Counterpart(MojSuggestions.system, answers, app_id, secret, book=book, desk=desk)


def _desk(one: Counterpart, pushed_to: Push | None) -> list[web.RouteDef]:
    said = {"words": ""}

    async def page(request: web.Request) -> web.Response:
        local_only(request)
        return show(one, sample=SAMPLE, can_push=pushed_to is not None, words=said["words"])

    async def entered(request: web.Request) -> web.Response:
        local_only(request)
        is_json = request.content_type == "application/json"
        wish = await request.json() if is_json else dict(await request.post())
        try:
            row = enter(one.book, wish)
        except ValueError as wrong:
            raise web.HTTPUnprocessableEntity(text=str(wrong)) from wrong
        said["words"] = f"已登记 {row['suggestionNo']}"
        if wish.get("push") and pushed_to is not None:
            said["words"] += f"，推送结果：{await push(row, pushed_to)}"
        if is_json:
            return web.json_response(row)
        raise web.HTTPSeeOther(f"/{one.system}/")

    async def fault(request: web.Request) -> web.Response:
        local_only(request)
        try:
            one.faults.set(dict(await request.post()))
        except ValueError as wrong:
            raise web.HTTPUnprocessableEntity(text=str(wrong)) from wrong
        raise web.HTTPSeeOther(f"/{one.system}/")

    home = f"/{one.system}/"
    return [web.get(home, page), web.post(home + "enter", entered), web.post(home + "fault", fault)]
