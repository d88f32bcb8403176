"""What does not get through to the hotline, and the button that tries again."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from intake.pages.console.person import HouseDep, PersonDep, check_csrf
from intake.pages.render import page
from intake.services.stuck_deliveries import drive_again, stuck_deliveries

router = APIRouter(prefix="/console/deliveries")


@router.get("")
async def deliveries(request: Request, person: PersonDep, house: HouseDep) -> Response:
    found = await stuck_deliveries(person.viewer, house=house)
    return page(request, "console/deliveries.html", person=person, shown=found, now=house.clock())


@router.post("/{message}")
async def again(
    message: str, person: PersonDep, house: HouseDep, csrf: Annotated[str, Form(max_length=256)] = ""
) -> Response:
    check_csrf(person, csrf)
    await drive_again(message, person.viewer, house=house)
    return RedirectResponse("/console/deliveries", status_code=303)
