"""The platform and a phone, for development and tests: what is typed here reaches the callback as the platform sends it.

Sends in plain, compatible and encrypted mode, waits five seconds, asks three times in all, and answers the calls
of the API with the platform's own error codes.
"""

from __future__ import annotations

import asyncio
import itertools
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

import aiohttp
from aiohttp import web

from connectors.wechat.callback import Account
from connectors.wechat.crypto import sign
from connectors.wechat.messages import read_xml, sealed_part

PATIENCE_S = 5.0
TRIES = 3
ORIGINAL_ID = "gh_ceshi"


@dataclass
class Platform:
    """callback: address of /wechat/{account}; said: (OpenID, who, text) in order; next_error: errcodes of coming calls"""

    account: Account
    secret: str
    callback: str
    patience_s: float = PATIENCE_S
    said: list[tuple[str, str, str]] = field(default_factory=list)
    templates: list[dict[str, Any]] = field(default_factory=list)
    menu: list[dict[str, Any]] = field(default_factory=list)
    media: dict[str, tuple[str, str, bytes]] = field(default_factory=dict)
    next_error: list[int] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    numbers: Any = field(default_factory=lambda: itertools.count(int(time.time()) * 1000))

    # The phone

    async def send(self, openid: str, kind: str = "text", **fields: str) -> str:
        """One message of a phone; the words of the passive answer, "" for none. fields: XML names to text"""
        fields = {"MsgId": str(next(self.numbers))} | fields if kind != "event" else fields
        told = fields.get("Content") or fields.get("Recognition") or f"〔{fields.get('EventKey') or kind}〕"
        self.said.append((openid, "person", told))
        words = await self.deliver(self.xml(openid, kind, **fields))
        if words:
            self.said.append((openid, "account", words))
        return words

    def xml(self, openid: str, kind: str, **fields: str) -> bytes:
        inner = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields.items())
        return (
            f"<xml><ToUserName>{ORIGINAL_ID}</ToUserName><FromUserName>{openid}</FromUserName>"
            f"<CreateTime>{int(time.time())}</CreateTime><MsgType>{kind}</MsgType>{inner}</xml>"
        ).encode()

    async def deliver(self, body: bytes) -> str:
        """As the platform delivers: again after five seconds without an answer, three times in all."""
        for _ in range(TRIES):
            try:
                status, answer = await self.post(body)
            except (aiohttp.ClientError, TimeoutError):
                continue
            return self.words(answer) if status == 200 else ""
        return ""

    async def post(self, body: bytes) -> tuple[int, bytes]:
        """One try: (status, body of the answer)."""
        at, nonce = str(int(time.time())), secrets.token_hex(5)
        query = {"timestamp": at, "nonce": nonce, "signature": sign(self.account.token, at, nonce)}
        seal = self.account.seal
        if seal is not None:
            sealed = seal.seal(body)
            query |= {"encrypt_type": "aes", "msg_signature": sign(self.account.token, at, nonce, sealed)}
            body = f"<xml><ToUserName>{ORIGINAL_ID}</ToUserName><Encrypt>{sealed}</Encrypt></xml>".encode()
        limits = aiohttp.ClientTimeout(total=self.patience_s)
        async with (
            aiohttp.ClientSession(timeout=limits) as session,
            session.post(self.callback, params=query, data=body) as answer,
        ):
            return answer.status, await answer.read()

    def words(self, answer: bytes) -> str:
        """The text of a passive answer."""
        if not answer.startswith(b"<"):
            return ""
        root = read_xml(answer)
        sealed = sealed_part(root)
        if sealed and self.account.seal is not None:
            root = read_xml(self.account.seal.open(sealed))
        return root.findtext("Content") or ""

    # The API

    def app(self) -> web.Application:
        app = web.Application(client_max_size=256 * 1024 * 1024)
        app.add_routes(
            [
                web.post("/cgi-bin/stable_token", self._token),
                web.post("/cgi-bin/message/custom/send", self._custom),
                web.post("/cgi-bin/message/template/send", self._template),
                web.post("/cgi-bin/menu/create", self._menu),
                web.get("/cgi-bin/media/get", self._media),
                web.get("/", self._page),
                web.post("/", self._typed),
            ]
        )
        return app

    async def _token(self, request: web.Request) -> web.Response:
        asked = await request.json()
        if asked.get("appid") != self.account.app_id or asked.get("secret") != self.secret:
            return _failed(40125)
        self.tokens.append(secrets.token_urlsafe(24))
        return web.json_response({"access_token": self.tokens[-1], "expires_in": 7200})

    def _wrong(self, query: Mapping[str, str]) -> int:
        if self.next_error:
            return self.next_error.pop(0)
        return 0 if self.tokens and query.get("access_token") == self.tokens[-1] else 40001

    async def _custom(self, request: web.Request) -> web.Response:
        wrong, asked = self._wrong(request.query), await request.json()
        text = asked["text"]["content"]
        if not wrong and len(text.encode()) > 2048:
            wrong = 45002
        if not wrong:
            self.said.append((asked["touser"], "account", text))
        return _failed(wrong)

    async def _template(self, request: web.Request) -> web.Response:
        wrong, asked = self._wrong(request.query), await request.json()
        if not wrong:
            self.templates.append(asked)
        return _failed(wrong)

    async def _menu(self, request: web.Request) -> web.Response:
        wrong, asked = self._wrong(request.query), await request.json()
        if not wrong:
            self.menu = asked["button"]
        return _failed(wrong)

    async def _media(self, request: web.Request) -> web.Response:
        wrong = self._wrong(request.query)
        found = self.media.get(request.query.get("media_id", ""))
        if wrong or found is None:
            return _failed(wrong or 40007)
        name, media_type, content = found
        head = {"Content-Disposition": f'attachment; filename="{name}"'}
        return web.Response(body=content, content_type=media_type, headers=head)

    async def _page(self, _request: web.Request) -> web.Response:
        return web.Response(text=_PAGE.format(lines=self._lines()), content_type="text/html")

    async def _typed(self, request: web.Request) -> web.Response:
        form = await request.post()
        text, chosen, file = str(form.get("text", "")).strip(), str(form.get("menu", "")), form.get("file")
        if chosen in ("subscribe", "unsubscribe"):
            await self.send("phone", "event", Event=chosen)
        elif chosen:
            await self.send("phone", "event", Event="CLICK", EventKey=chosen)
        elif isinstance(file, web.FileField) and file.filename:
            await self._sent_file(file)
        elif text:
            await self.send("phone", Content=text)
        await asyncio.sleep(0.2)
        raise web.HTTPSeeOther("/")

    async def _sent_file(self, file: web.FileField) -> None:
        media_id, kind = secrets.token_hex(8), file.content_type.partition("/")[0]
        self.media[media_id] = (file.filename, file.content_type, file.file.read())
        kind = {"audio": "voice"}.get(kind, kind if kind in ("image", "video") else "file")
        await self.send("phone", kind, MediaId=media_id, Title=file.filename)

    def _lines(self) -> str:
        return "".join(
            f'<p class="{who}">{escape(text)}</p>' for openid, who, text in self.said if openid == "phone"
        )


def _failed(code: int) -> web.Response:
    """errcode in HTTP 200, as the platform does it; 0 is success."""
    return web.json_response({"errcode": code, "errmsg": "ok" if not code else f"error {code}"})


_MENU = (
    ("file_complaint", "我要投诉"),
    ("green_channel", "民企绿色通道"),
    ("query_progress", "查进度"),
    ("hotline", "联系12345"),
    ("subscribe", "关注"),
    ("unsubscribe", "取消关注"),
)
_PAGE = (
    """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="20"><title>微信模拟器</title><style>body{{font:16px sans-serif;max-width:30rem;margin:0 auto;padding:1rem;background:#ededed}}
p{{white-space:pre-wrap;padding:.6rem .8rem;border-radius:.4rem;max-width:85%;width:fit-content;margin:.5rem 0}}.person{{background:#95ec69;margin-left:auto}}
.account{{background:#fff}}input,button{{font:inherit;padding:.4rem;margin:.15rem 0}}input[name=text]{{width:75%}}</style>
<h1>微信模拟器</h1>{lines}<form method="post" enctype="multipart/form-data"><input name="text" aria-label="消息" autofocus> <button>发送</button>
<div><input type="file" name="file" aria-label="文件"></div><div>"""
    + "".join(f'<button name="menu" value="{key}">{words}</button> ' for key, words in _MENU)
    + "</div></form></html>"
)


async def serve(platform: Platform, host: str, port: int) -> None:
    """Until cancelled."""
    runner = web.AppRunner(platform.app(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, host, port).start()
    await asyncio.Event().wait()
