"""Request bodies have a cap, whatever their declared length; answers carry safe headers."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from intake.api.problems import problem

MAX_BODY = 512 * 1024  # 20,000 characters escaped as \\uXXXX pairs are 240 KB
# Where files may come: the files count themselves, this is only the outermost wall.
UPLOADS = frozenset({"/api/v1/attachments", "/form", "/track", "/reporter/new", "/reporter/answer"})
MAX_UPLOAD = 2048 * 1024 * 1024
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (
        b"content-security-policy",
        b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self';"
        b" connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
)


class TooLarge(Exception):
    pass


class Limits:
    """ASGI middleware: 413 beyond MAX_BODY, security headers on every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        secured = _Secured(send)
        length = dict(scope["headers"]).get(b"content-length", b"0")
        most = MAX_UPLOAD if _brings_files(scope) else MAX_BODY
        try:
            if length.isdigit() and int(length) > most:
                raise TooLarge
            await self.app(scope, _Counted(receive, most), secured)
        except TooLarge:
            if not secured.has_started:
                refusal = problem(413, "too_large", "提交的内容太大", "提交的内容太大，请精简后再试。")
                await refusal(scope, receive, secured)


def _brings_files(scope: Scope) -> bool:
    kind: bytes = dict(scope["headers"]).get(b"content-type", b"")
    return (
        scope["path"] in UPLOADS
        and scope["method"] == "POST"
        and kind.lower().startswith(b"multipart/form-data")
    )


class _Counted:
    """Receives a body as far as it is allowed to be long."""

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive = receive
        self._most = most
        self._read = 0

    async def __call__(self) -> Message:
        message = await self._receive()
        self._read += len(message.get("body", b""))
        if self._read > self._most:
            raise TooLarge
        return message


class _Secured:
    """Sends an answer with the safe headers added."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.has_started = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.has_started = True
            message["headers"] = [*message.get("headers", []), *HEADERS]
        await self._send(message)
