"""HTML pages for citizens and staff: server-rendered, no third party, no script needed but for the chat."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from intake.domain.errors import NotSignedIn, XiansuoError
from intake.pages import citizen
from intake.pages.console import leads, sign_in
from intake.pages.render import page

STATUS = {
    "not_found": 404,
    "forbidden": 403,
    "csrf": 403,
    "not_signed_in": 401,
    "malformed": 422,
    "wrong_step": 409,
    "stale": 412,
    "withdrawn": 410,
    "too_many": 429,
    "store_unavailable": 503,
}
_PROGRAMS = ("/api/", "/healthz", "/readyz", "/metrics", "/openapi.json", "/wechat/")


def install(app: FastAPI) -> None:
    """Mount the pages on `app`; errors under page addresses become pages."""
    static = Path(__file__).with_name("static")
    app.mount("/static", StaticFiles(directory=static), name="static")
    for router in (citizen.router, sign_in.router, leads.router):
        app.include_router(router, include_in_schema=False)
    for kind in (XiansuoError, HTTPException):
        _as_page(app, kind)


def _as_page(app: FastAPI, kind: type[Exception]) -> None:
    """Keep the API's answer for programs, show a page to people."""
    before: Any = app.exception_handlers[kind]

    async def handler(request: Request, error: Exception) -> Response:
        if request.url.path.startswith(_PROGRAMS):
            answer: Response = await before(request, error)
            return answer
        if isinstance(error, NotSignedIn) and request.url.path.startswith("/console"):
            return RedirectResponse("/console/sign-in", status_code=303)
        if isinstance(error, XiansuoError):
            status, words = STATUS.get(error.code, 400), error.detail
        else:
            status = getattr(error, "status_code", 400)
            words = "没有这个页面。" if status == 404 else "请求无法处理。"
        return page(request, "error.html", status=status, title="没有办成", words=words)

    app.add_exception_handler(kind, handler)
