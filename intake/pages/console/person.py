"""Who sits at the console: the session cookie, and the token that every form carries."""

from __future__ import annotations

import hmac
from typing import Annotated, cast

from fastapi import Depends, Request

from intake.domain.conflict import REPORTER_ROLES
from intake.domain.errors import Forbidden, NotSignedIn
from intake.services.house import House
from intake.services.sign_in import SignedIn, who

COOKIE = "xiansuo_session"
FOR_STAFF = "for_staff"


def house(request: Request) -> House:
    return cast(House, request.app.state.house)


async def person(request: Request) -> SignedIn:
    """A member of staff. raises: NotSignedIn; Forbidden for a trusted reporter, who has pages of his own"""
    found = await anybody(request)
    if found.viewer.role in REPORTER_ROLES:
        raise Forbidden("工作台只供工作人员使用，请到报告人页面。", code=FOR_STAFF)
    return found


async def reporter(request: Request) -> SignedIn:
    """A trusted reporter. raises: NotSignedIn, Forbidden"""
    found = await anybody(request)
    if found.viewer.role not in REPORTER_ROLES:
        raise Forbidden("这里只供行政执法监督员和基层联系点使用。")
    return found


async def anybody(request: Request) -> SignedIn:
    """raises: NotSignedIn"""
    token = request.cookies.get(COOKIE)
    if not token:
        raise NotSignedIn
    return await who(token, house=house(request))


async def person_with_duty(request: Request) -> SignedIn:
    """For the pages on which a duty is done. raises: NotSignedIn"""
    token = request.cookies.get(COOKIE)
    if not token:
        raise NotSignedIn
    return await who(token, house=house(request), with_duty=True)


def address(request: Request) -> str:
    """The client's address, for throttling only; never logged."""
    return request.client.host if request.client else "unknown"


def check_csrf(person: SignedIn, given: str) -> None:
    """raises: Forbidden when a form does not carry this session's token"""
    if not hmac.compare_digest(person.csrf.encode(), given.encode()):
        raise Forbidden("页面已过期，请返回上一页刷新后重试。", code="csrf")


HouseDep = Annotated[House, Depends(house)]
PersonDep = Annotated[SignedIn, Depends(person)]
ReporterDep = Annotated[SignedIn, Depends(reporter)]
DutyPersonDep = Annotated[SignedIn, Depends(person_with_duty)]
