"""Pages of trusted reporters (行政执法监督员, 基层联系点): report, follow, answer. They work without scripts."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from intake.domain.errors import KeyReused, Malformed, NotFound, UnsupportedMedia, XiansuoError
from intake.pages.console.person import HouseDep, ReporterDep, check_csrf
from intake.pages.errors import status_of
from intake.pages.file_form import FileForm, read_file_form
from intake.pages.render import page
from intake.services import report_observation as service
from intake.services.house import House
from intake.services.sign_in import SignedIn

router = APIRouter(prefix="/reporter")
INPUTS = {
    "complainant.phone": "phone",
    "attachment_ids": "files",
    "incident_time.text": "incident",
}
FIELDS = ("text", "agency_code", "region_code", "incident", "demand", "phone", "key")
SENT_BEFORE = (
    "这份报告先前已经登记过。如果这是另一件事，请再按一次“提交报告”；如果只是补充，请打开那件报告补充。"
)


@router.get("")
async def own(request: Request, person: ReporterDep, house: HouseDep) -> Response:
    found = await service.own_reports(person.viewer, house=house)
    return page(
        request,
        "reporter/reports.html",
        person=person,
        found=found,
        unit=house.organisations.get(person.viewer.organisation),
    )


@router.get("/new")
async def new(request: Request, person: ReporterDep, house: HouseDep) -> Response:
    region = "" if person.viewer.region == "411200" else person.viewer.region
    return _form(request, person, house, {"region_code": region}, {})


@router.post("/new")
async def report(request: Request, person: ReporterDep, house: HouseDep) -> Response:
    sent = await _sent(request, person, house)
    kept, files = sent.fields, sent.files
    if sent.refused:
        return _form(
            request, person, house, kept, {"files": "；".join(sent.refused)}, status=422, files=files
        )
    seen = service.Observation(
        **{name: kept.get(name, "") for name in FIELDS if name != "key"},
        key=kept.get("key") or secrets.token_hex(16),
        attachment_ids=sent.ids,
    )
    try:
        receipt = await service.report_observation(seen, viewer=person.viewer, house=house)
    except Malformed as error:
        problems = {INPUTS.get(f.field, f.field): f.detail for f in error.fields}
        return _form(request, person, house, kept, problems, status=422, files=files)
    except KeyReused:
        return _form(
            request, person, house, kept | {"key": ""}, {"text": SENT_BEFORE}, status=409, files=files
        )
    return page(request, "reporter/receipt.html", status=201, person=person, receipt=receipt)


@router.get("/reports/{number}")
async def one(request: Request, number: str, person: ReporterDep, house: HouseDep) -> Response:
    return await _report_page(request, number, person, house)


@router.post("/answer")
async def answer(request: Request, person: ReporterDep, house: HouseDep) -> Response:
    """An answer or more material; the report's number comes in the form, since files may come only here."""
    sent = await _sent(request, person, house, is_answer=True)
    number, text = sent.fields.get("number", "")[:16], sent.fields.get("text", "")
    try:
        if sent.refused:
            raise UnsupportedMedia("；".join(sent.refused))
        await service.add_to_report(number, text, sent.ids, viewer=person.viewer, house=house)
    except NotFound:
        raise
    except XiansuoError as error:
        return await _report_page(
            request, number, person, house, error=error.detail, status=status_of(error), typed=text
        )
    return RedirectResponse(f"/reporter/reports/{number}", status_code=303)


async def _sent(request: Request, person: SignedIn, house: House, *, is_answer: bool = False) -> FileForm:
    """The form, once its token is right; no byte of a file is kept before. raises: Forbidden, NotFound"""

    async def proves(fields: Mapping[str, str]) -> None:
        check_csrf(person, fields.get("csrf", ""))
        if is_answer:
            await service.read_report(fields.get("number", "")[:16], person.viewer, house=house)

    sent = await read_file_form(request, house=house, proves=proves)
    check_csrf(person, sent.fields.get("csrf", ""))
    return sent


def _form(
    request: Request,
    person: SignedIn,
    house: House,
    kept: dict[str, str],
    errors: dict[str, str],
    *,
    status: int = 200,
    files: Sequence[tuple[str, str]] = (),
) -> Response:
    units = [o for o in house.organisations.values() if o.kind in ("agency", "justice")]
    return page(
        request,
        "reporter/new.html",
        status=status,
        person=person,
        kept=kept,
        errors=errors,
        files=files,
        key=kept.get("key") or secrets.token_hex(16),
        agencies=[(o.code, o.name) for o in units],
        regions=[(c, n) for c, n in house.region_names.items() if len(c) == 6 or c.startswith("411200-")],
    )


async def _report_page(
    request: Request,
    number: str,
    person: SignedIn,
    house: House,
    *,
    error: str = "",
    status: int = 200,
    typed: str = "",
) -> Response:
    found = await service.read_report(number, person.viewer, house=house)
    return page(
        request,
        "reporter/report.html",
        status=status,
        person=person,
        found=found,
        error=error,
        typed=typed,
    )
