"""Supervision documents of a lead: draft, edit, issue, download."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from intake.domain import documents as kinds
from intake.domain.errors import Forbidden, Malformed, Stale, WrongStep
from intake.pages.console.person import HouseDep, PersonDep, check_csrf
from intake.pages.errors import status_of
from intake.pages.render import page
from intake.services import write_document as service
from intake.services.house import House
from intake.services.issue_document import finish_document
from intake.services.sign_in import SignedIn

router = APIRouter(prefix="/console/leads/{number}/documents")
TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}


async def _fields(request: Request, person: SignedIn) -> dict[str, str]:
    fields = {k: str(v) for k, v in (await request.form(max_fields=10)).items()}
    check_csrf(person, fields.get("csrf", ""))
    return fields


@router.get("")
async def all_of_lead(request: Request, number: str, person: PersonDep, house: HouseDep) -> Response:
    return await _list(request, number, person, house)


async def _list(
    request: Request, number: str, person: SignedIn, house: House, *, error: str = "", status: int = 200
) -> Response:
    found = await service.documents_of(number, viewer=person.viewer, house=house)
    return page(
        request,
        "console/documents.html",
        status=status,
        person=person,
        number=number,
        documents=found,
        kinds=kinds.kinds(),
        error=error,
    )


@router.post("")
async def draft(request: Request, number: str, person: PersonDep, house: HouseDep) -> Response:
    fields = await _fields(request, person)
    try:
        made = await service.draft_document(
            number,
            fields.get("kind", ""),
            reason=fields.get("reason", ""),
            viewer=person.viewer,
            house=house,
        )
    except (Malformed, WrongStep, Forbidden) as error:
        return await _list(request, number, person, house, error=error.detail, status=status_of(error))
    return RedirectResponse(f"/console/leads/{number}/documents/{made}", status_code=303)


@router.get("/{document}")
async def one(request: Request, number: str, document: str, person: PersonDep, house: HouseDep) -> Response:
    return await _one(request, number, document, person, house)


async def _one(
    request: Request,
    number: str,
    document: str,
    person: SignedIn,
    house: House,
    *,
    error: str = "",
    status: int = 200,
    typed: dict[str, str] | None = None,
    is_stale: bool = False,
    asks_sure: bool = False,
) -> Response:
    row = await service.read_document(number, document, viewer=person.viewer, house=house)
    return page(
        request,
        "console/document.html",
        status=status,
        person=person,
        number=number,
        document=row,
        kind=kinds.kinds()[row.kind],
        gaps=kinds.gaps(row.body),
        four_eyes=house.policy.four_eyes,
        error=error,
        typed=typed or {},
        is_stale=is_stale,
        asks_sure=asks_sure and row.state == "draft",
    )


@router.post("/{document}/{action}")
async def change(
    request: Request, number: str, document: str, action: str, person: PersonDep, house: HouseDep
) -> Response:
    """save | issue (shown as it will be first, then with sure=yes) | drop"""
    fields = await _fields(request, person)
    version = int(fields["version"]) if fields.get("version", "").isdecimal() else 0
    viewer = person.viewer
    if action == "issue" and fields.get("sure") != "yes":
        return await _one(request, number, document, person, house, asks_sure=True)
    try:
        if action == "save":
            addressee, body = fields.get("addressee", ""), fields.get("body", "")
            await service.edit_document(
                number, document, addressee, body, version=version, viewer=viewer, house=house
            )
        else:
            await finish_document(number, document, action, version=version, viewer=viewer, house=house)
    except (Malformed, WrongStep, Forbidden, Stale) as error:
        return await _one(
            request,
            number,
            document,
            person,
            house,
            error=error.detail,
            status=status_of(error),
            typed=fields if action == "save" else None,
            is_stale=action == "save" and isinstance(error, Stale),
        )
    back = f"/console/leads/{number}/documents"
    return RedirectResponse(back if action == "drop" else f"{back}/{document}", status_code=303)


@router.get("/{document}/file.{form}")
async def download(
    request: Request, number: str, document: str, form: str, person: PersonDep, house: HouseDep
) -> Response:
    try:
        name, made = await service.download_document(
            number, document, form, viewer=person.viewer, house=house
        )
    except Malformed as error:
        return await _one(
            request, number, document, person, house, error=error.detail, status=status_of(error)
        )
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    headers = {"Content-Disposition": disposition, "Cache-Control": "no-store"}
    return Response(made, media_type=TYPES[form], headers=headers)
