"""Limits and routing as versions: what is in force, a draft, what it would change, putting it in force."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from intake.domain import policies, routing
from intake.domain.errors import Forbidden, Malformed, NotFound, Stale
from intake.pages.console.person import HouseDep, PersonDep, check_csrf
from intake.pages.errors import status_of
from intake.pages.render import page
from intake.services import policy_versions as service
from intake.services.house import House
from intake.services.preview_limits import preview_limits
from intake.services.sign_in import SignedIn

router = APIRouter(prefix="/console/admin/rules")
STEP_LABELS = {"accept": "决定受理", "answer": "答复", "extend": "延期一次"}
LEVEL_LABELS = {
    "any": "不限",
    "unknown": "机关未明",
    "city": "市级",
    "county": "县级",
    "town": "乡镇街道",
    "zone": "开发区",
    "vertical": "垂直管理",
    "joint": "不同层级的多个机关",
    "justice_city": "市司法局",
    "justice_county": "县级司法局",
}
REGION_LABELS = {
    "any": "不限",
    "county": "县（市、区）",
    "zone": "开发区",
    "city": "市级",
    "unknown": "地点未明",
}
COMPLAINANT_LABELS = {"any": "不限", "person": "个人", "enterprise": "企业"}


@router.get("/{kind}")
async def in_force(request: Request, kind: str, person: PersonDep, house: HouseDep) -> Response:
    return await _form(request, kind, person, house)


@router.post("/{kind}")
async def draft(request: Request, kind: str, person: PersonDep, house: HouseDep) -> Response:
    """Keep what was changed as a draft."""
    form = await request.form(max_fields=200)
    fields = {k: str(v) for k, v in form.items()}
    check_csrf(person, fields.get("csrf", ""))
    based_on = fields.get("version", "")
    try:
        if not based_on.isdecimal() or len(based_on) > 9:
            raise Stale(service.SOMEBODY_FIRST)
        version = await service.draft_version(
            kind,
            fields,
            fields.get("reason", ""),
            based_on=int(based_on),
            viewer=person.viewer,
            house=house,
        )
    except (Malformed, Stale) as error:
        return await _form(request, kind, person, house, error=error, typed=fields)
    return RedirectResponse(f"/console/admin/rules/{kind}/{version}", status_code=303)


@router.get("/{kind}/{version}")
async def one(request: Request, kind: str, version: int, person: PersonDep, house: HouseDep) -> Response:
    return await _version_page(request, kind, version, person, house)


@router.post("/{kind}/{version}/{action}")
async def decide(
    request: Request, kind: str, version: int, action: str, person: PersonDep, house: HouseDep
) -> Response:
    fields = {k: str(v) for k, v in (await request.form(max_fields=10)).items()}
    check_csrf(person, fields.get("csrf", ""))
    act = {"put-in-force": service.put_in_force, "drop": service.drop_version}.get(action)
    if act is None:
        raise NotFound
    try:
        await act(kind, version, viewer=person.viewer, house=house)
    except (Stale, Forbidden) as error:
        service.check_editor(person.viewer, kind)
        return await _version_page(request, kind, version, person, house, error=error)
    return RedirectResponse(f"/console/admin/rules/{kind}/{version}", status_code=303)


async def _form(
    request: Request,
    kind: str,
    person: SignedIn,
    house: House,
    *,
    error: Malformed | Stale | None = None,
    typed: dict[str, str] | None = None,
) -> Response:
    found = await service.policy_page(kind, person.viewer, house=house)
    return page(
        request,
        "console/admin/rules.html",
        status=status_of(error) if error else 200,
        person=person,
        kind=kind,
        found=found,
        error=error.detail if error else "",
        # After somebody else was first, what was typed belongs to rows that are gone.
        typed=(typed or {}) if isinstance(error, Malformed) else {},
        **_words(house),
    )


async def _version_page(
    request: Request,
    kind: str,
    version: int,
    person: SignedIn,
    house: House,
    *,
    error: Stale | Forbidden | None = None,
) -> Response:
    found = await service.version_page(kind, version, person.viewer, house=house)
    preview = None
    if kind == "limits" and found.row.state == "draft" and found.row.based_on == found.in_force:
        preview = await preview_limits(found.row.rows, viewer=person.viewer, house=house)
    return page(
        request,
        "console/admin/version.html",
        status=status_of(error) if error else 200,
        person=person,
        kind=kind,
        found=found,
        preview=preview,
        four_eyes=house.policy.four_eyes,
        error=error.detail if error else "",
        **_words(house),
    )


def _words(house: House) -> dict[str, object]:
    """Labels of the codes in both tables."""
    supervisors = {"own": "本地司法局"} | {
        code: house.organisations[code].name
        for code in ("411200-SF", "410000-SF")
        if code in house.organisations
    }
    return {
        "kind_labels": policies.KIND_LABELS,
        "state_labels": policies.STATE_LABELS,
        "step_labels": STEP_LABELS,
        "level_labels": LEVEL_LABELS,
        "region_labels": REGION_LABELS,
        "complainant_labels": COMPLAINANT_LABELS,
        "desks": {code: routing.DESK_LABELS[code] for code in policies.DESKS},
        "supervisors": supervisors,
    }
