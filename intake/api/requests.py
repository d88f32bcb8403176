"""What agencies are asked, their answers, exceptions from the conflict rule, and the inspector's trail."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field

from intake.api.deps import HouseDep, StaffDep, VersionDep
from intake.api.schemas import Input, local
from intake.services import answer_request, ask_agency, grant_sight, read_trail

router = APIRouter(prefix="/api/v1", tags=["staff"])


class QuestionIn(Input):
    organisation: str = Field(max_length=32)
    question: str = Field(max_length=20_000)
    copy_text: str = Field("", max_length=20_000)
    days: int = 5


class DecisionIn(Input):
    decision: str = Field(max_length=16)
    comment: str = Field("", max_length=500)


class AnswerIn(Input):
    answer: str = Field(max_length=20_000)


class GrantIn(Input):
    account: str = Field(max_length=64)
    reason: str = Field(max_length=500)
    days: int = 7


def request_json(request: Any) -> dict[str, Any]:
    """What the agency may know of a request."""
    return {
        "number": request.number,
        "organisation": request.organisation,
        "question": request.question,
        "copy_text": request.copy_text,
        "state": request.state,
        "asked_at": local(request.asked_at),
        "due_by": local(request.due_by),
        "answer": request.answer,
        "answered_at": local(request.answered_at) if request.answered_at else None,
        "comment": request.comment,
        "version": request.version,
    }


@router.get("/requests")
async def my_requests(viewer: StaffDep, house: HouseDep) -> list[dict[str, Any]]:
    """What the viewer's own agency was asked; empty for every other role."""
    return [request_json(r) for r in await answer_request.my_requests(viewer, house=house)]


@router.get("/requests/{number}")
async def one_request(number: str, viewer: StaffDep, house: HouseDep) -> dict[str, Any]:
    """One request of the viewer's own agency."""
    return request_json(await answer_request.read_request(number, viewer, house=house))


@router.post("/requests/{number}/answer", status_code=204)
async def answer(number: str, body: AnswerIn, viewer: StaffDep, house: HouseDep, version: VersionDep) -> None:
    """Answer a request; If-Match carries its version."""
    await answer_request.answer_request(number, body.answer, version=version, viewer=viewer, house=house)


@router.get("/leads/{number}/requests")
async def requests_of(number: str, viewer: StaffDep, house: HouseDep) -> dict[str, Any]:
    """Requests sent about a lead, who can be asked, and the masked copy proposed."""
    asking = await ask_agency.asking(number, viewer=viewer, house=house)
    return {
        "items": [request_json(r) for r in asking.requests],
        "respondents": [{"code": code, "name": name} for code, name in asking.respondents],
        "proposed_copy": asking.copy,
    }


@router.post("/leads/{number}/requests", status_code=201)
async def ask(number: str, body: QuestionIn, viewer: StaffDep, house: HouseDep) -> dict[str, str]:
    """Ask a respondent on a copy that a person has read."""
    wanted = ask_agency.Question(body.organisation, body.question, body.copy_text, body.days)
    return {"number": await ask_agency.ask_agency(number, wanted, viewer=viewer, house=house)}


@router.post("/leads/{number}/requests/{request}", status_code=204)
async def decide(number: str, request: str, body: DecisionIn, viewer: StaffDep, house: HouseDep) -> None:
    """accept | return | withdraw."""
    await ask_agency.decide_answer(number, request, body.decision, body.comment, viewer=viewer, house=house)


@router.post("/leads/{number}/grants", status_code=204)
async def grant(number: str, body: GrantIn, viewer: StaffDep, house: HouseDep) -> None:
    """Let one more account see a lead, with a reason and an end."""
    wanted = grant_sight.Grant(body.account, body.reason, body.days)
    await grant_sight.grant_sight(number, wanted, viewer=viewer, house=house)


@router.get("/audit/events")
async def events(
    viewer: StaffDep,
    house: HouseDep,
    actor: Annotated[str | None, Query(max_length=64)] = None,
    kind: Annotated[str | None, Query(max_length=32)] = None,
    number: Annotated[str | None, Query(max_length=16)] = None,
    since: dt.date | None = None,
    until: dt.date | None = None,
    before: Annotated[str | None, Query(max_length=32)] = None,
) -> dict[str, Any]:
    """Who did and read what, the newest first; for inspectors."""
    wanted = read_trail.TrailFilter(actor, kind, number, since, until)
    found = await read_trail.read_trail(viewer, wanted, before=before, house=house)
    items = [
        {"at": local(e.at), "actor": e.actor, "kind": e.kind, "label": e.label, "number": n, "seq": e.seq}
        for e, n in found.rows
    ]
    return {"items": items, "next": found.next}
