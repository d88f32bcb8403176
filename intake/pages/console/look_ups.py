"""Look-ups in other systems, from the lead's page."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from intake.domain.errors import Malformed
from intake.pages.console.person import HouseDep, PersonDep, check_csrf
from intake.pages.errors import status_of
from intake.pages.render import page
from intake.services.look_up import look_up

router = APIRouter(prefix="/console/leads/{number}/look-up")


@router.post("/{system}")
async def ask(request: Request, number: str, system: str, person: PersonDep, house: HouseDep) -> Response:
    """Ask one system; what goes wrong is said on a page that leads back."""
    fields = {k: str(v) for k, v in (await request.form(max_fields=10, max_files=0)).items()}
    check_csrf(person, fields.get("csrf", ""))
    try:
        await look_up(
            number,
            system,
            viewer=person.viewer,
            house=house,
            reason=fields.get("reason", ""),
            document=fields.get("document", ""),
        )
    except Malformed as error:
        values = {"title": "没有查成", "words": error.detail, "home": f"/console/leads/{number}#look-ups"}
        return page(request, "error.html", status=status_of(error), **values)
    return RedirectResponse(f"/console/leads/{number}#look-ups", status_code=303)
