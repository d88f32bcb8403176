"""Queues, one lead, its steps; conversations that wait for a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response

from intake.domain import routing
from intake.domain.conflict import REPORTER_ROLES
from intake.domain.errors import Forbidden, Malformed, Stale, WrongStep
from intake.pages.console.person import HouseDep, PersonDep, check_csrf
from intake.pages.errors import status_of
from intake.pages.evidence import recognised
from intake.pages.found import at_most, mark_found
from intake.pages.render import page
from intake.services import read_leads, triage
from intake.services.handle_evidence import MAY_HANDLE, list_evidence
from intake.services.handle_talk import handle_talk
from intake.services.house import House
from intake.services.lead_filter import LeadFilter, lead_filter
from intake.services.look_up import look_ups_of
from intake.services.read_partners import partner_news
from intake.services.refer_discipline import seen_referrals
from intake.services.relations import relations_of
from intake.services.reveal_identity import MAY_REVEAL, reveal_identity
from intake.services.sign_in import SignedIn, list_accounts
from intake.services.similar_leads import similar_leads

router = APIRouter(prefix="/console")
PAGE = 30
BULK_ROLES = frozenset({"supervisor", "city_supervisor", "green_channel_desk"})
VIEWS: tuple[tuple[str, dict[str, str]], ...] = (
    ("待处理", {}),
    ("我承办的", {"assignee": "me"}),
    ("待人工判断", {"needs_human": "1"}),
    ("无人认领", {"unclaimed": "1"}),
    ("今天到期", {"due": "today"}),
    ("已超期", {"due": "overdue"}),
    ("待审批", {"requested": "1"}),
    ("绿色通道", {"green": "1"}),
    ("热线退回、撤回", {"returned": "1"}),
    ("监督员和联系点", {"reporter": "1"}),
    ("全部", {"stage": "all"}),
)


@router.get("")
async def inbox(
    request: Request,
    person: PersonDep,
    house: HouseDep,
    wanted: Annotated[LeadFilter, Depends(lead_filter)],
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:
    found = await read_leads.list_leads(person.viewer, wanted, cursor=cursor, limit=PAGE, house=house)
    query = {k: v for k, v in request.query_params.items() if k != "cursor" and v}
    lists = [lead_filter(**more) for _, more in VIEWS]
    counts = await read_leads.count_lists(person.viewer, lists, house=house)
    views = [(name, urlencode(more), at_most(n)) for (name, more), n in zip(VIEWS, counts, strict=True)]
    return page(
        request,
        "console/inbox.html",
        person=person,
        may_bulk=person.viewer.role in BULK_ROLES,
        accounts=await _handlers(house) if person.viewer.role in BULK_ROLES else [],
        leads=found.items,
        next=urlencode(query | {"cursor": found.next}) if found.next else None,
        queues=await read_leads.queue_counts(person.viewer, house=house),
        views=views,
        query=query,
        found=lambda text: mark_found(text, wanted.words),
        at_most=at_most,
        current=urlencode(query),
        now=house.clock(),
        regions=house.region_names,
    )


@router.get("/talks")
async def talks(request: Request, person: PersonDep, house: HouseDep) -> Response:
    waiting = await read_leads.waiting_talks(person.viewer, house=house)
    return page(request, "console/talks.html", person=person, talks=waiting, error="")


@router.post("/talks/{talk_id}/handled")
async def handled(request: Request, talk_id: str, person: PersonDep, house: HouseDep) -> Response:
    fields = {k: str(v) for k, v in (await request.form(max_fields=10)).items()}
    check_csrf(person, fields.get("csrf", ""))
    try:
        await handle_talk(talk_id, fields.get("seen", ""), viewer=person.viewer, house=house)
    except Stale as error:
        waiting = await read_leads.waiting_talks(person.viewer, house=house)
        return page(
            request, "console/talks.html", status=409, person=person, talks=waiting, error=error.detail
        )
    return RedirectResponse("/console/talks", status_code=303)


@router.get("/leads/{number}")
async def one(request: Request, number: str, person: PersonDep, house: HouseDep) -> Response:
    return await _lead_page(request, number, person, house)


@router.post("/leads/{number}/identity")
async def identity(request: Request, number: str, person: PersonDep, house: HouseDep) -> Response:
    fields = {k: str(v) for k, v in (await request.form(max_fields=10)).items()}
    check_csrf(person, fields.get("csrf", ""))
    try:
        opened = await reveal_identity(number, fields.get("reason", ""), viewer=person.viewer, house=house)
    except Malformed as error:
        refused = _Refused(error.detail, status_of(error), "", {})
        return await _lead_page(request, number, person, house, refused=refused)
    return await _lead_page(request, number, person, house, opened=opened or {"name": "匿名", "phone": None})


@router.post("/leads/{number}/{step}")
async def take(request: Request, number: str, step: str, person: PersonDep, house: HouseDep) -> Response:
    """One step; what goes wrong is said on the lead's page."""
    form = await request.form(max_fields=30)
    fields = {k: str(v) for k, v in form.items()}
    check_csrf(person, fields.get("csrf", ""))
    order = triage.Order(
        step,
        note=fields.get("note") or None,
        public_text=fields.get("public_text") or None,
        assignee=fields.get("assignee") or None,
        target=fields.get("target") or None,
        labels=_labels_of(step, fields, [str(v) for v in form.getlist("problem_types")]),
        part=fields.get("part") or None,
        may_train=fields.get("may_train") == "1",
        reason=fields.get("reason") or None,
        decision=fields.get("decision") or None,
        verdict=fields.get("verdict") or None,
    )
    try:
        version = _version(fields)
        await triage.take_step(number, order, version=version, viewer=person.viewer, house=house)
    except (WrongStep, Stale, Malformed, Forbidden) as error:
        refused = _Refused(error.detail, status_of(error), step, fields)
        return await _lead_page(request, number, person, house, refused=refused)
    return RedirectResponse(f"/console/leads/{number}", status_code=303)


async def _handlers(house: House) -> list[tuple[str, str]]:
    """(login, name) of those who can be given a lead."""
    outside = ("agency", *REPORTER_ROLES)
    return [(a[0], a[1]) for a in await list_accounts(house=house) if not a[5] and a[2] not in outside]


@dataclass(frozen=True, slots=True)
class _Refused:
    """Why a step was not taken, and what was typed for it."""

    words: str
    status: int
    step: str
    typed: dict[str, str]


def _version(fields: dict[str, str]) -> int:
    """The version that the page showed.

    raises: Stale when the form carries none that can be
    """
    version = fields.get("version", "")
    if not version.isdecimal() or len(version) > 9:
        raise Stale
    return int(version)


def _labels_of(step: str, fields: dict[str, str], problems: list[str]) -> dict[str, Any] | None:
    if step == "split":
        return {"agency_code": fields["agency_code"]} if fields.get("agency_code") else None
    return _labels(fields, problems) if step == "reclassify" else None


def _labels(fields: dict[str, str], problems: list[str]) -> dict[str, Any]:
    labels: dict[str, Any] = {k: fields[k] for k in ("scope", "domain", "urgency") if fields.get(k)}
    labels["problem_types"] = [p for p in problems if p]
    labels["is_green"] = fields.get("is_green") == "1"
    if fields.get("agency_code"):
        labels["agency_code"] = fields["agency_code"]
    return labels


async def _lead_page(
    request: Request,
    number: str,
    person: SignedIn,
    house: House,
    *,
    refused: _Refused | None = None,
    opened: dict[str, Any] | None = None,
) -> Response:
    whole = await read_leads.read_lead(number, person.viewer, house=house)
    lead = whole.lead
    accounts = await _handlers(house)
    similar = await similar_leads(lead, whole.complaint, person.viewer, house=house)
    return page(
        request,
        "console/lead.html",
        status=refused.status if refused else 200,
        person=person,
        whole=whole,
        lead=lead,
        text=recognised(whole.text, lead.classification, whole.complaint.text),
        queue=routing.queue_label(lead.queue, dict(house.region_names)),
        accounts=accounts,
        similar=similar,
        relations=await relations_of(lead, whole.complaint, similar, person.viewer, house=house),
        agencies=[(o.code, o.name) for o in house.organisations.values() if o.kind in ("agency", "justice")],
        regions=house.region_names,
        now=house.clock(),
        **_clocks(lead, house),
        error=refused.words if refused else "",
        failed=refused.step if refused else "",
        typed=refused.typed if refused else {},
        opened=opened,
        may_reveal=person.viewer.role in MAY_REVEAL,
        may_handle=person.viewer.role in MAY_HANDLE,
        exhibits=await list_evidence(number, person.viewer, house=house),
        referring=await seen_referrals(number, viewer=person.viewer, house=house),
        looked=await look_ups_of(number, person.viewer, house=house),
        partners=await partner_news(number, person.viewer, house=house),
    )


def _clocks(lead: Any, house: House) -> dict[str, Any]:
    """The two deadlines with the rows of the limits they stand on, and the row of an extension that was given."""
    wanted = (("决定是否受理", "accept", lead.decide_by), ("答复", "answer", lead.answer_by))
    found = [
        (words, at, house.limits.find(step, lead.urgency, is_green=lead.is_green))
        for words, step, at in wanted
    ]
    more = house.limits.find("extend", lead.urgency, is_green=False) if lead.is_extended else None
    return {"clocks": found, "more_time": more}
