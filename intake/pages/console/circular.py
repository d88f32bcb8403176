"""The month's circular (通报): a draft to edit, then a document to take out."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from intake.domain import periods
from intake.domain.errors import FieldProblem, Malformed
from intake.domain.sla import LOCAL
from intake.pages.console.person import HouseDep, PersonDep, check_csrf
from intake.pages.errors import status_of
from intake.pages.render import page
from intake.services import official_paper
from intake.services.house import House
from intake.services.official_paper import Paper
from intake.services.read_statistics import BAD_PERIOD, sight_of_figures
from intake.services.sign_in import SignedIn
from intake.services.write_circular import write_circular

router = APIRouter(prefix="/console")
# Field to the most signs it may have.
FIELDS = {"title": 200, "addressee": 200, "text": 20_000, "signature": 100, "date": 30}
FORMS = {
    "docx": (official_paper.docx, official_paper.DOCX_TYPE),
    "pdf": (official_paper.pdf, official_paper.PDF_TYPE),
}


@router.get("/circular")
async def draft(
    request: Request,
    person: PersonDep,
    house: HouseDep,
    code: Annotated[str, Query(alias="month", max_length=7)] = "",
) -> Response:
    month = _month(code, house)
    paper = await write_circular(person.viewer, month, house=house)
    return _page(request, person, house, month, paper)


@router.post("/circular")
async def take(request: Request, person: PersonDep, house: HouseDep) -> Response:
    fields = {k: str(v) for k, v in (await request.form(max_fields=10)).items()}
    check_csrf(person, fields.get("csrf", ""))
    sight_of_figures(person.viewer, house)
    month = _month(fields.get("month", ""), house)
    parts = {name: fields.get(name, "").strip()[:most] for name, most in FIELDS.items()}
    lines = tuple(line.strip() for line in parts.pop("text").splitlines() if line.strip())
    paper = Paper(paragraphs=lines, **parts)
    form = "pdf" if fields.get("form") == "pdf" else "docx"
    render, kind = FORMS[form]
    try:
        body = await asyncio.to_thread(render, paper)
    except Malformed as error:
        return _page(request, person, house, month, paper, error=error.detail, status=status_of(error))
    name = (
        f"attachment; filename=\"circular.{form}\"; filename*=UTF-8''%E9%80%9A%E6%8A%A5-{month.code}.{form}"
    )
    return Response(body, media_type=kind, headers={"Content-Disposition": name, "Cache-Control": "no-store"})


def _month(code: str, house: House) -> periods.Period:
    """The month asked for; without one, the last that is over. raises: Malformed"""
    if not code:
        return periods.before(periods.of_day(house.clock().astimezone(LOCAL).date())[0])
    month = periods.parse(code)
    if month is None or "-" not in code or "Q" in code:
        raise Malformed(FieldProblem("month", "bad_period", BAD_PERIOD))
    return month


def _page(
    request: Request,
    person: SignedIn,
    house: House,
    month: periods.Period,
    paper: Paper,
    *,
    error: str = "",
    status: int = 200,
) -> Response:
    today = house.clock().astimezone(LOCAL).date()
    return page(
        request,
        "console/circular.html",
        status=status,
        person=person,
        paper=paper,
        month=month,
        months=periods.last_ones(periods.of_day(today)[0], 12),
        is_running=month.first <= today <= month.last,
        error=error,
    )
