"""Sealed referrals to the discipline inspection body: all that one handles, and those of one lead."""

from __future__ import annotations

import datetime as dt

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from intake.domain import referrals
from intake.domain.errors import Forbidden, Malformed, Stale, WrongStep
from intake.domain.sla import LOCAL
from intake.pages.console.person import HouseDep, PersonDep, check_csrf
from intake.pages.errors import status_of
from intake.pages.render import page
from intake.services import deliver_letter, refer_discipline
from intake.services.house import House
from intake.services.sign_in import SignedIn

router = APIRouter(prefix="/console")
ACTIONS = ("ask", "decide", "receipt", "again", "letter")


@router.get("/discipline")
async def everything(request: Request, person: PersonDep, house: HouseDep) -> Response:
    found = await refer_discipline.all_referrals(person.viewer, house=house)
    return page(request, "console/discipline.html", person=person, shown=found, now=house.clock())


@router.get("/leads/{number}/discipline")
async def of_lead(request: Request, number: str, person: PersonDep, house: HouseDep) -> Response:
    return await _lead_page(request, number, person, house)


@router.post("/leads/{number}/discipline")
async def act(request: Request, number: str, person: PersonDep, house: HouseDep) -> Response:
    """ask | decide | receipt | again | letter; what goes wrong is said on the page."""
    fields = {k: str(v) for k, v in (await request.form(max_fields=20, max_files=0)).items()}
    check_csrf(person, fields.get("csrf", ""))
    try:
        letter = await _act(number, fields, person, house)
    except (Malformed, WrongStep, Forbidden, Stale) as error:
        return await _lead_page(request, number, person, house, error=error, typed=fields)
    if letter is not None:
        name, content = letter
        headers = {
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        }
        return Response(content, media_type="application/octet-stream", headers=headers)
    return RedirectResponse(f"/console/leads/{number}/discipline", status_code=303)


async def _act(
    number: str, fields: dict[str, str], person: SignedIn, house: House
) -> tuple[str, bytes] | None:
    """Carry out one action; a file where there is one to take."""
    viewer, action = person.viewer, fields.get("action", "")
    referral = fields.get("referral", "")
    if action == "letter":
        return await deliver_letter.take_letter(number, referral, viewer=viewer, house=house)
    if action == "ask":
        wish = refer_discipline.Wish(
            fields.get("reason", ""), fields.get("why", ""), fields.get("identity") == "1"
        )
        await refer_discipline.ask_referral(number, wish, viewer=viewer, house=house)
    elif action == "decide":
        await refer_discipline.decide_referral(
            number,
            referral,
            fields.get("decision", ""),
            version=_version(fields),
            viewer=viewer,
            house=house,
        )
    elif action == "receipt":
        given = deliver_letter.PaperReceipt(
            fields.get("receipt_no", ""), _moment(fields.get("receipt_at", "")), fields.get("sha256", "")
        )
        await deliver_letter.enter_receipt(
            number, referral, given, version=_version(fields), viewer=viewer, house=house
        )
    elif action == "again":
        await deliver_letter.send_again(number, referral, viewer=viewer, house=house)
    else:
        raise WrongStep("没有这个操作。", legal=ACTIONS)
    return None


def _version(fields: dict[str, str]) -> int:
    """raises: Stale when the form carries none that can be"""
    version = fields.get("version", "")
    if not version.isdecimal() or len(version) > 9:
        raise Stale
    return int(version)


def _moment(text: str) -> dt.datetime | None:
    """What a field for a local time gives (2026-11-23T14:05); None for anything else."""
    try:
        at = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=LOCAL)).astimezone(dt.UTC)


async def _lead_page(
    request: Request,
    number: str,
    person: SignedIn,
    house: House,
    *,
    error: Malformed | WrongStep | Forbidden | Stale | None = None,
    typed: dict[str, str] | None = None,
) -> Response:
    found = await refer_discipline.referrals_of(number, viewer=person.viewer, house=house)
    return page(
        request,
        "console/lead_discipline.html",
        status=status_of(error) if error else 200,
        person=person,
        number=number,
        referring=found,
        choices=referrals.reasons().values(),
        days=house.policy.referral_days,
        four_eyes=house.policy.four_eyes,
        now=house.clock(),
        error=error.detail if error else "",
        typed=typed or {},
    )
