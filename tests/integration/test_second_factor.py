"""Accounts and one-time codes over real HTTP: set up, given, never twice; the last administrator stays."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re

import aiohttp
import pyotp
import pytest

from intake.domain.conflict import Viewer
from intake.domain.errors import Forbidden, Stale
from intake.services import administer_accounts as accounts
from intake.services.audit import verify
from intake.services.reveal_identity import MAY_REVEAL
from intake.services.second_factor import MUST_HAVE_CODE
from intake.services.sign_in import add_account
from tests.factories.house import NOON, PASSWORD
from tests.factories.server import serve

ADMIN = Viewer("guanli", "测试", "admin", "411200-SF", "411200")
PERSON = accounts.Person("测试李四", "supervisor", "411202-SF", "411202")


async def add_admin(house):
    await add_account(
        "guanli", "测试", PASSWORD, role="admin", organisation="411200-SF", region="411200", house=house
    )


async def post(session, path, form):
    async with session.post(path, data=form, allow_redirects=False) as answer:
        return answer.status, answer.headers.get("Location", ""), await answer.text()


async def sign_in_by_api(base, **body):
    async with aiohttp.ClientSession(base) as session:
        async with session.post("/api/v1/sessions", json={"login": "shi", "password": PASSWORD} | body) as a:
            return a.status, (await a.json()).get("code", "")


def test_whoever_opens_identities_needs_a_code():
    assert MAY_REVEAL <= MUST_HAVE_CODE


async def test_a_code_is_set_up_at_first_and_counts_once(lite):
    lite.policy = dataclasses.replace(lite.policy, require_totp=True)
    async with serve(lite) as base:
        assert await sign_in_by_api(base) == (403, "otp_enrolment_required")
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(base, cookie_jar=jar) as session:
            await post(session, "/console/sign-in", {"login": "shi", "password": PASSWORD})
            async with session.get("/console", allow_redirects=False) as answer:
                assert answer.headers["Location"] == "/console/code/setup"
            async with session.get("/console/code/setup") as answer:
                html = await answer.text()
            secret = re.search(r'class="secret">([A-Z2-7]+)<', html).group(1)
            csrf = re.search(r'name="csrf" value="([^"]+)"', html).group(1)
            code = pyotp.TOTP(secret).at(NOON)
            _, _, html = await post(session, "/console/code/setup", {"csrf": csrf, "otp": code})
            recovery = re.findall(r'class="secret">([A-Z0-9-]{14})<', html)
            assert len(set(recovery)) == 10
            async with session.get("/console") as answer:
                assert answer.status == 200

        assert await sign_in_by_api(base) == (401, "otp_required")
        assert await sign_in_by_api(base, otp=code) == (401, "otp_wrong")
        assert await sign_in_by_api(base, otp=pyotp.TOTP(secret).at(NOON + dt.timedelta(seconds=30))) == (
            201,
            "",
        )
        assert await sign_in_by_api(base, otp=recovery[0]) == (201, "")
        assert await sign_in_by_api(base, otp=recovery[0]) == (401, "otp_wrong")


async def test_the_last_administrator_stays_and_two_do_not_overwrite_each_other(house, tmp_path):
    await add_admin(house)
    with pytest.raises(Forbidden):
        await accounts.switch_account("guanli", is_disabled=True, version=1, viewer=ADMIN, house=house)
    password = await accounts.new_account("lisi", PERSON, viewer=ADMIN, house=house)
    assert len(password) == 19
    await accounts.switch_account("lisi", is_disabled=True, version=1, viewer=ADMIN, house=house)
    with pytest.raises(Stale):
        await accounts.end_sessions("lisi", version=1, viewer=ADMIN, house=house)

    kinds = [r.kind for r in (await accounts.one_account("lisi", ADMIN, house=house)).records]
    assert kinds == ["account_disabled", "account_added"]
    assert (await verify(tmp_path, house=house)).breaks == ()


async def test_looking_at_the_set_up_page_stores_nothing_and_shows_the_same_secret(lite):
    async with (
        serve(lite) as base,
        aiohttp.ClientSession(base, cookie_jar=aiohttp.CookieJar(unsafe=True)) as session,
    ):
        await post(session, "/console/sign-in", {"login": "shi", "password": PASSWORD})
        shown = []
        for _ in range(2):
            async with session.get("/console/code/setup") as answer:
                shown.append(re.search(r'class="secret">([A-Z2-7]+)<', await answer.text()).group(1))

    async with lite.store.look() as uow:
        account = await uow.accounts.by_login("shi")
    assert shown[0] == shown[1]
    assert account.otp_sealed is None
