"""Calls to the platform: messages, media, menu. `errcode` inside HTTP 200 is an error.

The access token is somebody else's to keep (`TokenKeeper`): one process at a time may fetch it, because each
new one makes the one before worthless. A token that is refused is renewed once, never in a circle.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import aiohttp
from yarl import URL

from connectors.errors import ConnectorError, Garbled, Refused, Unreachable
from connectors.http import HttpCaller

SYSTEM = "wechat"
MEDIA_S = 120.0
_CHUNK = 65_536
_TOKEN_REFUSED = frozenset({40001, 40014, 41001, 42001})
_LATER = frozenset({-1, 45009, 45011, 45035, 50001})
# Not to be sent to this person now or ever: the reason in words for staff.
WINDOW_OVER = {45015: "超过 48 小时没有互动", 45047: "已达可发条数"}
_WORDS = {
    40003: "对方不是本号的关注者",
    43004: "对方已取消关注",
    48001: "公众号没有这个接口的权限",
} | WINDOW_OVER


class TokenKeeper(Protocol):
    """Where the access token is kept."""

    async def current(self) -> str:
        """raises: ConnectorError when there is none to be had"""
        ...

    async def renewed(self, refused: str) -> str:
        """Another one than `refused`. raises: ConnectorError"""
        ...


@dataclass(frozen=True, slots=True)
class FreshToken:
    """seconds: how long it holds"""

    token: str
    seconds: int


class WechatApi:
    """The platform at one address, for one account.

    base_url: https://api.weixin.qq.com, or the local counterpart
    """

    system = SYSTEM

    def __init__(self, base_url: str, app_id: str, secret: str, session: aiohttp.ClientSession) -> None:
        if not app_id or not secret:
            raise ValueError("wechat needs an app id and a secret")
        self._http = HttpCaller(SYSTEM, base_url, session=session)
        self._session = session
        self._app_id, self._secret = app_id, secret

    async def fresh_token(self) -> FreshToken:
        """A new access token; the one before ends soon.

        raises: Unreachable, Refused, Garbled
        """
        body = {"grant_type": "client_credential", "appid": self._app_id, "secret": self._secret}
        answer = await self._post("/cgi-bin/stable_token", {}, body)
        token, seconds = answer.get("access_token"), answer.get("expires_in")
        if not isinstance(token, str) or not token or not isinstance(seconds, int) or seconds <= 0:
            raise Garbled("微信平台没有给出访问凭据", system=SYSTEM, status=200)
        return FreshToken(token, seconds)

    async def send_text(self, openid: str, text: str, *, tokens: TokenKeeper) -> None:
        """A customer-service message (客服消息).

        raises: Unreachable, Refused (see WINDOW_OVER), Garbled
        """
        body = {"touser": openid, "msgtype": "text", "text": {"content": text}}
        await self._with_token("/cgi-bin/message/custom/send", body, tokens)

    async def send_template(
        self, openid: str, template: str, data: Mapping[str, str], *, url: str = "", tokens: TokenKeeper
    ) -> None:
        """A template message (模板消息); data: keyword to text.

        raises: Unreachable, Refused, Garbled
        """
        values = {key: {"value": value} for key, value in data.items()}
        body = {"touser": openid, "template_id": template, "url": url, "data": values}
        await self._with_token("/cgi-bin/message/template/send", body, tokens)

    async def set_menu(self, buttons: list[dict[str, Any]], *, tokens: TokenKeeper) -> None:
        """raises: Unreachable, Refused, Garbled"""
        await self._with_token("/cgi-bin/menu/create", {"button": buttons}, tokens)

    async def open_media(self, media_id: str, *, tokens: TokenKeeper) -> tuple[aiohttp.ClientResponse, str]:
        """An open answer with the bytes of a file, and its name; the caller closes it.

        raises: Unreachable, Refused (also for an id that has expired), Garbled
        """
        token = await tokens.current()
        try:
            return await self._media(media_id, token)
        except Refused as refused:
            if refused.code is None or int(refused.code) not in _TOKEN_REFUSED:
                raise
        return await self._media(media_id, await tokens.renewed(token))

    async def _media(self, media_id: str, token: str) -> tuple[aiohttp.ClientResponse, str]:
        url = self._http.url("/cgi-bin/media/get", {"access_token": token, "media_id": media_id})
        answer = await self._get(url)
        kind = answer.headers.get("Content-Type", "")
        if answer.status != 200 or "json" in kind or "text" in kind:
            content = await answer.content.read(_CHUNK)
            answer.close()
            raise _error(_object(content), answer.status)
        return answer, _name(answer.headers.get("Content-Disposition", ""))

    async def _get(self, url: URL) -> aiohttp.ClientResponse:
        limits = aiohttp.ClientTimeout(total=MEDIA_S, sock_connect=5, sock_read=30)
        try:
            return await self._session.get(url, timeout=limits, allow_redirects=False)
        except (aiohttp.ClientError, TimeoutError) as failed:
            raise Unreachable("微信平台没有应答", system=SYSTEM) from failed

    async def _with_token(self, path: str, body: Mapping[str, Any], tokens: TokenKeeper) -> dict[str, Any]:
        token = await tokens.current()
        try:
            return await self._post(path, {"access_token": token}, body)
        except Refused as refused:
            if refused.code is None or int(refused.code) not in _TOKEN_REFUSED:
                raise
        # Once: a second refusal is the caller's to see.
        return await self._post(path, {"access_token": await tokens.renewed(token)}, body)

    async def _post(self, path: str, query: Mapping[str, str], body: Mapping[str, Any]) -> dict[str, Any]:
        content = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        headers = {"Content-Type": "application/json; charset=utf-8", "Accept": "application/json"}
        answer = await self._http.json("POST", self._http.url(path, query), body=content, headers=headers)
        if answer.body.get("errcode") not in (None, 0):
            raise _error(answer.body, answer.status)
        return answer.body


def _error(body: Mapping[str, Any], status: int) -> ConnectorError:
    """What the platform's `errcode` means; its own words stay with it (they quote the request)."""
    try:
        code = int(body["errcode"])
    except (KeyError, TypeError, ValueError):
        return Garbled("微信平台的应答无法识别", system=SYSTEM, status=status)
    words = f"微信平台返回错误 {code}" + (f"：{_WORDS[code]}" if code in _WORDS else "")
    kind = Unreachable if code in _LATER else Refused
    return kind(words, system=SYSTEM, status=status, code=str(code))


def _object(content: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return parsed if isinstance(parsed, dict) else {}


def _name(disposition: str) -> str:
    found = re.search(r'filename="?([^";]{1,128})"?', disposition)
    return found.group(1) if found else ""
