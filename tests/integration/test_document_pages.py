"""Documents at the console: seen before they are issued, never lost to somebody else's saving, every reading recorded."""

from __future__ import annotations

import re

import aiohttp
import pytest

from intake.domain.conflict import Viewer
from intake.services import read_leads, triage, write_document
from intake.services.file_complaint import file_complaint
from tests.factories.house import PASSWORD, new_complaint
from tests.factories.server import serve

SHI = Viewer("shi", "测试", "city_supervisor", "411200-SF", "411200")


@pytest.fixture
async def desk(lite):
    """(session of shi, house, number, address of a draft's page)"""
    number = (await file_complaint(new_complaint(agency_code="411202-AD01"), house=lite)).number
    await triage.take_step(number, triage.Order("confirm"), version=1, viewer=SHI, house=lite)
    made = await write_document.draft_document(number, "opinion", viewer=SHI, house=lite)
    await save(lite, number, made, "第一稿正文。", 1)
    async with (
        serve(lite) as base,
        aiohttp.ClientSession(base, cookie_jar=aiohttp.CookieJar(unsafe=True)) as session,
    ):
        form = {"login": "shi", "password": PASSWORD}
        async with session.post("/console/sign-in", data=form, allow_redirects=False) as answer:
            assert answer.status == 303
        yield session, lite, number, f"/console/leads/{number}/documents/{made}"


async def save(house, number, made, body, version):
    await write_document.edit_document(
        number, made, "湖滨区城市管理局", body, version=version, viewer=SHI, house=house
    )


async def get(session, path):
    async with session.get(path) as answer:
        assert answer.status == 200
        return await answer.text()


async def post(session, path, **form):
    async with session.post(path, data=form, allow_redirects=False) as answer:
        return answer.status, await answer.text()


def field(html, name):
    return re.search(rf'name="{name}" value="([^"]+)"', html).group(1)


async def test_a_document_is_shown_as_it_will_be_before_it_is_issued(desk):
    session, house, number, path = desk
    html = await get(session, path)
    form = {"csrf": field(html, "csrf"), "version": field(html, "version")}

    status, shown = await post(session, f"{path}/issue", **form)
    row = await write_document.one_document(number, path.rsplit("/", 1)[1], viewer=SHI, house=house)
    assert (status, row.state) == (200, "draft")
    assert "签发前请再看一遍" in shown
    assert "第一稿正文。" in shown

    status, _ = await post(session, f"{path}/issue", **form, sure="yes")
    row = await write_document.one_document(number, path.rsplit("/", 1)[1], viewer=SHI, house=house)
    assert (status, row.state) == (303, "issued")


async def test_what_somebody_else_saved_and_what_was_typed_both_stand_on_the_page(desk):
    session, house, number, path = desk
    html = await get(session, path)
    form = {"csrf": field(html, "csrf"), "version": field(html, "version")}
    await save(house, number, path.rsplit("/", 1)[1], "别人的第二稿。", int(form["version"]))

    status, shown = await post(
        session, f"{path}/save", **form, addressee="湖滨区城市管理局", body="我的第二稿。"
    )

    assert status == 412
    assert "别人的第二稿。" in shown
    assert "我的第二稿。" in shown
    row = await write_document.one_document(number, path.rsplit("/", 1)[1], viewer=SHI, house=house)
    assert row.body == "别人的第二稿。"


async def test_opening_a_document_is_recorded_once_a_sitting(desk):
    session, house, number, path = desk
    await get(session, path)
    await get(session, path)

    events = (await read_leads.read_lead(number, SHI, house=house)).events
    assert [e.actor for e in events if e.kind == "document_read"] == ["shi"]
