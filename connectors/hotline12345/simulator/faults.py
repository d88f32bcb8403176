"""Faults on demand: what a hotline on a bad day does to its callers.

slow           answers after delay_s
500            HTTP 500, nothing done
error_in_200   HTTP 200, an error code inside, nothing done
html_login     HTTP 200 with a login page, nothing done
duplicate      the work is done but the answer is lost, so the caller sends it again;
               our own messages to the other side go out twice
drop           the connection is closed, nothing done
"""

import asyncio
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

MODES = {
    "none": "正常",
    "slow": "应答很慢",
    "500": "返回 HTTP 500",
    "error_in_200": "HTTP 200 里装着错误",
    "html_login": "返回登录网页",
    "duplicate": "办了但应答丢失，回调发两遍",
    "drop": "直接断开连接",
}
_LOGIN_PAGE = '<!DOCTYPE html><html><head><title>统一身份认证</title></head><body><form><input type="password"></form></body></html>'


@dataclass(slots=True)
class Faults:
    """mode: key of MODES; left: how many calls it still hits, None for until changed; delay_s: of "slow"."""

    mode: str = "none"
    left: int | None = 0
    delay_s: float = 5.0

    def set(self, wish: dict[str, Any]) -> None:
        """Take {"mode", "count"?, "delay_s"?}; count 0 or absent: until changed.

        raises:  ValueError with a Chinese message
        """
        mode = str(wish.get("mode", ""))
        if mode not in MODES:
            raise ValueError(f"mode 应为其中之一：{'、'.join(MODES)}")
        try:
            count, delay_s = int(wish.get("count") or 0), float(wish.get("delay_s") or 5.0)
        except (TypeError, ValueError):
            raise ValueError("count、delay_s 应为数字") from None
        if not (0 <= count <= 1_000_000 and 0 <= delay_s <= 600):
            raise ValueError("count 应在 0 至 1000000 之间，delay_s 应在 0 至 600 之间")
        self.mode, self.left, self.delay_s = mode, count or None, delay_s

    def next(self) -> str:
        """The fault of the next call; counts it."""
        mode = self.mode
        if mode != "none" and self.left is not None:
            self.left -= 1
            if self.left <= 0:
                self.mode, self.left = "none", 0
        return mode


async def suffer(mode: str, delay_s: float, request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer a call under a fault."""
    if mode == "slow":
        # Read first: a caller who gives up waiting has been heard all the same.
        await request.read()
        await asyncio.sleep(delay_s)
    if mode == "500":
        return web.Response(status=500, text="Internal Server Error")
    if mode == "error_in_200":
        return web.json_response({"code": 50301, "message": "系统维护中", "trace_id": "fault", "data": None})
    if mode == "html_login":
        return web.Response(text=_LOGIN_PAGE, content_type="text/html")
    answer = web.Response(status=503) if mode == "drop" else await handler(request)
    if mode in {"drop", "duplicate"} and request.transport is not None:
        request.transport.abort()  # whatever is answered now reaches nobody
    return answer
