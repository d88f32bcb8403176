"""Sealed referrals to the discipline inspection body, for programs of those who handle them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from fastapi import APIRouter, Response
from pydantic import Field

from intake.api.deps import HouseDep, StaffDep, VersionDep
from intake.api.schemas import Input, local
from intake.services import deliver_letter, refer_discipline
from intake.services.refer_discipline import Shown

router = APIRouter(prefix="/api/v1", tags=["staff"])


class WishIn(Input):
    reason: str = Field(max_length=8)
    why: str = Field(max_length=20_000)
    wants_identity: bool = False


class DecisionIn(Input):
    decision: str = Field(max_length=16)


class ReceiptIn(Input):
    number: str = Field(max_length=100)
    received_at: dt.datetime
    sha256: str = Field(max_length=100)


def referral_json(one: Shown) -> dict[str, Any]:
    """What remains of a referral; never what is in the letter."""
    row = one.row
    return {
        "number": row.number,
        "lead": one.lead.number,
        "state": row.state,
        "way": row.way or None,
        "reason": {"code": one.reason.code, "label": one.reason.label, "why": one.why},
        "asked_by": row.asked_by,
        "asked_at": local(row.asked_at),
        "decided_by": row.decided_by,
        "has_identity": row.has_identity,
        "sha256": row.sha256,
        "receipt_due_by": local(row.due_by) if row.due_by else None,
        "is_stuck": one.is_stuck,
        "receipt": {
            "number": row.receipt_no,
            "received_at": local(row.receipt_at) if row.receipt_at else None,
            "sha256": row.receipt_sha256,
            "is_signed": row.receipt_signature is not None,
        }
        if row.receipt_no
        else None,
        "version": row.version,
    }


@router.get("/referrals")
async def all_referrals(viewer: StaffDep, house: HouseDep) -> list[dict[str, Any]]:
    """Every referral that the viewer handles; those whose receipt is missing first."""
    return [referral_json(one) for one in await refer_discipline.all_referrals(viewer, house=house)]


@router.get("/leads/{number}/referrals")
async def referrals_of(number: str, viewer: StaffDep, house: HouseDep) -> list[dict[str, Any]]:
    """Referrals of one lead that the viewer handles; the reading is recorded."""
    found = await refer_discipline.referrals_of(number, viewer=viewer, house=house)
    return [referral_json(one) for one in found.items]


@router.post("/leads/{number}/referrals", status_code=201)
async def ask(number: str, body: WishIn, viewer: StaffDep, house: HouseDep) -> dict[str, str]:
    """Ask for a sealed referral; without four eyes it is made at once."""
    wish = refer_discipline.Wish(body.reason, body.why, body.wants_identity)
    return {"number": await refer_discipline.ask_referral(number, wish, viewer=viewer, house=house)}


@router.post("/leads/{number}/referrals/{referral}/decision", status_code=204)
async def decide(
    number: str, referral: str, body: DecisionIn, viewer: StaffDep, house: HouseDep, version: VersionDep
) -> None:
    """approve | refuse; If-Match carries the referral's version."""
    await refer_discipline.decide_referral(
        number, referral, body.decision, version=version, viewer=viewer, house=house
    )


@router.post("/leads/{number}/referrals/{referral}/letter")
async def take(number: str, referral: str, viewer: StaffDep, house: HouseDep) -> Response:
    """The sealed letter for carrying it by hand; who took it is kept."""
    name, letter = await deliver_letter.take_letter(number, referral, viewer=viewer, house=house)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(letter, media_type="application/octet-stream", headers=headers)


@router.post("/leads/{number}/referrals/{referral}/receipt", status_code=204)
async def receipt(
    number: str, referral: str, body: ReceiptIn, viewer: StaffDep, house: HouseDep, version: VersionDep
) -> None:
    """The receipt on paper; refused when its hash is not the letter's."""
    at = body.received_at if body.received_at.tzinfo else None
    given = deliver_letter.PaperReceipt(body.number, at, body.sha256)
    await deliver_letter.enter_receipt(number, referral, given, version=version, viewer=viewer, house=house)
