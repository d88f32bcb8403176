"""What a developer may do at the local hotline: faults, next stage, a test call. Loopback only."""

import base64
import datetime as dt
import ipaddress
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from connectors.hotline12345 import wire
from connectors.hotline12345.simulator.book import Book, UnknownNumber
from connectors.hotline12345.simulator.faults import Faults
from connectors.hotline12345.simulator.push import Pusher
from connectors.hotline12345.simulator.shelf import Shelf
from connectors.hotline12345.wire import CHINA
from connectors.policies.seals import Seal

routes = web.RouteTableDef()
# A grey square of 16 by 16 pixels.
INVENTED_PHOTO = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAAAAAA6mKC9AAAAEUlEQVR42mPcwoAKmBhGtAAA0JwA1BxVCrQAAAAASUVORK5CYII="
)


@dataclass(slots=True)
class House:
    """Everything one local hotline is made of."""

    book: Book
    faults: Faults
    pusher: Pusher | None
    pace: float
    clock: Callable[[], dt.datetime]
    shelf: Shelf
    seal: Seal | None = None

    def wake(self) -> None:
        if self.pusher is not None:
            self.pusher.wake()


HOUSE: web.AppKey[House] = web.AppKey("house", House)

# Invented; 测试 stands in each text and each agency, so nobody takes one for a real case.
CALLS = (
    ("测试区市场监督管理局", "【测试】来电人反映，测试区市场监督管理局两名工作人员昨天下午到店检查，没有出示执法证件，也没有留下检查文书，当场要求交 500 元，希望核查。"),
    ("测试县城市管理局", "【测试】来电人反映，测试县城市管理局 11 月 3 日扣了他的三轮车和秤，没有开扣押决定书，去要时说交了罚款才能给，希望退还。"),
    ("测试区应急管理局", "【测试】某企业来电反映，测试区应急管理局一个月内上门检查五次，每次来的人不同，检查内容重复，影响生产，希望减少检查。"),
    ("测试县交通运输局", "【测试】来电人反映，测试县交通运输局执法人员态度恶劣，推搡司机，并且罚款没有给票据，希望处理并道歉。"),
)  # fmt: skip


def must_be_local(request: web.Request) -> None:
    """Refuse anyone but this machine, and pages of other sites opened on it.

    raises:  web.HTTPForbidden
    """
    try:
        is_loopback = ipaddress.ip_address(request.remote or "").is_loopback
    except ValueError:
        is_loopback = False
    name = request.host.rsplit(":", 1)[0].strip("[]")
    is_own_name = name in {"localhost", "127.0.0.1", "::1"}
    is_own_page = request.headers.get("Sec-Fetch-Site", "none") in {"none", "same-origin"}
    if not (is_loopback and is_own_name and (is_own_page or request.method == "GET")):
        raise web.HTTPForbidden(text="只允许在本机操作")


async def _wish(request: web.Request) -> dict[str, Any]:
    if request.content_type == "application/json":
        try:
            content = await request.json()
        except ValueError:
            raise web.HTTPBadRequest(text="请求体不是合法的 JSON") from None
        return content if isinstance(content, dict) else {}
    return dict(await request.post())


def _answer(request: web.Request, content: dict[str, Any]) -> web.Response:
    """A form goes back to the page, a program gets JSON."""
    if request.content_type in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        raise web.HTTPSeeOther("/")
    return web.json_response(content)


@routes.post("/faults")
async def set_fault(request: web.Request) -> web.Response:
    must_be_local(request)
    faults = request.app[HOUSE].faults
    try:
        faults.set(await _wish(request))
    except ValueError as wrong:
        raise web.HTTPUnprocessableEntity(text=str(wrong)) from wrong
    return _answer(request, {"mode": faults.mode, "count": faults.left, "delay_s": faults.delay_s})


@routes.post("/tickets/{no}/advance")
async def advance(request: web.Request) -> web.Response:
    must_be_local(request)
    house = request.app[HOUSE]
    try:
        ticket = house.book.advance(request.match_info["no"])
    except UnknownNumber:
        raise web.HTTPNotFound(text="没有这个工单") from None
    house.wake()
    return _answer(request, {"number": ticket.number, "stage": ticket.stage, "status": ticket.status})


@routes.post("/tickets/test")
async def ring(request: web.Request) -> web.Response:
    must_be_local(request)
    house = request.app[HOUSE]
    order = invented_order(house.clock())
    if (await _wish(request)).get("with_file"):
        base = f"http://{request.host}"
        order["attachments"] = [house.shelf.offer(base, "测试照片.png", "image/png", INVENTED_PHOTO)]
    ticket = house.book.open_own(order)
    house.wake()
    return _answer(request, {"number": ticket.number, "is_sent": house.pusher is not None})


@routes.post("/tickets/{no}/say")
async def say(request: web.Request) -> web.Response:
    """What the hotline's own people do to a ticket: {"event", "text"?, "status"?, "deadline"?}."""
    must_be_local(request)
    house = request.app[HOUSE]
    wish = await _wish(request)
    event = {key: str(wish[key]) for key in ("event", "text", "status", "deadline") if wish.get(key)}
    problems = wire.read_event(event)
    if problems:
        raise web.HTTPUnprocessableEntity(text=problems[0].message)
    try:
        ticket = house.book.say(request.match_info["no"], event)
    except UnknownNumber:
        raise web.HTTPNotFound(text="没有这个工单") from None
    house.wake()
    return _answer(request, {"number": ticket.number, "stage": ticket.stage, "status": ticket.status})


def invented_order(now: dt.datetime) -> dict[str, Any]:
    """A work order as a hotline would send one; invented, nobody in it exists."""
    agency, content = random.choice(CALLS)  # noqa: S311
    local = now.astimezone(CHINA)
    return {
        "source_system": "hotline12345",
        "source_revision": "1",
        "title": f"【测试】反映{agency}执法问题",
        "content": content,
        "appeal_type": "complaint",
        "channel": "phone",
        "call_subject": "person",
        "caller_name": "测**",
        "contact_phone": "138****8000",
        "respondent_name": agency,
        "incident_time": (local - dt.timedelta(days=1)).isoformat(timespec="seconds"),
        "call_time": local.isoformat(timespec="seconds"),
        "region_code": "411202",
        "urgency": "general",
        "is_secret": True,
        "is_public": False,
        "is_anonymous": False,
        "handle_unit": "测试市行政执法监督机构",
        "time_limit": 5,
        "time_unit": "workday",
        "deadline": (local + dt.timedelta(days=7)).isoformat(timespec="seconds"),
        "status": "已派遣",
        "overtime_flag": False,
        "operator_id": "T001",
    }
