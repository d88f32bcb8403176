"""Errors as application/problem+json: Chinese `detail` for people, stable `code` for programs.

The only place where a refusal meets a status code. Nothing that was sent is
echoed, no internals leave the house.
"""

from __future__ import annotations

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from intake.domain import errors

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
STATUS: dict[type[errors.XiansuoError], tuple[int, str]] = {
    errors.NotFound: (404, "没有找到"),
    errors.WrongStep: (409, "当前状态不能这样操作"),
    errors.KeyReused: (409, "幂等键冲突"),
    errors.Withdrawn: (410, "已撤回"),
    errors.Stale: (412, "内容已被更新"),
    errors.Malformed: (422, "提交的内容有误"),
    errors.UnsupportedMedia: (415, "不支持这种文件"),
    errors.FileTooLarge: (413, "文件太大"),
    errors.TooManyFiles: (409, "附件太多"),
    errors.NotSignedIn: (401, "需要登录"),
    errors.Forbidden: (403, "没有权限"),
    errors.TooMany: (429, "操作太频繁"),
    errors.StoreUnavailable: (503, "暂时无法保存"),
}
_FIELD_WORDS = {
    "missing": "缺少这一项。",
    "json_invalid": "不是有效的 JSON。",
    "string_type": "应为文字。",
    "string_too_long": "内容太长。",
    "string_too_short": "内容太短。",
    "string_unicode": "含有无法识别的字符。",
    "bool_type": "应为 true 或 false。",
    "int_type": "应为整数。",
    "int_parsing": "应为整数。",
    "dict_type": "应为对象。",
    "model_type": "应为对象。",
    "model_attributes_type": "应为对象。",
    "list_type": "应为列表。",
    "literal_error": "不在可选范围内。",
    "date_from_datetime_parsing": "日期格式应为 2026-11-03。",
}
_HTTP_WORDS = {
    404: ("not_found", "没有这个地址。"),
    405: ("method_not_allowed", "这个地址不支持这种请求方法。"),
    400: ("bad_request", "请求无法读取，请检查格式。"),
    413: ("too_large", "提交的内容太大。"),
    415: ("unsupported_media_type", "不支持这种内容类型。"),
}


def problem(
    status: int, code: str, title: str, detail: str, *, headers: dict[str, str] | None = None, **more: Any
) -> JSONResponse:
    body = {"type": f"urn:xiansuo:problem:{code}", "title": title, "status": status, "code": code}
    body |= {"detail": detail, "errors": more.pop("errors", [])} | more
    return JSONResponse(body, status_code=status, media_type=MEDIA_TYPE, headers=headers)


def answer(error: errors.XiansuoError) -> JSONResponse:
    """The response of an expected refusal."""
    status, title = next((v for k, v in STATUS.items() if isinstance(error, k)), (400, "无法处理"))
    more: dict[str, Any] = {}
    headers: dict[str, str] = {}
    if isinstance(error, errors.Malformed):
        more["errors"] = [{"field": f.field, "code": f.code, "detail": f.detail} for f in error.fields]
    if isinstance(error, errors.WrongStep):
        more["legal"] = list(error.legal)
    if isinstance(error, errors.TooMany):
        headers["Retry-After"] = str(error.retry_after_s)
    return problem(status, error.code, title, error.detail, headers=headers, **more)


def _invalid(error: RequestValidationError) -> JSONResponse:
    fields = []
    for item in error.errors():
        path = ".".join(str(p) for p in item["loc"] if p not in ("body", "query", "header", "path"))
        words = _FIELD_WORDS.get(item["type"], "格式不对。")
        fields.append({"field": path or "body", "code": item["type"], "detail": words})
    detail = "；".join(f"{f['field']}：{f['detail']}" for f in fields[:5])
    return problem(422, "malformed", "提交的内容有误", detail, errors=fields)


def install(app: FastAPI) -> None:
    """Make every error of `app` a problem; pages install their own for HTML."""

    @app.exception_handler(errors.XiansuoError)
    async def refused(_request: Request, error: errors.XiansuoError) -> Response:
        return answer(error)

    @app.exception_handler(RequestValidationError)
    async def invalid(_request: Request, error: RequestValidationError) -> Response:
        return _invalid(error)

    @app.exception_handler(HTTPException)
    async def http(_request: Request, error: HTTPException) -> Response:
        code, words = _HTTP_WORDS.get(error.status_code, ("http_error", "请求无法处理。"))
        headers = dict(error.headers) if error.headers else None
        return problem(error.status_code, code, words.rstrip("。"), words, headers=headers)

    @app.exception_handler(Exception)
    async def unexpected(request: Request, error: Exception) -> Response:
        log.error("unexpected error", exc_info=error, extra={"route": request.scope.get("path", "")[:80]})
        words = "系统出现意外，内容可能还没有提交成功。请稍后再试，或直接拨打 12345 热线。"
        return problem(500, "internal", "系统出现意外", words)
