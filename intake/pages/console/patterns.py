"""Patterns behind single complaints: what the machine noticed, and a person's word on it."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from intake.domain.errors import Malformed, Stale, WrongStep
from intake.pages.console.person import HouseDep, PersonDep, check_csrf
from intake.pages.errors import status_of
from intake.pages.render import page
from intake.services.house import House
from intake.services.judge_patterns import judge_pattern, list_findings
from intake.services.sign_in import SignedIn

router = APIRouter(prefix="/console/patterns")


@router.get("")
async def findings(request: Request, person: PersonDep, house: HouseDep) -> Response:
    return await _page(request, person, house)


@router.post("/{finding}")
async def judge(request: Request, finding: str, person: PersonDep, house: HouseDep) -> Response:
    fields = {k: str(v) for k, v in (await request.form(max_fields=10)).items()}
    check_csrf(person, fields.get("csrf", ""))
    version = fields.get("version", "")
    try:
        await judge_pattern(
            finding,
            fields.get("decision", ""),
            fields.get("note", ""),
            version=int(version) if version.isdecimal() and len(version) < 9 else 0,
            viewer=person.viewer,
            house=house,
        )
    except (Malformed, Stale, WrongStep) as error:
        return await _page(request, person, house, error=error.detail, status=status_of(error))
    return RedirectResponse("/console/patterns", status_code=303)


async def _page(
    request: Request, person: SignedIn, house: House, *, error: str = "", status: int = 200
) -> Response:
    found = await list_findings(person.viewer, house=house)
    return page(
        request,
        "console/patterns.html",
        status=status,
        person=person,
        shown=found,
        regions=house.region_names,
        error=error,
    )
