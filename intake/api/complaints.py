"""Citizens and enterprises, without an account: file, look up, add, withdraw, rate."""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import APIRouter, Header, Request

from intake.api.deps import HouseDep, address
from intake.api.pace import Pace
from intake.api.schemas import CodeIn, ComplaintIn, LookupIn, ProgressOut, RatingIn, ReceiptOut, SupplementIn
from intake.services import after_filing
from intake.services.file_complaint import file_complaint
from intake.services.new_complaint import check_key

router = APIRouter(prefix="/api/v1/complaints", tags=["citizens"])
# A code has 68 bits: the pace only spares the processor (each look costs an Argon2).
LOOKS = Pace(per_minute=60)


@router.post("", status_code=201)
async def file(
    body: ComplaintIn,
    house: HouseDep,
    idempotency_key: Annotated[str | None, Header()] = None,
) -> ReceiptOut:
    """File a complaint. The same Idempotency-Key with the same body gives the same receipt."""
    key = check_key(idempotency_key) if idempotency_key is not None else f"none.{secrets.token_hex(16)}"
    return ReceiptOut.of(await file_complaint(body.to_complaint(f"api.{key}"), house=house))


@router.post("/lookup")
async def look_up(body: LookupIn, house: HouseDep, request: Request) -> ProgressOut:
    """Progress by number and query code; 404 alike for an unknown number and a wrong code."""
    await LOOKS.take(address(request))
    return ProgressOut.of(await after_filing.track(body.number, body.query_code, house=house))


@router.post("/{number}/supplements", status_code=201)
async def supplement(number: str, body: SupplementIn, house: HouseDep, request: Request) -> ProgressOut:
    """Add words or files to a complaint."""
    await LOOKS.take(address(request))
    return ProgressOut.of(
        await after_filing.supplement(
            number, body.query_code, body.text, attachment_ids=body.attachment_ids, house=house
        )
    )


@router.post("/{number}/withdraw")
async def withdraw(number: str, body: CodeIn, house: HouseDep, request: Request) -> ProgressOut:
    """Take a complaint back; nothing is deleted."""
    await LOOKS.take(address(request))
    return ProgressOut.of(await after_filing.withdraw(number, body.query_code, house=house))


@router.post("/{number}/rating")
async def rate(number: str, body: RatingIn, house: HouseDep, request: Request) -> ProgressOut:
    """Rate a closed case from 1 to 5."""
    await LOOKS.take(address(request))
    return ProgressOut.of(await after_filing.rate(number, body.query_code, body.score, house=house))
