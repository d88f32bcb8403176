"""Trusted reporters by program: report, follow, answer; each sees only what he reported himself."""

from __future__ import annotations

import secrets
from typing import Annotated, Any

from fastapi import APIRouter, Header
from pydantic import Field

from intake.api.deps import HouseDep, ReporterDep
from intake.api.schemas import Input, ProgressOut, ReceiptOut, local
from intake.domain import lifecycle
from intake.services import report_observation as service

router = APIRouter(prefix="/api/v1/reports", tags=["reporters"])


class ReportIn(Input):
    text: str = Field(max_length=100_000)
    agency_code: str = Field("", max_length=32)
    region_code: str = Field("", max_length=16)
    incident: str = Field("", max_length=128)
    demand: str = Field("", max_length=2000)
    phone: str = Field("", max_length=32)
    attachment_ids: list[str] = Field(default_factory=list, max_length=20)


class AddedIn(Input):
    text: str = Field("", max_length=100_000)
    attachment_ids: list[str] = Field(default_factory=list, max_length=20)


@router.post("", status_code=201)
async def report(
    body: ReportIn,
    viewer: ReporterDep,
    house: HouseDep,
    idempotency_key: Annotated[str | None, Header()] = None,
) -> ReceiptOut:
    """Report an observation. The same Idempotency-Key with the same body gives the same receipt."""
    words = body.model_dump(exclude={"attachment_ids"})
    key = idempotency_key if idempotency_key is not None else secrets.token_hex(16)
    seen = service.Observation(**words, key=key, attachment_ids=tuple(body.attachment_ids))
    return ReceiptOut.of(await service.report_observation(seen, viewer=viewer, house=house))


@router.get("")
async def own_reports(viewer: ReporterDep, house: HouseDep) -> dict[str, Any]:
    """The viewer's own reports, the newest first, and his own numbers."""
    found = await service.own_reports(viewer, house=house)
    items = [
        {
            "number": lead.number,
            "stage": lead.stage,
            "stage_label": lifecycle.stages()[lead.stage].citizen_label,
            "received_at": local(lead.received_at),
        }
        for lead in found.items
    ]
    return {
        "items": items,
        "reported": found.reported,
        "closed": found.closed,
        "documented": found.documented,
    }


@router.get("/{number}")
async def one_report(number: str, viewer: ReporterDep, house: HouseDep) -> ProgressOut:
    """One report of the viewer's own, as any author sees a complaint."""
    return ProgressOut.of((await service.read_report(number, viewer, house=house)).progress)


@router.post("/{number}/supplements", status_code=201)
async def add(number: str, body: AddedIn, viewer: ReporterDep, house: HouseDep) -> ProgressOut:
    """Answer a question, or add words or files."""
    await service.add_to_report(number, body.text, body.attachment_ids, viewer=viewer, house=house)
    return ProgressOut.of((await service.read_report(number, viewer, house=house)).progress)
