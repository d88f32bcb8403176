"""Errors under page addresses become small pages in Chinese; programs keep the API's problems."""

from __future__ import annotations

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from intake.domain import errors
from intake.pages.console.typed import keep
from intake.pages.render import page

log = logging.getLogger(__name__)

_PROGRAMS = ("/api/", "/healthz", "/readyz", "/metrics", "/openapi.json", "/wechat/", "/static/")
# code of the error → status and heading
_SAID: dict[type[errors.XiansuoError], tuple[int, str]] = {
    errors.NotFound: (404, "没有找到"),
    errors.WrongStep: (409, "现在不能这样操作"),
    errors.KeyReused: (409, "已经提交过了"),
    errors.Withdrawn: (410, "已经撤回"),
    errors.Stale: (412, "内容已被更新"),
    errors.Malformed: (422, "提交的内容有误"),
    errors.UnsupportedMedia: (415, "不支持这种文件"),
    errors.FileTooLarge: (413, "文件太大"),
    errors.TooManyFiles: (409, "附件太多"),
    errors.NotSignedIn: (401, "请先登录"),
    errors.Forbidden: (403, "没有权限"),
    errors.TooMany: (429, "操作太频繁"),
    errors.StoreUnavailable: (503, "暂时无法保存"),
}
_HTTP = {
    400: ("提交的内容读不出来", "请返回上一页检查后重试；附件请稍后再补充。"),
    404: ("没有这个页面", "地址可能写错了，或页面已经移走。"),
    405: ("不能这样打开", "请从页面上的按钮进入。"),
}
_UNEXPECTED = "系统出现意外，内容可能还没有提交成功。请稍后再试，或直接拨打 12345。"


def status_of(error: errors.XiansuoError) -> int:
    """The status code of an expected refusal."""
    return next((said[0] for kind, said in _SAID.items() if isinstance(error, kind)), 400)


def duty_address(duty: str, path: str) -> str:
    """The page on which a duty is done; a lead is come back to afterwards."""
    if duty == "otp_again":
        return f"/console/code?next={path.removesuffix('/identity')}"
    return {
        "password_change_required": "/console/password",
        "otp_enrolment_required": "/console/code/setup",
    }.get(duty, "/console/code")


def install(app: FastAPI) -> None:
    """Wrap the API's handlers of `app`: what people opened is answered by a page."""
    for kind in (errors.XiansuoError, HTTPException, RequestValidationError, Exception):
        _wrap(app, kind)


def _wrap(app: FastAPI, kind: type[Exception]) -> None:
    before: Any = app.exception_handlers[kind]

    async def handler(request: Request, error: Exception) -> Response:
        if request.url.path.startswith(_PROGRAMS):
            answer: Response = await before(request, error)
            return answer
        kept = isinstance(error, (errors.NotSignedIn, errors.DutyFirst)) and await keep(request)
        return _as_page(request, error, kept=kept)

    app.add_exception_handler(kind, handler)


def _as_page(request: Request, error: Exception, *, kept: bool) -> Response:
    """kept: what was typed waits for the next sign-in"""
    is_console = request.url.path.startswith(("/console", "/reporter"))
    if isinstance(error, errors.Forbidden) and error.code == "for_staff" and request.method == "GET":
        return RedirectResponse("/reporter", status_code=303)
    if isinstance(error, errors.NotSignedIn) and is_console:
        return RedirectResponse(f"/console/sign-in{'?kept=1' if kept else ''}", status_code=303)
    if isinstance(error, errors.DutyFirst) and is_console:
        return RedirectResponse(duty_address(error.code, request.url.path), status_code=303)
    status, title, words = _words(request, error)
    home = "/console" if is_console else "/"
    answer = page(request, "error.html", status=status, title=title, words=words, home=home)
    if isinstance(error, errors.TooMany):
        answer.headers["Retry-After"] = str(error.retry_after_s)
    return answer


def _words(request: Request, error: Exception) -> tuple[int, str, str]:
    if isinstance(error, errors.XiansuoError):
        title = next((said[1] for kind, said in _SAID.items() if isinstance(error, kind)), "没有办成")
        return status_of(error), title, error.detail
    if isinstance(error, RequestValidationError):
        return 422, "提交的内容有误", "有一项内容太长或格式不对，请返回上一页检查后重试。"
    if isinstance(error, HTTPException):
        title, words = _HTTP.get(error.status_code, ("没有办成", "请求无法处理，请返回上一页重试。"))
        return error.status_code, title, words
    log.error("unexpected error", exc_info=error, extra={"route": request.scope.get("path", "")[:80]})
    return 500, "系统出现意外", _UNEXPECTED
