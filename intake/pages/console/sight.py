"""Asking an agency, its side of it, exceptions from the conflict rule, and the inspector's trail."""

from __future__ import annotations

import datetime as dt
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from intake.domain.errors import Forbidden, Malformed, Stale, WrongStep
from intake.pages.console.person import HouseDep, PersonDep, check_csrf
from intake.pages.errors import status_of
from intake.pages.render import page
from intake.services import answer_request, ask_agency, grant_sight, read_trail
from intake.services.audit import Verdict
from intake.services.house import House
from intake.services.sign_in import SignedIn

router = APIRouter(prefix="/console")


async def _fields(request: Request, person: SignedIn) -> dict[str, str]:
    fields = {k: str(v) for k, v in (await request.form(max_fields=20)).items()}
    check_csrf(person, fields.get("csrf", ""))
    return fields


def _number(text: str) -> int:
    """0 for what is no small number: the service says what is wrong."""
    return int(text) if text.isdecimal() and len(text) < 5 else 0


@router.get("/leads/{number}/sight")
async def lead_sight(request: Request, number: str, person: PersonDep, house: HouseDep) -> Response:
    return await _lead_sight(request, number, person, house)


async def _lead_sight(
    request: Request,
    number: str,
    person: SignedIn,
    house: House,
    *,
    error: str = "",
    status: int = 200,
    typed: dict[str, str] | None = None,
) -> Response:
    asking = await ask_agency.asking(number, viewer=person.viewer, house=house)
    grants = []
    if person.viewer.role in grant_sight.MAY_GRANT:
        grants = await grant_sight.grants_of(number, viewer=person.viewer, house=house)
    return page(
        request,
        "console/lead_sight.html",
        status=status,
        person=person,
        number=number,
        asking=asking,
        grants=grants,
        may_grant=person.viewer.role in grant_sight.MAY_GRANT,
        organisations=house.organisations,
        now=house.clock(),
        error=error,
        typed=typed or {},
    )


@router.post("/leads/{number}/sight/{action}")
async def change_sight(
    request: Request, number: str, action: str, person: PersonDep, house: HouseDep
) -> Response:
    """ask | decide | grant | revoke; what goes wrong is said on the page."""
    fields = await _fields(request, person)
    try:
        await _act(number, action, fields, person, house)
    except (Malformed, WrongStep, Forbidden, Stale) as error:
        return await _lead_sight(
            request, number, person, house, error=error.detail, status=status_of(error), typed=fields
        )
    return RedirectResponse(f"/console/leads/{number}/sight", status_code=303)


async def _act(number: str, action: str, fields: dict[str, str], person: SignedIn, house: House) -> None:
    viewer = person.viewer
    if action == "ask":
        if fields.get("checked") != "1":
            raise Forbidden("请先通读脱敏内容，确认不会暴露投诉人，再勾选发出。")
        wanted = ask_agency.Question(
            fields.get("organisation", ""),
            fields.get("question", ""),
            fields.get("copy", ""),
            _number(fields.get("days", "")),
        )
        await ask_agency.ask_agency(number, wanted, viewer=viewer, house=house)
    elif action == "decide":
        await ask_agency.decide_answer(
            number,
            fields.get("request", ""),
            fields.get("decision", ""),
            fields.get("comment", ""),
            viewer=viewer,
            house=house,
        )
    elif action == "grant":
        grant = grant_sight.Grant(
            fields.get("account", ""), fields.get("reason", ""), _number(fields.get("days", ""))
        )
        await grant_sight.grant_sight(number, grant, viewer=viewer, house=house)
    elif action == "revoke":
        await grant_sight.revoke_sight(number, fields.get("grant", ""), viewer=viewer, house=house)
    else:
        raise WrongStep("没有这个操作。", legal=("ask", "decide", "grant", "revoke"))


@router.get("/requests")
async def requests(request: Request, person: PersonDep, house: HouseDep) -> Response:
    found = await answer_request.my_requests(person.viewer, house=house)
    return page(request, "console/requests.html", person=person, requests=found, now=house.clock())


@router.get("/requests/{number}")
async def one_request(request: Request, number: str, person: PersonDep, house: HouseDep) -> Response:
    return await _request_page(request, number, person, house)


@router.post("/requests/{number}/answer")
async def answer(request: Request, number: str, person: PersonDep, house: HouseDep) -> Response:
    fields = await _fields(request, person)
    try:
        await answer_request.answer_request(
            number,
            fields.get("answer", ""),
            version=_number(fields.get("version", "")),
            viewer=person.viewer,
            house=house,
        )
    except (Malformed, WrongStep, Stale) as error:
        typed = fields.get("answer", "")
        return await _request_page(
            request, number, person, house, error=error.detail, status=status_of(error), typed=typed
        )
    return RedirectResponse(f"/console/requests/{number}", status_code=303)


async def _request_page(
    request: Request,
    number: str,
    person: SignedIn,
    house: House,
    *,
    error: str = "",
    status: int = 200,
    typed: str = "",
) -> Response:
    found = await answer_request.read_request(number, person.viewer, house=house)
    return page(
        request,
        "console/request.html",
        status=status,
        person=person,
        asked=found,
        organisation=house.organisations[found.organisation].name,
        now=house.clock(),
        error=error,
        typed=typed,
    )


@router.get("/audit")
async def trail(
    request: Request,
    person: PersonDep,
    house: HouseDep,
    actor: Annotated[str | None, Query(max_length=64)] = None,
    kind: Annotated[str | None, Query(max_length=32)] = None,
    number: Annotated[str | None, Query(max_length=16)] = None,
    since: Annotated[str | None, Query(max_length=10)] = None,
    until: Annotated[str | None, Query(max_length=10)] = None,
    before: Annotated[str | None, Query(max_length=32)] = None,
) -> Response:
    wanted = read_trail.TrailFilter(
        actor or None, kind or None, (number or "").strip().upper() or None, _day(since), _day(until)
    )
    return await _trail_page(request, person, house, wanted, before=before)


@router.post("/audit/verify")
async def verify(request: Request, person: PersonDep, house: HouseDep) -> Response:
    await _fields(request, person)
    verdict = await read_trail.verify_trail(person.viewer, house=house)
    return await _trail_page(request, person, house, read_trail.TrailFilter(), verdict=verdict)


async def _trail_page(
    request: Request,
    person: SignedIn,
    house: House,
    wanted: read_trail.TrailFilter,
    *,
    before: str | None = None,
    verdict: Verdict | None = None,
) -> Response:
    found = await read_trail.read_trail(person.viewer, wanted, before=before, house=house)
    query = {k: v for k, v in request.query_params.items() if k != "before" and v}
    return page(
        request,
        "console/audit.html",
        person=person,
        rows=found.rows,
        kinds=read_trail.KINDS,
        query=query,
        next=urlencode(query | {"before": found.next}) if found.next else None,
        verdict=verdict,
    )


def _day(text: str | None) -> dt.date | None:
    """raises: Malformed never: a day that is none narrows nothing"""
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        return None
