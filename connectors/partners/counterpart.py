"""A local counterpart of a government system: a real server with signatures, faults and a book of what it took.

Each connector's simulator.py says what its system answers; here is what all of them do alike.
For development and tests: firms and documents in it are invented and marked 测试.
"""

import asyncio
import datetime as dt
import json
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from connectors.hotline12345.signing import Algorithm, NotTrusted, verify
from connectors.hotline12345.simulator.desk import must_be_local
from connectors.hotline12345.simulator.faults import Faults, suffer

Answer = Callable[["Book", Mapping[str, Any]], Any]
Desk = Callable[["Counterpart"], list[web.RouteDef]]
MOST_BYTES = 4_000_000


class No(Exception):
    """Answer with this code and these words."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(words)
        self.code, self.words = code, words


@dataclass(slots=True)
class Book:
    """What a counterpart knows and what it was sent; rows by name of the call."""

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    taken: list[dict[str, Any]] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    receipts: dict[str, tuple[str, str]] = field(default_factory=dict)

    def take(self, prefix: str, content: Mapping[str, Any]) -> dict[str, Any]:
        """Keep what was sent under its message id; the same id gets the same receipt."""
        message_id = str(content["_message_id"])
        body = {key: value for key, value in content.items() if key != "_message_id"}
        digest = json.dumps(body, sort_keys=True, ensure_ascii=False)
        if message_id in self.receipts:
            number, earlier = self.receipts[message_id]
            if earlier != digest:
                raise No(40902, "同一消息编号的内容不一致")
            return {"receiptNo": number, "result": "duplicate_same"}
        number = f"{prefix}{len(self.receipts) + 1:06d}"
        self.receipts[message_id] = (number, digest)
        self.taken.append(body)
        return {"receiptNo": number, "result": "created"}

    def matching(self, call: str, content: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any]:
        """The rows of a call that agree with everything asked of `keys`."""
        wanted = {key: content[key] for key in keys if content.get(key)}
        if not wanted:
            raise No(40001, "缺少查询条件")
        rows = [r for r in self.rows.get(call, []) if all(r.get(k) == v for k, v in wanted.items())]
        return {"items": rows}


def _no_desk(_one: "Counterpart") -> list[web.RouteDef]:
    return []


@dataclass(slots=True)
class Counterpart:
    """One system: its name, what it answers by path, and who may call it.

    desk: pages and buttons of its own for who sits at this machine
    """

    system: str
    answers: Mapping[str, Answer]
    app_id: str
    secret: str = field(repr=False)
    algorithm: Algorithm = "HMAC-SHA256"
    book: Book = field(default_factory=Book)
    faults: Faults = field(default_factory=Faults)
    nonces: set[str] = field(default_factory=set)
    desk: Desk = _no_desk

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One call, through the fault that is set."""
        return await suffer(self.faults.next(), self.faults.delay_s, request, self._answer)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        try:
            data = await self._data(request)
        except No as no:
            return _reply(no.code, no.words, None)
        return _reply(0, "成功", data)

    async def _data(self, request: web.Request) -> Any:
        body = await request.read()
        said = verify(
            request.headers,
            request.method,
            request.rel_url.raw_path_qs,
            body,
            secret_of={self.app_id: self.secret}.get,
            now=dt.datetime.now(dt.UTC),
            algorithm=self.algorithm,
        )
        if isinstance(said, NotTrusted):
            raise No(40101, said.message)
        if said.nonce in self.nonces:
            raise No(40103, "随机串已使用过")
        self.nonces.add(said.nonce)
        try:
            content = json.loads(body)
        except ValueError:
            content = None
        if not isinstance(content, dict):
            raise No(40002, "请求体不是合法的 JSON 对象")
        self.book.asked.append(content)
        path = request.path.removeprefix(f"/{self.system}")
        return self.answers[path](
            self.book, content | {"_message_id": request.headers.get("X-Message-Id", "")}
        )


def _reply(code: int, words: str, data: Any) -> web.Response:
    status = int(str(code)[:3]) if code else 200
    content = {"code": code, "message": words, "trace_id": uuid.uuid4().hex[:16], "data": data}
    return web.json_response(content, status=status, dumps=lambda c: json.dumps(c, ensure_ascii=False))


def make_app(counterparts: Iterable[Counterpart]) -> web.Application:
    """All counterparts on one port, each under /<system>; POST /<system>/faults sets a fault (this machine only)."""
    app = web.Application(client_max_size=MOST_BYTES)
    for one in counterparts:
        for path in one.answers:
            app.router.add_post(f"/{one.system}{path}", one.handle)
        app.router.add_post(f"/{one.system}/faults", _fault_setter(one))
        app.router.add_get(f"/{one.system}/taken", _taken_teller(one))
        app.add_routes(one.desk(one))
    return app


async def serve(host: str, port: int, counterparts: Iterable[Counterpart]) -> None:
    """Serve until cancelled. raises: OSError when the port is taken"""
    runner = web.AppRunner(make_app(counterparts), access_log=None, shutdown_timeout=2)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()


def _fault_setter(one: Counterpart) -> Callable[[web.Request], Any]:
    async def handler(request: web.Request) -> web.Response:
        must_be_local(request)
        try:
            one.faults.set(await request.json())
        except ValueError as error:
            return web.json_response({"error": str(error)}, status=422)
        return web.json_response({"mode": one.faults.mode})

    return handler


def _taken_teller(one: Counterpart) -> Callable[[web.Request], Any]:
    async def handler(request: web.Request) -> web.Response:
        must_be_local(request)
        return web.json_response({"taken": one.book.taken}, dumps=lambda c: json.dumps(c, ensure_ascii=False))

    return handler
