"""The operator's desk, one step on many leads, what is new, and what the hotline sent back."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from intake.domain.conflict import Viewer
from intake.domain.errors import Forbidden, Malformed, NotFound
from intake.services import read_leads, take_call, triage
from intake.services.compare_leads import common_words, compare_leads
from intake.services.file_complaint import file_complaint
from intake.services.lead_filter import lead_filter
from intake.services.receive_external import receive_event
from intake.services.take_steps import Outcome, take_steps
from tests.factories.house import PASSWORD, PHONE, TEXT, new_complaint
from tests.factories.server import serve

SHI = Viewer("shi", "测试", "city_supervisor", "411200-SF", "411200")
REXIAN = Viewer("rexian", "测试", "hotline_operator", "411200-HOTLINE", "411200")
AGENCY = Viewer("guanju", "测试", "agency", "411202-AD01", "411202")


def call(text=TEXT, key="desk-0001", **more):
    return new_complaint(text, key=key, channel=more.pop("channel", "phone"), **more)


async def test_while_typing_the_desk_says_what_is_understood_and_what_to_ask(lite):
    known = await file_complaint(new_complaint(key="known-0001", agency_code="411202-AD01"), house=lite)

    draft = await take_call.read_draft(call(), viewer=SHI, house=lite)

    assert draft.understood.agency.code == "411202-AD01"
    assert [s.lead.number for s in draft.similar] == [known.number]
    vague = await take_call.read_draft(call("城管乱罚款，我要投诉"), viewer=SHI, house=lite)
    assert take_call.QUESTIONS["time"] in vague.questions
    assert (await take_call.read_draft(call("喂"), viewer=SHI, house=lite)).understood is None
    async with lite.store.look() as uow:
        assert len(await uow.leads.after_id("", 9)) == 1


async def test_a_draft_shows_no_similar_lead_to_those_it_is_about(lite):
    await file_complaint(new_complaint(key="known-0001", agency_code="411202-AD01"), house=lite)
    insider = Viewer("x", "测试", "city_supervisor", "411202-AD01", "411202")

    assert (await take_call.read_draft(call(), viewer=insider, house=lite)).similar == ()
    with pytest.raises(Forbidden):
        await take_call.read_draft(call(), viewer=AGENCY, house=lite)


async def test_an_entered_complaint_is_one_also_when_sent_twice_and_names_who_entered_it(house):
    first = await take_call.take_call(call(), viewer=REXIAN, house=house)
    again = await take_call.take_call(call(), viewer=REXIAN, house=house)

    assert (first.number, first.query_code) == (again.number, again.query_code)
    whole = await read_leads.read_lead(first.number, SHI, house=house)
    assert whole.complaint.channel == "phone"
    assert [(e.actor, e.label) for e in whole.events if e.kind == "entered"] == [("rexian", "工作人员登记")]
    with pytest.raises(Malformed):
        await take_call.take_call(call(key="desk-0002", channel="web"), viewer=REXIAN, house=house)


async def test_two_leads_side_by_side_mark_what_they_share_and_hide_together(lite):
    one = await file_complaint(new_complaint(key="side-0001", agency_code="411202-AD01"), house=lite)
    other = await file_complaint(
        new_complaint(f"{TEXT}<b>乙</b>", key="side-0002", agency_code="411203-AD01"), house=lite
    )

    found = await compare_leads(one.number, other.number, SHI, house=lite)

    assert any("把我的三轮车扣走了" in words for words in found.common)
    assert found.likeness.score > 0.3
    for number in (one.number, other.number):
        kinds = [e.kind for e in (await read_leads.read_lead(number, SHI, house=lite)).events]
        assert "read" in kinds
    insider = Viewer("x", "测试", "city_supervisor", "411203-AD01", "411203")
    for pair in ((one.number, other.number), (other.number, one.number)):
        with pytest.raises(NotFound):
            await compare_leads(*pair, insider, house=lite)
    for number in (one.number, other.number):
        events = (await read_leads.read_lead(number, SHI, house=lite)).events
        assert "x" not in [e.actor for e in events]


def test_common_words_are_found_whole_and_only_when_long_enough():
    assert common_words("昨天城管扣车，今天罚款", "城管扣车以后罚款") == ("城管扣车",)
    assert common_words("", "城管") == ()


async def test_many_leads_are_taken_each_for_itself(house):
    numbers = [
        (await file_complaint(new_complaint(f"{TEXT}第{i}件", key=f"bulk-{i:04d}"), house=house)).number
        for i in range(3)
    ]
    await triage.take_step(numbers[1], triage.Order("watch"), version=1, viewer=SHI, house=house)

    done = await take_steps(
        triage.Order("claim"), [(n, 1) for n in (*numbers, "XSAAAAAAAAAAA")], viewer=SHI, house=house
    )

    assert [o.number for o in done if not o.why] == [numbers[0], numbers[2]]
    assert done[1].why
    assert done[3] == Outcome("XSAAAAAAAAAAA", "没有找到这条线索。")
    for bad in (triage.Order("close"), triage.Order("reject")):
        with pytest.raises(Malformed):
            await take_steps(bad, [(numbers[0], 2)], viewer=SHI, house=house)
    with pytest.raises(Malformed):
        await take_steps(triage.Order("claim"), [(numbers[0], 2)] * 101, viewer=SHI, house=house)


async def test_what_the_hotline_sent_back_has_a_list_of_its_own(house):
    receipt = await file_complaint(new_complaint(), house=house)
    other = await file_complaint(new_complaint(f"{TEXT}乙", key="back-0002"), house=house)
    event = {
        "event": "return",
        "lead_no": receipt.number,
        "text": "不属于热线受理范围",
        "at": "2026-11-23T12:00:00+08:00",
    }
    await receive_event("hotline12345", "SMX0001", event, house=house)

    page = await read_leads.list_leads(SHI, lead_filter(returned="1"), cursor=None, limit=9, house=house)

    assert [lead.number for lead in page.items] == [receipt.number]
    assert other


async def heard(web, seconds):
    """The news that arrive within some seconds."""
    found = []
    try:
        async with asyncio.timeout(seconds), web.get("/console/events") as answer:
            assert answer.status == 200
            async for line in answer.content:
                if line.startswith(b"data: "):
                    found.append(line.decode().strip())
    except TimeoutError:
        pass
    return found


async def test_news_tell_of_visible_leads_and_nothing_of_hidden_ones(lite, monkeypatch):
    import datetime as dt

    from intake.pages.console import live

    monkeypatch.setattr(live, "EVERY_S", 0.2)
    start = dt.datetime.now(dt.UTC)
    lite.clock = lambda: dt.datetime.now(dt.UTC)
    async with serve(lite) as base:
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(base, cookie_jar=jar) as web:
            form = {"login": "hubin", "password": PASSWORD}
            async with web.post("/console/sign-in", data=form, allow_redirects=False) as answer:
                assert answer.status == 303

            async def file(text, key, agency):
                await asyncio.sleep(0.5)
                await file_complaint(new_complaint(text, key=key, agency_code=agency), house=lite)

            hidden, _ = await asyncio.gather(heard(web, 2), file(TEXT, "news-0001", "411202-SF"))
            shown, _ = await asyncio.gather(heard(web, 2), file(f"{TEXT}乙", "news-0002", "411202-AD01"))

    assert hidden == []
    assert shown == ['data: {"new": 1, "changed": 0}']
    assert start


async def test_the_desk_by_form_never_gives_the_phone_back(lite):
    async with serve(lite) as base:
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(base, cookie_jar=jar) as web:
            form = {"login": "rexian", "password": PASSWORD}
            async with web.post("/console/sign-in", data=form, allow_redirects=False) as answer:
                assert answer.status == 303
            async with web.get("/console/desk") as answer:
                csrf = (await answer.text()).split('name="csrf" value="')[1].split('"')[0]
            told = {
                "csrf": csrf,
                "text": TEXT,
                "phone": PHONE,
                "name": "测试张三",
                "channel": "phone",
                "do": "file",
            }
            async with web.post("/console/desk", data=told | {"key": "desk-key-0001"}) as answer:
                page = await answer.text()
                assert answer.status == 201
            assert PHONE not in page
            assert "请读给对方" in page
            async with web.post("/console/desk", data=told | {"csrf": "x"}) as answer:
                assert answer.status == 403
