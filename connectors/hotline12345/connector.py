"""Calls to a 12345 hotline: work orders and events out, changes in.

One attempt a call. Every attempt is signed anew (time stamp, nonce); the
X-Message-Id is the caller's and the same in every attempt, so the hotline can
tell a repetition from a second case.
"""

import datetime as dt
import itertools
import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

import aiohttp
from yarl import URL

from connectors.base import Ack, Change, ChangePage
from connectors.errors import ConnectorError, Garbled, Refused, Unreachable
from connectors.hotline12345 import tables
from connectors.hotline12345.field_map import AS_IT_IS, FieldMap
from connectors.hotline12345.signing import Algorithm, signed_headers
from connectors.http import HttpCaller, Limits
from connectors.policies.agreed import Agreed
from connectors.policies.seals import NotOpened, seal_json, unwrap_json
from connectors.policies.signers import HmacSigner

SYSTEM = "hotline12345"
_OK = frozenset({"0", "200"})
_RESULTS = frozenset({"created", "updated", "duplicate_same"})


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class HotlineClient:
    """A hotline at one address.

    base_url:   with a path prefix if the hotline's gateway has one; the signed path includes it
    session:    an aiohttp session to share, None to own one (then call close)
    algorithm:  of a shared secret; agreed with the hotline, not negotiated
    field_map:  their names and codes, when they are not the canonical ones
    trust:      how calls are signed and bodies sealed; None: by secret and algorithm, not sealed
    clock:      aware now, for the signature
    """

    system = SYSTEM

    def __init__(
        self,
        base_url: str,
        app_id: str,
        secret: str,
        session: aiohttp.ClientSession | None = None,
        *,
        algorithm: Algorithm = "HMAC-SHA256",
        trust: Agreed | None = None,
        field_map: FieldMap = AS_IT_IS,
        limits: Limits | None = None,
        clock: Callable[[], dt.datetime] = _now,
    ) -> None:
        if not app_id or not (secret or trust):
            raise ValueError("hotline12345 needs an app id and a secret")
        self._http = HttpCaller(SYSTEM, base_url, session=session, limits=limits)
        self._app_id = app_id
        self._trust = trust or Agreed(HmacSigner(secret, algorithm))
        self._map = field_map
        self._clock = clock

    async def push_work_order(self, order: Mapping[str, Any], *, message_id: str) -> Ack:
        """Send one work order (keys of data/fields.csv) and give the hotline's number for it.

        raises:  Unreachable, Refused, Garbled
        """
        return _ack(await self._post("/api/v1/work-orders", self._map.order_out(order), message_id))

    async def push_event(self, number: str, event: Mapping[str, Any], *, message_id: str) -> Ack:
        """Tell what happened to their work order `number`: {event, at, text?, status?, ...}.

        raises:  Unreachable, Refused (also for an unknown number), Garbled
        """
        path = f"/api/v1/work-orders/{quote(number, safe='')}/events"
        return _ack(await self._post(path, self._map.event_out(event), message_id))

    async def changes(self, since: str | None = None, limit: int = 100) -> ChangePage:
        """What happened there after `since`, in their order.

        raises:  Unreachable, Refused, Garbled
        """
        query = {"limit": str(limit)} | ({"since": since} if since else {})
        answer = await self._call("GET", self._http.url("/api/v1/changes", query), None, {})
        return _page(_data(answer), since or "")

    async def work_order(self, number: str) -> dict[str, Any]:
        """One of their work orders in canonical form, for reconciliation.

        raises:  Unreachable, Refused (also for an unknown number), Garbled
        """
        url = self._http.url(f"/api/v1/work-orders/{quote(number, safe='')}")
        order = _data(await self._call("GET", url, None, {})).get("order")
        if not isinstance(order, dict):
            raise Garbled("12345 热线的应答缺少 order", system=SYSTEM, status=200)
        return self._map.order_in(order)

    async def close(self) -> None:
        await self._http.close()

    async def _post(self, path: str, content: Mapping[str, Any], message_id: str) -> dict[str, Any]:
        if not message_id:
            raise ValueError("message_id must not be empty")
        if self._trust.seal is not None:
            content = seal_json(content, self._trust.seal)
        body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
        extra = {"X-Message-Id": message_id, "Content-Type": "application/json; charset=utf-8"}
        return await self._call("POST", self._http.url(path), body, extra)

    async def _call(
        self, method: str, url: URL, body: bytes | None, extra: Mapping[str, str]
    ) -> dict[str, Any]:
        headers = signed_headers(
            self._app_id,
            self._trust.signer,
            method,
            url.raw_path_qs,
            body or b"",
            now=self._clock(),
        )
        try:
            answer = await self._http.json(
                method, url, body=body, headers={"Accept": "application/json", **headers, **extra}
            )
        except ConnectorError as failed:
            raise _by_code(failed) from failed
        code = str(answer.body.get("code", ""))[:20]
        if code in _OK:
            return self._opened(answer.body)
        raise _error_in_answer(answer.status, code, answer.body)

    def _opened(self, answer: dict[str, Any]) -> dict[str, Any]:
        """The answer with its data readable."""
        if self._trust.seal is None:
            return answer
        try:
            return answer | {"data": unwrap_json(answer.get("data"), self._trust.seal)}
        except NotOpened as wrong:
            message = "12345 热线的应答没有按约定加密，请与对方核对加密方式和密钥"
            raise Garbled(message, system=SYSTEM, status=200) from wrong


def _by_code(failed: ConnectorError) -> ConnectorError:
    """The hotline's own code knows better than the HTTP status whether to try again."""
    known = (
        tables.answers().get(int(failed.code[:20])) if failed.code and failed.code[:20].isdecimal() else None
    )
    if known is None or not known.is_retryable or isinstance(failed, Unreachable):
        return failed
    return Unreachable(
        failed.message, system=SYSTEM, status=failed.status, code=failed.code, trace_id=failed.trace_id
    )


def _error_in_answer(status: int, code: str, body: Mapping[str, Any]) -> ConnectorError:
    """An HTTP 200 that carries an error: known codes say which kind, unknown ones are Garbled."""
    known = tables.answers().get(int(code)) if code.isdecimal() else None
    trace_id = str(body.get("trace_id") or "") or None
    said = str(body.get("message") or "")[:120]
    if known is None:
        message = f"12345 热线返回了不认识的结果码 {code or '（空）'}：{said}"
        return Garbled(message, system=SYSTEM, status=status, code=code, trace_id=trace_id)
    kind = Unreachable if known.is_retryable else Refused
    message = f"12345 热线：{known.message}（{code}）{said}"
    return kind(message, system=SYSTEM, status=status, code=code, trace_id=trace_id)


def _data(answer: Mapping[str, Any]) -> dict[str, Any]:
    data = answer.get("data")
    if isinstance(data, dict):
        return data
    raise Garbled("12345 热线的应答缺少 data", system=SYSTEM, status=200, trace_id=answer.get("trace_id"))


def _ack(answer: Mapping[str, Any]) -> Ack:
    data = _data(answer)
    number, result = data.get("number"), data.get("result")
    if not isinstance(number, str) or not 0 < len(number) <= 64 or result not in _RESULTS:
        raise Garbled("12345 热线的应答缺少工单编号或处理结果", system=SYSTEM, status=200)
    return Ack(number, result, str(answer.get("trace_id") or ""))


def _page(data: Mapping[str, Any], since: str) -> ChangePage:
    items = data.get("changes")
    if not isinstance(items, list):
        raise Garbled("12345 热线的应答缺少 changes", system=SYSTEM, status=200)
    try:
        changes = tuple(_change(item) for item in items)
    except (KeyError, TypeError, ValueError) as broken:
        raise Garbled("12345 热线的变更记录缺少必要内容", system=SYSTEM, status=200) from broken
    if any(later.seq <= earlier.seq for earlier, later in itertools.pairwise(changes)):
        raise Garbled("12345 热线的变更记录次序不对", system=SYSTEM, status=200)
    return ChangePage(changes, str(data.get("next") or since), bool(data.get("more")))


def _change(item: Mapping[str, Any]) -> Change:
    return Change(
        seq=int(item["seq"]),
        number=str(item["number"]),
        our_number=str(item.get("our_number") or ""),
        kind=str(item["kind"]),
        stage=str(item.get("stage") or ""),
        status=str(item.get("status") or ""),
        at=str(item["at"]),
        origin=str(item.get("origin") or ""),
        body=dict(item),
    )
