"""Administration: accounts, organisations, the record of what administrators did."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from intake.domain.errors import Forbidden, Malformed, NotFound, Stale
from intake.pages.console.person import HouseDep, PersonDep, check_csrf
from intake.pages.errors import status_of
from intake.pages.render import page
from intake.services import administer_accounts as service
from intake.services.house import House
from intake.services.read_administration import organisation_tree, read_records
from intake.services.sign_in import SignedIn

router = APIRouter(prefix="/console/admin")
PERSON = ("name", "role", "organisation", "region", "certificate")
HOMES = {
    "admin": "/console/admin/accounts",
    "city_supervisor": "/console/admin/rules/limits",
    "inspector": "/console/admin/records",
}


@router.get("")
async def home(person: PersonDep) -> Response:
    if person.viewer.role not in HOMES:
        raise Forbidden
    return RedirectResponse(HOMES[person.viewer.role], status_code=303)


@router.get("/accounts")
async def accounts(request: Request, person: PersonDep, house: HouseDep) -> Response:
    return await _accounts_page(request, person, house)


@router.post("/accounts")
async def add(request: Request, person: PersonDep, house: HouseDep) -> Response:
    fields = await _fields(request, person)
    login = fields.get("login", "")
    try:
        password = await service.new_account(login, _person(fields), viewer=person.viewer, house=house)
    except Malformed as error:
        return await _accounts_page(
            request, person, house, error=error.detail, status=status_of(error), typed=fields
        )
    return page(
        request,
        "console/admin/one_time_password.html",
        person=person,
        login=login.strip().lower(),
        password=password,
    )


@router.get("/accounts/{login}")
async def account(request: Request, login: str, person: PersonDep, house: HouseDep) -> Response:
    return await _account_page(request, login, person, house)


@router.post("/accounts/{login}/{action}")
async def change(request: Request, login: str, action: str, person: PersonDep, house: HouseDep) -> Response:
    """One change; what goes wrong is said on the account's page."""
    fields = await _fields(request, person)
    try:
        password = await _act(login, action, fields, person, house)
    except (Stale, Malformed, Forbidden) as error:
        service.check_admin(person.viewer)
        return await _account_page(request, login, person, house, error=error.detail, status=status_of(error))
    if password is not None:
        return page(
            request, "console/admin/one_time_password.html", person=person, login=login, password=password
        )
    return RedirectResponse(f"/console/admin/accounts/{login}", status_code=303)


async def _act(login: str, action: str, fields: dict[str, str], person: SignedIn, house: House) -> str | None:
    """Carry out one change; returns the new one-time password where there is one."""
    version, viewer = _version(fields), person.viewer
    if action == "change":
        await service.change_account(login, _person(fields), version=version, viewer=viewer, house=house)
    elif action in ("disable", "enable"):
        is_disabled = action == "disable"
        await service.switch_account(
            login, is_disabled=is_disabled, version=version, viewer=viewer, house=house
        )
    elif action == "password":
        return await service.reset_password(login, version=version, viewer=viewer, house=house)
    elif action == "code":
        await service.reset_code(login, version=version, viewer=viewer, house=house)
    elif action == "sessions":
        await service.end_sessions(login, version=version, viewer=viewer, house=house)
    else:
        raise NotFound
    return None


@router.get("/organisations")
async def organisations(
    request: Request, person: PersonDep, house: HouseDep, q: Annotated[str, Query(max_length=50)] = ""
) -> Response:
    tree = organisation_tree(q, person.viewer, house=house)
    return page(
        request,
        "console/admin/organisations.html",
        person=person,
        tree=tree,
        q=q,
        regions=house.region_names,
        count=len(house.organisations),
    )


@router.get("/records")
async def records(
    request: Request, person: PersonDep, house: HouseDep, before: Annotated[int | None, Query(ge=1)] = None
) -> Response:
    found, more = await read_records(person.viewer, before=before, house=house)
    return page(
        request,
        "console/admin/records.html",
        person=person,
        records=found,
        next=found[-1].seq if more else None,
    )


async def _fields(request: Request, person: SignedIn) -> dict[str, str]:
    fields = {k: str(v) for k, v in (await request.form(max_fields=20)).items()}
    check_csrf(person, fields.get("csrf", ""))
    return fields


def _person(fields: dict[str, str]) -> service.Person:
    return service.Person(*(fields.get(k, "") for k in PERSON))


def _version(fields: dict[str, str]) -> int:
    """raises: Stale when the form carries none that can be"""
    version = fields.get("version", "")
    if not version.isdecimal() or len(version) > 9:
        raise Stale
    return int(version)


async def _accounts_page(
    request: Request,
    person: SignedIn,
    house: House,
    *,
    error: str = "",
    status: int = 200,
    typed: dict[str, str] | None = None,
) -> Response:
    everyone = await service.all_accounts(person.viewer, house=house)
    return page(
        request,
        "console/admin/accounts.html",
        status=status,
        person=person,
        accounts=everyone,
        organisations=house.organisations,
        regions=house.region_names,
        error=error,
        typed=typed or {},
    )


async def _account_page(
    request: Request, login: str, person: SignedIn, house: House, *, error: str = "", status: int = 200
) -> Response:
    found = await service.one_account(login, person.viewer, house=house)
    return page(
        request,
        "console/admin/account.html",
        status=status,
        person=person,
        account=found.account,
        recovery_left=found.recovery_left,
        records=found.records,
        organisations=house.organisations,
        regions=house.region_names,
        error=error,
    )
