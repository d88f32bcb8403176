"""One's own account: password, one-time codes set up, a code given."""

from __future__ import annotations

import re
from typing import Annotated

import segno
from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from markupsafe import Markup

from intake.domain.errors import Malformed, NotSignedIn, TooMany
from intake.pages.console.person import DutyPersonDep, HouseDep, address, check_csrf
from intake.pages.console.typed import after_sign_in
from intake.pages.errors import status_of
from intake.pages.render import page
from intake.services.change_password import change_password
from intake.services.second_factor import begin_code, confirm_code, give_code
from intake.services.secrets import token_hash

router = APIRouter(prefix="/console")
# Only to a lead: an address from outside must not lead away from here.
NEXT = re.compile(r"/console/leads/[0-9A-Z]{1,16}")
FieldDep = Annotated[str, Form(max_length=256)]


@router.get("/password")
async def password(request: Request, person: DutyPersonDep) -> Response:
    return page(request, "console/password.html", person=person, error="", done=False)


@router.post("/password")
async def set_password(
    request: Request,
    person: DutyPersonDep,
    house: HouseDep,
    csrf: FieldDep = "",
    old: FieldDep = "",
    new: FieldDep = "",
    again: FieldDep = "",
) -> Response:
    check_csrf(person, csrf)
    hashed = token_hash(person.token)
    try:
        if person.duty == "otp_required":
            return RedirectResponse("/console/code", status_code=303)
        await change_password(
            old, new, again, viewer=person.viewer, token_hash=hashed, address=address(request), house=house
        )
    except (Malformed, TooMany) as error:
        status = status_of(error)
        return page(
            request, "console/password.html", status=status, person=person, error=error.detail, done=False
        )
    if person.duty:
        return RedirectResponse(await after_sign_in(person, house), status_code=303)
    return page(request, "console/password.html", person=person, error="", done=True)


@router.get("/code/setup")
async def setup(request: Request, person: DutyPersonDep, house: HouseDep) -> Response:
    return await _setup_page(request, person, house)


@router.post("/code/setup")
async def confirm(
    request: Request, person: DutyPersonDep, house: HouseDep, csrf: FieldDep = "", otp: FieldDep = ""
) -> Response:
    """The recovery codes are on this answer and never again."""
    check_csrf(person, csrf)
    try:
        codes = await confirm_code(
            person.viewer.account,
            otp,
            token_hash=token_hash(person.token),
            address=address(request),
            house=house,
        )
    except (Malformed, TooMany) as error:
        return await _setup_page(request, person, house, error=error.detail, status=status_of(error))
    return page(request, "console/recovery_codes.html", person=person, codes=codes)


async def _setup_page(
    request: Request, person: DutyPersonDep, house: HouseDep, *, error: str = "", status: int = 200
) -> Response:
    """The secret as a QR code; nothing is shown before an open password duty is done."""
    if person.duty in ("password_change_required", "otp_required"):
        return RedirectResponse("/console", status_code=303)
    enrolment = await begin_code(person.viewer.account, token_hash=token_hash(person.token), house=house)
    picture = Markup()
    if enrolment is not None:
        # Made here from our own words: plain SVG without script or style.
        drawn = segno.make(enrolment.uri, micro=False).svg_inline(scale=5, light="#fff", border=3)
        picture = Markup(drawn)  # noqa: S704
    return page(
        request,
        "console/code_setup.html",
        status=status,
        person=person,
        enrolment=enrolment,
        picture=picture,
        error=error,
    )


@router.get("/code")
async def code(request: Request, person: DutyPersonDep, next: Annotated[str, Query()] = "") -> Response:
    return page(request, "console/code.html", person=person, error="", next=_next(next))


@router.post("/code")
async def take_code(
    request: Request,
    person: DutyPersonDep,
    house: HouseDep,
    csrf: FieldDep = "",
    otp: FieldDep = "",
    next: FieldDep = "",
) -> Response:
    check_csrf(person, csrf)
    hashed = token_hash(person.token)
    try:
        await give_code(person.viewer.account, otp, token_hash=hashed, address=address(request), house=house)
    except (NotSignedIn, TooMany) as error:
        return page(
            request,
            "console/code.html",
            status=status_of(error),
            person=person,
            error=error.detail,
            next=_next(next),
        )
    return RedirectResponse(
        await after_sign_in(person, house, otherwise=_next(next) or "/console"), status_code=303
    )


def _next(address: str) -> str:
    return address if NEXT.fullmatch(address) else ""
