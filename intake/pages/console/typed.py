"""What was typed when the session was over: shown after signing in, sent on or thrown away."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from intake.pages.console.person import COOKIE, HouseDep, PersonDep, check_csrf, house
from intake.pages.render import page
from intake.services import keep_typed as service
from intake.services.house import House
from intake.services.sign_in import SignedIn

router = APIRouter(prefix="/console/typed")
HERE = "/console/typed"


async def keep(request: Request) -> bool:
    """Keep what this request sent, if it is a form of an account whose session is over."""
    token = request.cookies.get(COOKIE)
    if request.method != "POST" or not token or not service.worth_keeping(request.url.path):
        return False
    fields = [(k, v) for k, v in (await request.form(max_fields=200)).multi_items() if isinstance(v, str)]
    return await service.keep_typed(token, request.url.path, fields, house=house(request))


async def after_sign_in(person: SignedIn, house: House, *, otherwise: str = "/console") -> str:
    """Where to go once signed in or once a code was given: to what is kept, else where one came from."""
    return HERE if await service.kept_for(person.viewer, house=house) else otherwise


@router.get("")
async def show(request: Request, person: PersonDep, house: HouseDep) -> Response:
    kept = await service.kept_for(person.viewer, house=house)
    return page(request, "console/typed.html", person=person, kept=kept, labels=service.WORDS)


@router.post("/{kept_id}/send")
async def send(
    kept_id: str, person: PersonDep, house: HouseDep, csrf: Annotated[str, Form()] = ""
) -> Response:
    """The browser sends the same form on to where it belonged (307)."""
    check_csrf(person, csrf)
    path = await service.take_kept(kept_id, viewer=person.viewer, house=house)
    return RedirectResponse(path, status_code=307)


@router.post("/{kept_id}/drop")
async def drop(
    kept_id: str, person: PersonDep, house: HouseDep, csrf: Annotated[str, Form()] = ""
) -> Response:
    check_csrf(person, csrf)
    await service.take_kept(kept_id, viewer=person.viewer, house=house)
    return RedirectResponse(HERE, status_code=303)
