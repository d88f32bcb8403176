"""Evidence on a lead's page: the copy is shown, the original is a download with a reason."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response, StreamingResponse

from intake.domain.errors import Malformed
from intake.pages.console.person import HouseDep, PersonDep, check_csrf
from intake.pages.errors import status_of
from intake.pages.render import page
from intake.services import handle_evidence
from intake.services.handle_evidence import Content

router = APIRouter(prefix="/console/leads/{number}/evidence/{attachment_id}")


@router.get("/view")
async def view(number: str, attachment_id: str, person: PersonDep, house: HouseDep) -> Response:
    """The stripped copy of an image, shown."""
    content = await handle_evidence.view_copy(number, attachment_id, viewer=person.viewer, house=house)
    return _stream(content, "inline")


@router.post("/original")
async def original(
    request: Request, number: str, attachment_id: str, person: PersonDep, house: HouseDep
) -> Response:
    fields = await _fields(request)
    check_csrf(person, fields.get("csrf", ""))
    try:
        content = await handle_evidence.take_original(
            number, attachment_id, fields.get("reason", ""), viewer=person.viewer, house=house
        )
    except Malformed as error:
        return _refused(request, number, error)
    return _stream(content, "attachment")


@router.post("/release")
async def release(
    request: Request, number: str, attachment_id: str, person: PersonDep, house: HouseDep
) -> Response:
    fields = await _fields(request)
    check_csrf(person, fields.get("csrf", ""))
    try:
        await handle_evidence.release_evidence(
            number, attachment_id, fields.get("reason", ""), viewer=person.viewer, house=house
        )
    except Malformed as error:
        return _refused(request, number, error)
    return _back(number)


@router.post("/forward")
async def forward(
    request: Request, number: str, attachment_id: str, person: PersonDep, house: HouseDep
) -> Response:
    """Allow or no longer allow that the item goes to others."""
    fields = await _fields(request)
    check_csrf(person, fields.get("csrf", ""))
    try:
        await handle_evidence.allow_forward(
            number,
            attachment_id,
            fields.get("reason", ""),
            allowed=fields.get("allowed") == "1",
            viewer=person.viewer,
            house=house,
        )
    except Malformed as error:
        return _refused(request, number, error)
    return _back(number)


async def _fields(request: Request) -> dict[str, str]:
    return {k: str(v) for k, v in (await request.form(max_fields=10, max_files=0)).items()}


def _back(number: str) -> Response:
    return RedirectResponse(f"/console/leads/{number}#evidence", status_code=303)


def _refused(request: Request, number: str, error: Malformed) -> Response:
    values = {"title": "没有办成", "words": error.detail, "home": f"/console/leads/{number}"}
    return page(request, "error.html", status=status_of(error), **values)


def _stream(content: Content, disposition: str) -> Response:
    suffix = content.name.rsplit(".", 1)[-1]
    names = f"filename=\"evidence.{suffix}\"; filename*=UTF-8''{quote(content.name)}"
    headers = {
        "Content-Disposition": f"{disposition}; {names}",
        "Cache-Control": "no-store",
        # Whatever the file is, it may run and load nothing; a second policy only narrows the house's own.
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return StreamingResponse(content.stream, media_type=content.media_type, headers=headers)
