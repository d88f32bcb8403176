"""The web process: citizens' pages, channels, API, staff console."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from intake import pages
from intake.api import (
    attachments,
    complaints,
    external,
    health,
    leads,
    offered,
    problems,
    referrals,
    reports,
    requests,
    stats,
)
from intake.api.limits import Limits
from intake.bootstrap import open_house
from intake.channels import webchat, wechat
from intake.services.house import House
from intake.settings import Settings

TITLE = "线索：行政执法监督投诉举报受理"


def create_app(settings: Settings | None = None, house: House | None = None) -> FastAPI:
    """The application; `house` given (tests) or opened from the settings at start."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        if house is not None:
            app.state.house = house
            yield
            return
        async with open_house(settings or Settings()) as opened:
            app.state.house = opened
            yield

    app = FastAPI(title=TITLE, version="0.1.0", lifespan=lifespan, docs_url=None, redoc_url=None)
    problems.install(app)
    for router in (
        attachments.router,
        complaints.router,
        webchat.router,
        wechat.router,
        requests.router,
        referrals.router,
        reports.router,
        leads.router,
        stats.router,
        external.router,
        offered.router,
        health.router,
    ):
        app.include_router(router)
    pages.install(app)
    app.add_middleware(Limits)
    return app
