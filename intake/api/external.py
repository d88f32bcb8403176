"""Other authorities' systems talk to us: signed work orders, events, changes.

Answers are {code, message, trace_id, data}; code 0 is success, 4xxxx is final,
5xxxx may be tried again.
"""

from __future__ import annotations

import json
import logging
import uuid
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from connectors.hotline12345 import signing
from connectors.hotline12345.field_map import AS_IT_IS, FieldMap
from connectors.policies.seals import NotOpened, Seal, seal_json, unwrap_json
from intake.api.deps import HouseDep
from intake.domain.errors import FieldProblem, Malformed, NotSignedIn, StoreUnavailable, XiansuoError
from intake.services import receive_external
from intake.services.house import House
from intake.services.shared_changes import shared_changes

log = logging.getLogger(__name__)
router = APIRouter(prefix="/api/v1/external", tags=["other authorities"])
FINAL = {"malformed": (422, 42200), "not_signed_in": (401, 40100), "not_found": (404, 40400)}


def _envelope(code: int, message: str, data: Any = None, *, status: int = 200) -> JSONResponse:
    body = {"code": code, "message": message, "trace_id": uuid.uuid4().hex, "data": data}
    return JSONResponse(body, status_code=status)


def _refused(error: XiansuoError) -> JSONResponse:
    if isinstance(error, StoreUnavailable):
        return _envelope(50300, error.detail, {"retryable": True}, status=503)
    status, code = FINAL.get(error.code, (409, 40900))
    fields = [f.detail for f in error.fields] if isinstance(error, Malformed) else []
    return _envelope(code, error.detail, {"retryable": False, "errors": fields}, status=status)


async def _verified(source: str, request: Request, house: House) -> dict[str, Any]:
    """The JSON body of a rightly signed call.

    raises: NotSignedIn; Malformed
    """
    partner = house.policy.caller(source)
    if partner is None:
        raise NotSignedIn("来源系统未登记。")
    app_id, trust = partner
    body = await request.body()
    query = request.scope["query_string"].decode("latin-1")
    path = request.scope["raw_path"].decode("latin-1") + (f"?{query}" if query else "")
    signer = trust.signer
    known = {app_id: signer}
    signed = signing.verify(
        request.headers, request.method, path, body, secret_of=known.get, now=house.clock(), decoy=signer
    )
    if isinstance(signed, signing.NotTrusted):
        log.warning("signature refused", extra={"source": source, "why": signed.reason})
        raise NotSignedIn(signed.message)
    if not await receive_external.spend_nonce(
        signed.app_id, signed.nonce, house=house, window=signing.WINDOW
    ):
        raise NotSignedIn("随机串已使用过。")
    if request.method == "GET":
        return {}
    return _content(body, trust.seal)


def _content(body: bytes, seal: Seal | None) -> dict[str, Any]:
    """raises: Malformed"""
    try:
        parsed = json.loads(body)
        parsed = parsed if seal is None else unwrap_json(parsed, seal)
    except NotOpened as error:
        raise Malformed(FieldProblem("body", "not_sealed", "请求体没有按约定加密。")) from error
    except (ValueError, RecursionError) as error:
        raise Malformed(FieldProblem("body", "json_invalid", "请求体不是有效的 JSON。")) from error
    if not isinstance(parsed, dict):
        raise Malformed(FieldProblem("body", "dict_type", "请求体应为 JSON 对象。"))
    return parsed


def _map(source: str, house: House) -> FieldMap:
    return house.policy.hotline_map if source == "hotline12345" else AS_IT_IS


def _done(message: str, data: dict[str, Any], source: str, house: House) -> JSONResponse:
    """Success, its data sealed when that was agreed."""
    partner = house.policy.caller(source)
    seal = partner[1].seal if partner else None
    return _envelope(0, message, data if seal is None else seal_json(data, seal))


@router.post("/{source}/work-orders")
async def work_order(source: str, request: Request, house: HouseDep) -> JSONResponse:
    """A work order of theirs: created, updated or duplicate_same."""
    try:
        order = _map(source, house).order_in(await _verified(source, request, house))
        taken = await receive_external.receive_work_order(source, order, house=house)
    except XiansuoError as error:
        return _refused(error)
    return _done("已接收", {"result": taken.result, "number": taken.number}, source, house)


@router.post("/{source}/work-orders/{number}/events")
async def event(source: str, number: str, request: Request, house: HouseDep) -> JSONResponse:
    """An event on a work order; an unknown number is kept and answered with "orphan"."""
    try:
        body = _map(source, house).event_in(await _verified(source, request, house))
        taken = await receive_external.receive_event(source, number[:64], body, house=house)
    except XiansuoError as error:
        return _refused(error)
    return _done("已接收", {"result": taken.result, "number": taken.number}, source, house)


@router.get("/{source}/changes")
async def changes(
    source: str, request: Request, house: HouseDep, since: str = "0", limit: int = 200
) -> JSONResponse:
    """Ordered changes of the leads shared with them, for reconciliation."""
    try:
        await _verified(source, request, house)
        page = await shared_changes(source, since, min(max(limit, 1), 500), house=house)
    except XiansuoError as error:
        return _refused(error)
    return _done("成功", page, source, house)
