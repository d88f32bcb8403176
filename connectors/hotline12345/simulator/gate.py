"""The gate of the local hotline's /api: fault first, then signature, then one envelope for every answer."""

import datetime as dt
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from connectors.hotline12345 import tables
from connectors.hotline12345.signing import WINDOW, NotTrusted, verify
from connectors.hotline12345.simulator.book import OtherContent, UnknownNumber
from connectors.hotline12345.simulator.desk import HOUSE
from connectors.hotline12345.simulator.faults import suffer
from connectors.policies.agreed import Agreed
from connectors.policies.seals import Seal, seal_json


class Answered(Exception):
    """Stop here and answer with this code of data/answers.csv."""

    def __init__(self, code: int, detail: str = "", errors: list[dict[str, str]] | None = None) -> None:
        super().__init__(code)
        self.code, self.detail, self.errors = code, detail, errors or []


@dataclass(slots=True)
class Gate:
    """seen: nonces within twice the window."""

    app_id: str
    trust: Agreed
    clock: Callable[[], dt.datetime]
    seen: dict[str, dt.datetime] = field(default_factory=dict)

    async def check(self, request: web.Request) -> None:
        """raises: Answered when the call is not signed by our one partner."""
        said = verify(
            request.headers,
            request.method,
            request.rel_url.raw_path_qs,
            await request.read(),
            secret_of={self.app_id: self.trust.signer}.get,
            now=self.clock(),
            decoy=self.trust.signer,
        )
        if isinstance(said, NotTrusted):
            raise Answered(40102 if said.reason == "stale_timestamp" else 40101, said.message)
        if not self._spend(said.nonce):
            raise Answered(40103)

    async def answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """The handler's answer, or the envelope of what stopped it."""
        try:
            await self.check(request)
            return await handler(request)
        except web.HTTPRequestEntityTooLarge:
            return _refusal(Answered(41301))
        except UnknownNumber:
            return _refusal(Answered(40401))
        except OtherContent:
            return _refusal(Answered(40902))
        except Answered as answered:
            return _refusal(answered)

    def _spend(self, nonce: str) -> bool:
        now = self.clock()
        if len(self.seen) > 50_000:
            self.seen = {known: at for known, at in self.seen.items() if now - at < 2 * WINDOW}
        is_new = nonce not in self.seen or now - self.seen[nonce] >= 2 * WINDOW
        self.seen[nonce] = now
        return is_new


def gate(app_id: str, trust: Agreed, clock: Callable[[], dt.datetime]) -> Middleware:
    """The middleware that stands before /api and lets everything else through."""
    keeper = Gate(app_id, trust, clock)

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not request.path.startswith("/api/"):
            return await handler(request)
        faults = request.app[HOUSE].faults
        delay_s = faults.delay_s
        return await suffer(faults.next(), delay_s, request, lambda call: keeper.answer(call, handler))

    return middleware


def ok(content: Mapping[str, Any], seal: Seal | None) -> web.Response:
    """The envelope of a success, its data sealed when that was agreed."""
    data = content if seal is None else seal_json(content, seal)
    return web.json_response({"code": 0, "message": "成功", "trace_id": _trace(), "data": data}, dumps=_dumps)


def _refusal(answered: Answered) -> web.Response:
    known = tables.answers()[answered.code]
    content = {
        "code": answered.code,
        "message": answered.detail or known.message,
        "trace_id": _trace(),
        "data": {"errors": answered.errors},
    }
    return web.json_response(content, status=known.http_status, dumps=_dumps)


def _trace() -> str:
    return uuid.uuid4().hex[:16]


def _dumps(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False).encode("utf-8", "replace").decode()
