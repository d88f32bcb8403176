"""What was typed when a session was over waits for the same account, sealed, and is sent on with one press."""

from __future__ import annotations

import datetime as dt
import re

import aiohttp
import pytest

from intake.services import read_leads, triage
from intake.services.file_complaint import file_complaint
from tests.factories.house import NOON, PASSWORD, new_complaint
from tests.factories.server import serve
from tests.integration.test_lifecycle import HUBIN, SHI, signed

LATER = NOON + dt.timedelta(hours=9)
WORDS = "经查属实，已经责令归还三轮车。"


def browser(base):
    return aiohttp.ClientSession(base, cookie_jar=aiohttp.CookieJar(unsafe=True))


async def post(session, path, **form):
    async with session.post(path, data=form, allow_redirects=False) as answer:
        return answer.status, answer.headers.get("Location", "")


async def get(session, path):
    async with session.get(path) as answer:
        return await answer.text()


async def sign_in(session, login="hubin"):
    return await post(session, "/console/sign-in", login=login, password=PASSWORD)


def field(html, name):
    return re.search(rf'name="{name}" value="([^"]+)"', html).group(1)


async def lost(session, house, number, **more):
    """A reply that was sent when the session was over; where the browser is led."""
    await sign_in(session)
    html = await get(session, f"/console/leads/{number}")
    house.clock = lambda: LATER
    form = {
        "csrf": field(html, "csrf"),
        "version": field(html, "version"),
        "note": "内部",
        "public_text": WORDS,
    }
    return await post(session, f"/console/leads/{number}/reply", **form | more)


async def test_a_reply_survives_the_end_of_the_session(house):
    number = await signed(house)
    async with serve(house) as base, browser(base) as session:
        assert await lost(session, house, number) == (303, "/console/sign-in?kept=1")
        assert "已加密留存" in await get(session, "/console/sign-in?kept=1")
        assert await sign_in(session) == (303, "/console/typed")
        html = await get(session, "/console/typed")
        assert WORDS in html

        send = re.search(r'action="(/console/typed/\w+/send)"', html).group(1)
        form = {"csrf": field(html, "csrf"), "version": field(html, "version"), "note": "内部"}
        async with session.post(send, data=form | {"public_text": f"{WORDS}补一句。"}) as answer:
            assert answer.status == 200

        assert "没有留着的内容" in await get(session, "/console/typed")
    lead = (await read_leads.read_lead(number, SHI, house=house)).lead
    assert (lead.stage, lead.public_reply) == ("L50", f"{WORDS}补一句。")


async def test_it_is_sealed_for_one_account_and_gone_after_two_hours(lite, tmp_path):
    number = await signed(lite)
    async with serve(lite) as base, browser(base) as session, browser(base) as other:
        await lost(session, lite, number)
        assert await sign_in(other, "shi") == (303, "/console")
        assert WORDS not in await get(other, "/console/typed")
        assert all(WORDS.encode() not in f.read_bytes() for f in tmp_path.glob("test.db*"))

        lite.clock = lambda: LATER + dt.timedelta(hours=2, seconds=1)
        assert await sign_in(session) == (303, "/console")


@pytest.mark.parametrize(
    "more", [{"csrf": "falsch"}, {"public_text": " ", "note": ""}], ids=["forged", "empty"]
)
async def test_nothing_is_kept_of_a_forged_or_an_empty_form(lite, more):
    number = await signed(lite)
    async with serve(lite) as base, browser(base) as session:
        assert await lost(session, lite, number, **more) == (303, "/console/sign-in")


async def test_a_password_is_never_kept(lite):
    async with serve(lite) as base, browser(base) as session:
        await sign_in(session)
        csrf = field(await get(session, "/console/password"), "csrf")
        lite.clock = lambda: LATER
        form = {"csrf": csrf, "old": PASSWORD, "new": "neu-12345678", "again": "neu-12345678", "note": "x"}
        assert await post(session, "/console/password", **form) == (303, "/console/sign-in")


async def test_what_was_thrown_away_is_gone(lite):
    number = (await file_complaint(new_complaint(), house=lite)).number
    await triage.take_step(number, triage.Order("confirm"), version=1, viewer=HUBIN, house=lite)
    async with serve(lite) as base, browser(base) as session:
        await lost(session, lite, number)
        await sign_in(session)
        html = await get(session, "/console/typed")
        drop = re.search(r'formaction="(/console/typed/\w+/drop)"', html).group(1)
        assert await post(session, drop, csrf="falsch") == (403, "")
        assert await post(session, drop, csrf=field(html, "csrf")) == (303, "/console/typed")
        assert WORDS not in await get(session, "/console/typed")
