"""Staff programs (bearer token): lists, one lead, steps. The console uses the same services."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field

from intake.api.deps import HouseDep, StaffDep, VersionDep, address, signed_in, token_of
from intake.api.schemas import Input, StepIn, lead_json, whole_lead_json
from intake.domain.errors import NotSignedIn
from intake.services import read_leads, sign_in, triage
from intake.services.lead_filter import LeadFilter, lead_filter
from intake.services.reveal_identity import reveal_identity
from intake.services.second_factor import give_code
from intake.services.secrets import token_hash
from intake.services.sign_in import SignedIn

router = APIRouter(prefix="/api/v1", tags=["staff"])


class PasswordIn(Input):
    login: str
    password: str
    otp: str | None = Field(None, max_length=40)


class CodeIn(Input):
    otp: str = Field(max_length=40)


@router.post("/sessions", status_code=201)
async def sign_in_by_password(body: PasswordIn, house: HouseDep, request: Request) -> dict[str, str]:
    """A bearer token for programs; ends with the session length of the settings."""
    person = await sign_in.sign_in(
        body.login, body.password, otp=body.otp, address=address(request), house=house
    )
    return {"token": person.token, "role": person.viewer.role}


@router.post("/sessions/code", status_code=204)
async def renew_code(
    body: CodeIn, request: Request, person: Annotated[SignedIn, Depends(signed_in)], house: HouseDep
) -> Response:
    """A new one-time code in an open session: identities may be opened for the next 15 minutes."""
    await give_code(
        person.viewer.account,
        body.otp,
        token_hash=token_hash(person.token),
        address=address(request),
        house=house,
    )
    return Response(status_code=204)


@router.delete("/sessions", status_code=204)
async def sign_out(
    request: Request, _person: Annotated[SignedIn, Depends(signed_in)], house: HouseDep
) -> Response:
    """End the session of the token used."""
    token = token_of(request)
    if token is None:
        raise NotSignedIn
    await sign_in.sign_out(token, house=house)
    return Response(status_code=204)


@router.get("/queues")
async def queues(viewer: StaffDep, house: HouseDep) -> list[dict[str, Any]]:
    """Queues with open leads, as far as the viewer may see."""
    counts = await read_leads.queue_counts(viewer, house=house)
    return [{"queue": c.queue, "label": c.label, "open": c.open} for c in counts]


@router.get("/leads")
async def list_leads(
    viewer: StaffDep,
    house: HouseDep,
    wanted: Annotated[LeadFilter, Depends(lead_filter)],
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """One page of leads in order of deadline."""
    page = await read_leads.list_leads(viewer, wanted, cursor=cursor, limit=limit, house=house)
    return {"items": [lead_json(lead) for lead in page.items], "next": page.next}


@router.get("/leads/{number}")
async def one_lead(number: str, viewer: StaffDep, house: HouseDep, response: Response) -> dict[str, Any]:
    """The whole lead; ETag is the version for If-Match."""
    whole = await read_leads.read_lead(number, viewer, house=house)
    response.headers["ETag"] = f'"{whole.lead.version}"'
    return whole_lead_json(whole)


@router.post("/leads/{number}/reveal-identity")
async def reveal(number: str, body: StepIn, viewer: StaffDep, house: HouseDep) -> dict[str, Any]:
    """Who complained; the reason goes into the lead's history first."""
    person = await reveal_identity(number, body.reason or body.note or "", viewer=viewer, house=house)
    return {"anonymous": person is None, **(person or {})}


@router.post("/leads/{number}/{step}")
async def take_step(
    number: str, step: str, body: StepIn, viewer: StaffDep, house: HouseDep, version: VersionDep
) -> dict[str, Any]:
    """Take one step of the lifecycle; 409 names the legal ones, 412 when somebody was first."""
    order = triage.Order(step, **body.model_dump())
    return lead_json(await triage.take_step(number, order, version=version, viewer=viewer, house=house))
