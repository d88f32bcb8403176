"""The operator's desk: enter a complaint while somebody tells it; and one step on many leads."""

from __future__ import annotations

import secrets

from fastapi import APIRouter, Request
from fastapi.responses import Response

from intake.domain.errors import FieldProblem, KeyReused, Malformed
from intake.pages.console.person import HouseDep, PersonDep, check_csrf
from intake.pages.errors import status_of
from intake.pages.render import page
from intake.services import take_call as service
from intake.services.house import House
from intake.services.new_complaint import Complainant, NewComplaint, check_key, clean
from intake.services.sign_in import SignedIn
from intake.services.take_steps import Outcome, take_steps
from intake.services.triage import Order

router = APIRouter(prefix="/console")


async def _fields(request: Request, person: SignedIn) -> dict[str, str]:
    fields = {k: str(v) for k, v in (await request.form(max_fields=30)).items()}
    check_csrf(person, fields.get("csrf", ""))
    return fields


async def _form(request: Request, person: SignedIn, house: House) -> dict[str, str]:
    """The desk's fields; a number that was put aside stands in for an empty one."""
    fields = await _fields(request, person)
    sealed = fields.pop("kept_phone", "")
    if sealed and not fields.get("phone", "").strip():
        fields["phone"] = service.take_again(sealed, viewer=person.viewer, house=house) or ""
    return fields


@router.get("/desk")
async def desk(request: Request, person: PersonDep, house: HouseDep) -> Response:
    service.check_operator(person.viewer)
    return _desk(request, person, house, {})


@router.post("/desk/draft")
async def draft(request: Request, person: PersonDep, house: HouseDep) -> Response:
    """What is understood so far, as a piece of the page."""
    fields = await _form(request, person, house)
    found = await service.read_draft(_complaint(fields), viewer=person.viewer, house=house)
    return page(request, "console/_draft.html", draft=found, person=person, regions=house.region_names)


@router.post("/desk")
async def enter(request: Request, person: PersonDep, house: HouseDep) -> Response:
    fields = await _form(request, person, house)
    if fields.get("do") == "draft":
        found = await service.read_draft(_complaint(fields), viewer=person.viewer, house=house)
        return _desk(request, person, house, fields, draft=found)
    try:
        receipt = await service.take_call(_complaint(fields), viewer=person.viewer, house=house)
    except Malformed as error:
        return _desk(
            request, person, house, fields, errors=[f.detail for f in error.fields], status=status_of(error)
        )
    except KeyReused:
        words = "这张表已经登记过一次。再按一次“登记”会作为另一件登记。"
        return _desk(request, person, house, fields | {"key": ""}, errors=[words], status=409)
    return page(request, "console/desk_done.html", status=201, person=person, receipt=receipt)


def _desk(
    request: Request,
    person: SignedIn,
    house: House,
    kept: dict[str, str],
    *,
    draft: service.Draft | None = None,
    errors: list[str] | None = None,
    status: int = 200,
) -> Response:
    regions = [(c, n) for c, n in house.region_names.items() if len(c) == 6 or c.startswith("411200-")]
    phone = kept.get("phone", "").strip()
    agencies = [(o.code, o.name) for o in house.organisations.values() if o.kind in ("agency", "justice")]
    return page(
        request,
        "console/desk.html",
        status=status,
        person=person,
        kept=kept,
        phone_end=phone[-4:],
        kept_phone=service.put_aside(phone, viewer=person.viewer, house=house) if phone else "",
        key=kept.get("key") or secrets.token_hex(16),
        draft=draft,
        errors=errors or [],
        regions=house.region_names,
        region_choices=regions,
        agencies=agencies,
        ways=service.CHANNELS,
    )


def _complaint(fields: dict[str, str]) -> NewComplaint:
    def get(name: str) -> str | None:
        return clean(fields.get(name, "")) or None

    is_enterprise = fields.get("kind") == "enterprise" or bool(get("enterprise_name") or get("uscc"))
    name, phone = get("name"), get("phone")
    when = get("incident_time")
    return NewComplaint(
        text=get("text") or "",
        channel=fields.get("channel", "phone"),
        complainant=Complainant(
            kind="enterprise" if is_enterprise else "person",
            anonymous=fields.get("anonymous") == "1" or not (name or phone),
            name=None if fields.get("anonymous") == "1" else name,
            phone=None if fields.get("anonymous") == "1" else phone,
            enterprise_name=get("enterprise_name"),
            uscc=get("uscc"),
        ),
        idempotency_key=f"desk.{check_key(fields.get('key') or secrets.token_hex(16))}",
        region_code=get("region_code"),
        agency_code=get("agency_code"),
        incident_time=(None, None, when) if when else None,
        demand=get("demand"),
    )


@router.post("/bulk")
async def many(request: Request, person: PersonDep, house: HouseDep) -> Response:
    """One step on the leads that were ticked."""
    form = await request.form(max_fields=150)
    check_csrf(person, str(form.get("csrf", "")))
    order = Order(str(form.get("step", "")), assignee=str(form.get("assignee") or "") or None)
    back = str(form.get("back") or "")
    outcomes: tuple[Outcome, ...] = ()
    error, status = "", 200
    try:
        leads = [_ticked(str(value)) for value in form.getlist("lead")]
        outcomes = await take_steps(order, leads, viewer=person.viewer, house=house)
    except Malformed as refused:
        error, status = refused.detail, status_of(refused)
    return page(
        request,
        "console/bulk.html",
        status=status,
        person=person,
        outcomes=outcomes,
        step=order.step,
        error=error,
        back=back if back.startswith("?") else "",
    )


def _ticked(value: str) -> tuple[str, int]:
    """number.version, as the inbox wrote it. raises: Malformed"""
    number, _, version = value.partition(".")
    if not version.isdecimal() or len(version) > 9:
        raise Malformed(FieldProblem("lead", "bad_lead", "页面已过期，请刷新后再选。"))
    return number, int(version)
