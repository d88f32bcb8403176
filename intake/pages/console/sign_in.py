"""Sign in and out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from intake.domain.conflict import REPORTER_ROLES
from intake.domain.errors import NotSignedIn, TooMany
from intake.pages.console.person import COOKIE, DutyPersonDep, HouseDep, address, check_csrf
from intake.pages.console.typed import after_sign_in
from intake.pages.render import page
from intake.services import sign_in as service
from intake.services.keep_typed import KEPT_FOR

router = APIRouter(prefix="/console")


@router.get("/sign-in")
async def ask(request: Request, kept: Annotated[str, Query(max_length=1)] = "") -> Response:
    return page(request, "console/sign_in.html", error="", login="", kept=kept == "1")


@router.post("/sign-in")
async def sign_in(
    request: Request,
    house: HouseDep,
    login: Annotated[str, Form(max_length=64)] = "",
    password: Annotated[str, Form(max_length=256)] = "",
) -> Response:
    try:
        person = await service.sign_in(login, password, address=address(request), house=house, in_steps=True)
    except (NotSignedIn, TooMany) as error:
        status = 429 if isinstance(error, TooMany) else 401
        return page(
            request, "console/sign_in.html", status=status, error=error.detail, login=login, kept=False
        )
    home = "/reporter" if person.viewer.role in REPORTER_ROLES else "/console"
    answer = RedirectResponse(await after_sign_in(person, house, otherwise=home), status_code=303)
    answer.set_cookie(
        COOKIE,
        person.token,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
        # Longer than the session: the token of one that is over still tells whose words to keep.
        max_age=int((house.policy.session_length + KEPT_FOR).total_seconds()),
    )
    return answer


@router.post("/sign-out")
async def sign_out(person: DutyPersonDep, house: HouseDep, csrf: Annotated[str, Form()] = "") -> Response:
    check_csrf(person, csrf)
    await service.sign_out(person.token, house=house)
    answer = RedirectResponse("/console/sign-in", status_code=303)
    answer.delete_cookie(COOKIE)
    return answer
