"""HTML pages for citizens and staff: server-rendered, no third party, no script needed but for the chat."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from intake.pages import citizen, errors, reporter
from intake.pages.console import (
    administration,
    circular,
    compare,
    dashboard,
    deliveries,
    desk,
    discipline,
    documents,
    evidence,
    leads,
    ledger,
    live,
    look_ups,
    own_account,
    patterns,
    rules,
    sight,
    sign_in,
    transfers,
    typed,
)


class HashedFiles(StaticFiles):
    """Files that pages name with the hash of their content may be kept for ever, others are asked for anew."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        is_hashed = scope["query_string"].startswith(b"v=")
        answer.headers["Cache-Control"] = "public, max-age=31536000, immutable" if is_hashed else "no-cache"
        return answer


def install(app: FastAPI) -> None:
    """Mount the pages on `app`; errors under page addresses become pages."""
    app.mount("/static", HashedFiles(directory=Path(__file__).with_name("static")), name="static")
    for router in (
        citizen.router,
        reporter.router,
        sign_in.router,
        own_account.router,
        administration.router,
        rules.router,
        patterns.router,
        deliveries.router,
        transfers.router,
        compare.router,
        desk.router,
        live.router,
        sight.router,
        documents.router,
        discipline.router,
        evidence.router,
        dashboard.router,
        ledger.router,
        look_ups.router,
        circular.router,
        typed.router,
        leads.router,
    ):
        app.include_router(router, include_in_schema=False)
    errors.install(app)
