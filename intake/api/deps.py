"""What routes need of the house: the collaborators, the signed-in viewer, the seen version."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import Depends, Header, Request

from intake.domain.conflict import REPORTER_ROLES, Viewer
from intake.domain.errors import FieldProblem, Forbidden, Malformed, NotSignedIn
from intake.services.house import House
from intake.services.sign_in import SignedIn, who

COOKIE = "xiansuo_session"


def house(request: Request) -> House:
    return cast(House, request.app.state.house)


HouseDep = Annotated[House, Depends(house)]


def address(request: Request) -> str:
    """The client's address, for throttling only; never logged."""
    return request.client.host if request.client else "unknown"


def token_of(request: Request) -> str | None:
    """A bearer token (programs) or the session cookie (pages)."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return token
    return request.cookies.get(COOKIE)


async def signed_in(request: Request, house: HouseDep) -> SignedIn:
    """raises: NotSignedIn; Forbidden for a changing call by cookie without its CSRF token"""
    token = token_of(request)
    if token is None:
        raise NotSignedIn
    person = await who(token, house=house)
    by_cookie = "authorization" not in request.headers
    if (
        by_cookie
        and request.method not in ("GET", "HEAD")
        and request.headers.get("x-csrf-token") != person.csrf
    ):
        raise Forbidden("页面已过期，请刷新后重试。", code="csrf")
    return person


async def staff(person: Annotated[SignedIn, Depends(signed_in)]) -> Viewer:
    """raises: NotSignedIn; Forbidden for a trusted reporter"""
    if person.viewer.role in REPORTER_ROLES:
        raise Forbidden("这个接口只供工作人员使用，报告人请用 /api/v1/reports。", code="for_staff")
    return person.viewer


async def reporter(person: Annotated[SignedIn, Depends(signed_in)]) -> Viewer:
    """raises: NotSignedIn; Forbidden for everybody else"""
    if person.viewer.role not in REPORTER_ROLES:
        raise Forbidden("这个接口只供行政执法监督员和基层联系点使用。")
    return person.viewer


ReporterDep = Annotated[Viewer, Depends(reporter)]
StaffDep = Annotated[Viewer, Depends(staff)]


def seen_version(if_match: Annotated[str | None, Header()] = None) -> int:
    """The version of the lead that the caller saw, from If-Match.

    raises: Malformed
    """
    value = (if_match or "").strip().removeprefix("W/").strip('"')
    if not value.isdigit() or len(value) > 9:
        raise Malformed(FieldProblem("If-Match", "version_missing", "请在 If-Match 中带上线索的版本号。"))
    return int(value)


VersionDep = Annotated[int, Depends(seen_version)]
