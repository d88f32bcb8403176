"""The callback of the WeChat platform: GET proves the address, POST brings a message."""

from __future__ import annotations

import logging

from fastapi import APIRouter, Request, Response

from connectors.wechat.callback import NotSigned, hello, read_call
from connectors.wechat.messages import MOST, Unreadable
from intake.api.deps import HouseDep
from intake.services.house import House
from intake.services.receive_wechat import receive
from intake.services.wechat_desk import WechatDesk

log = logging.getLogger(__name__)
router = APIRouter(prefix="/wechat", tags=["wechat"])


@router.get("/{account}")
async def address(account: str, request: Request, house: HouseDep) -> Response:
    """The platform asks whether the address is ours."""
    desk = _desk(account, house)
    if desk is None:
        return _plain("没有这个公众号。", 404)
    try:
        echo = hello(desk.account, dict(request.query_params), now=house.clock().timestamp())
    except (NotSigned, Unreadable) as refused:
        return _refused(refused)
    return Response(echo, media_type="text/plain; charset=utf-8")


@router.post("/{account}")
async def message(account: str, request: Request, house: HouseDep) -> Response:
    """One message; answered within the platform's five seconds, once."""
    desk = _desk(account, house)
    if desk is None:
        return _plain("没有这个公众号。", 404)
    body = await _body(request)
    if body is None:
        return _plain("消息太长。", 413)
    try:
        call = read_call(desk.account, dict(request.query_params), body, now=house.clock().timestamp())
    except (NotSigned, Unreadable) as refused:
        return _refused(refused)
    answer = await receive(call, desk=desk, house=house)
    return Response(answer, media_type="application/xml" if answer.startswith(b"<") else "text/plain")


async def _body(request: Request) -> bytes | None:
    """None when it is longer than the platform ever sends."""
    found = b""
    async for part in request.stream():
        found += part
        if len(found) > MOST:
            return None
    return found


def _desk(account: str, house: House) -> WechatDesk | None:
    desk = house.wechat
    return desk if desk is not None and desk.account.name == account else None


def _refused(refused: Exception) -> Response:
    is_ours = isinstance(refused, Unreadable)
    log.warning("wechat callback refused", extra={"why": "unreadable" if is_ours else "not signed"})
    return _plain("消息无法识别。", 400) if is_ours else _plain("签名不对或已过期。", 403)


def _plain(words: str, status: int) -> Response:
    return Response(words, status_code=status, media_type="text/plain; charset=utf-8")
