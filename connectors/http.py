"""One HTTP call to another authority's system, and what its answer really means.

Systems met in the field answer JSON as text/html, an HTML login page with
status 200 when a session is over, or an error inside a 200. Here each of these
becomes JSON or one of errors.py; nothing of the other side reaches a log.
"""

import asyncio
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import aiohttp
from yarl import URL

from connectors.errors import ConnectorError, Garbled, Refused, Unreachable

LATER = frozenset({408, 425, 429})
_LOGIN = re.compile(r"type=[\"']?password|login|登录|登陆|统一身份认证", re.IGNORECASE)
_CHUNK = 65_536


class _TooLarge(Exception):
    """More bytes than Limits allow."""


@dataclass(frozen=True, slots=True)
class Limits:
    """total_s, connect_s: seconds; max_bytes: of an answer, after decompression."""

    total_s: float = 15.0
    connect_s: float = 5.0
    max_bytes: int = 4_000_000


@dataclass(frozen=True, slots=True)
class Answer:
    """A JSON object that came back, whatever its content type said."""

    status: int
    body: dict[str, Any]


class HttpCaller:
    """Calls one system at one base address.

    base_url:  http(s) address, a path prefix is kept
    session:   an aiohttp session to share (stays open), None to own one
    """

    def __init__(
        self,
        system: str,
        base_url: str,
        *,
        session: aiohttp.ClientSession | None = None,
        limits: Limits | None = None,
    ) -> None:
        base = URL(base_url.rstrip("/"))
        if base.scheme not in {"http", "https"} or not base.host:
            raise ValueError(f"address of {system} must start with http:// or https://")
        self._system = system
        self._base = base
        self._session = session
        self._owns_session = session is None
        self._limits = limits or Limits()

    def url(self, path: str, query: Mapping[str, str] | None = None) -> URL:
        """The full address; path segments must already be percent-encoded."""
        url = URL(str(self._base) + path, encoded=True)
        return url.with_query(query) if query else url

    async def json(self, method: str, url: URL, *, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        """Make the call once and give the JSON object that came back.

        raises:  Unreachable, Refused, Garbled; see errors.py
        """
        try:
            status, answer_headers, raw = await self._exchange(method, url, body, headers)
        except (aiohttp.ClientConnectionError, TimeoutError, OSError) as gone:
            raise Unreachable(f"{self._system} 没有应答，稍后重试", system=self._system) from gone
        except _TooLarge as large:
            raise Garbled(f"{self._system} 的应答超过了大小上限", system=self._system) from large
        except (aiohttp.ClientError, ValueError) as broken:
            raise Garbled(f"{self._system} 的应答不是合法的 HTTP", system=self._system) from broken
        text = _decode(raw, answer_headers.get("Content-Type", ""))
        parsed = _object(text)
        if status != 200 and not 200 < status < 300:
            raise self._failed(status, answer_headers, parsed)
        if parsed is None:
            raise self._garbled(status, text)
        return Answer(status, parsed)

    async def close(self) -> None:
        if self._owns_session and self._session is not None:
            await self._session.close()
            self._session = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            # No cookies: these calls carry a signature, and a kept login cookie only hides an expired one.
            self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        return self._session

    async def _exchange(
        self, method: str, url: URL, body: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, Mapping[str, str], bytes]:
        timeout = aiohttp.ClientTimeout(total=self._limits.total_s, sock_connect=self._limits.connect_s)
        async with (
            asyncio.timeout(self._limits.total_s),
            self._open().request(
                method, url, data=body, headers=headers, timeout=timeout, allow_redirects=False
            ) as answer,
        ):
            raw = bytearray()
            async for chunk in answer.content.iter_chunked(_CHUNK):
                raw += chunk
                if len(raw) > self._limits.max_bytes:
                    raise _TooLarge
            return answer.status, answer.headers.copy(), bytes(raw)

    def _failed(self, status: int, headers: Mapping[str, str], body: dict[str, Any] | None) -> ConnectorError:
        said = body or {}
        code = str(said["code"]) if "code" in said else None
        trace_id = str(said["trace_id"]) if said.get("trace_id") else None
        kind, message = self._meaning(status, is_json=body is not None)
        if isinstance(said.get("message"), str):
            message = f"{message}：{said['message'][:120]}"
        return kind(
            message,
            system=self._system,
            status=status,
            code=code,
            trace_id=trace_id,
            retry_after_s=_seconds(headers.get("Retry-After")),
        )

    def _meaning(self, status: int, *, is_json: bool) -> tuple[type[ConnectorError], str]:
        if status >= 500 or status in LATER:
            return Unreachable, f"{self._system} 暂时不能处理（HTTP {status}），稍后重试"
        if status < 400:
            return Garbled, f"{self._system} 把请求转到了别的地址（HTTP {status}），可能是登录已失效"
        if status == 404 and not is_json:
            return Garbled, f"{self._system} 没有这个接口地址（HTTP 404），请核对接口地址"
        return Refused, f"{self._system} 不接受这个请求（HTTP {status}）"

    def _garbled(self, status: int, text: str) -> Garbled:
        if text.lstrip().startswith("<"):
            what = "登录页面" if _LOGIN.search(text[:20_000]) else "网页"
            return Garbled(
                f"{self._system} 返回的是{what}而不是数据，请检查接口地址和登录状态",
                system=self._system,
                status=status,
            )
        return Garbled(f"{self._system} 返回的内容不是 JSON 对象", system=self._system, status=status)


def _decode(raw: bytes, content_type: str) -> str:
    match = re.search(r"charset=[\"']?([\w-]+)", content_type, re.IGNORECASE)
    for charset in (match.group(1) if match else "utf-8-sig", "utf-8-sig", "gb18030"):
        try:
            return raw.decode(charset).removeprefix("\ufeff")
        except (UnicodeDecodeError, LookupError):
            continue
    return raw.decode("utf-8", "replace")


def _object(text: str) -> dict[str, Any] | None:
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return parsed if isinstance(parsed, dict) else None


def _seconds(value: str | None) -> float | None:
    """Retry-After in seconds; the date form is rare and left to the caller's own back-off."""
    return float(value) if value and re.fullmatch(r"[0-9]{1,6}", value) else None
