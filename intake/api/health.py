"""Alive, ready (each part named), figures for Prometheus."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from intake.api.deps import HouseDep
from intake.services.health import backlog, readiness

router = APIRouter(tags=["operations"])


@router.get("/healthz")
async def alive() -> dict[str, str]:
    """The process answers."""
    return {"status": "alive"}


@router.get("/readyz")
async def ready(house: HouseDep) -> Response:
    """Database, model and bot, each named. Only a missing database makes it 503: the rest has a way round."""
    parts = await readiness(house=house)
    return JSONResponse(
        {"status": "ready" if parts["database"] == "ok" else "not_ready", **parts},
        status_code=200 if parts["database"] == "ok" else 503,
    )


@router.get("/metrics")
async def metrics(house: HouseDep) -> Response:
    """Prometheus text."""
    await backlog(house=house)
    return PlainTextResponse(generate_latest(), media_type=CONTENT_TYPE_LATEST)
