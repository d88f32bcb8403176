"""Suggestions that the ministry's platform transferred: filed once, answered once, with the real counterpart."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import aiohttp
import pytest

from connectors.errors import ConnectorError
from connectors.moj_suggestions.simulator import SAMPLE, TRANSFERRED_BY, Push, enter, push
from connectors.policies.agreed import Agreed
from connectors.policies.signers import HmacSigner
from intake.domain.conflict import Viewer
from intake.domain.errors import Forbidden
from intake.services import triage
from intake.services.deliver_to_partners import deliver_to_partners
from intake.services.file_complaint import file_complaint
from intake.services.pull import pull, pull_due
from intake.services.read_leads import list_leads, read_lead
from intake.services.read_partners import partner_news
from intake.services.read_transfers import read_transfers
from intake.store.lead_filters import LeadFilter
from tests.factories.house import PHONE, new_complaint, small_house
from tests.factories.partners import partners
from tests.factories.server import serve

MOJ = "moj_suggestions"
SHI = Viewer("shi", "测试", "city_supervisor", "411200-SF", "411200")
INSIDER = Viewer("x", "测试", "city_supervisor", "411202-AD01", "411200")


class Clock:
    def __init__(self) -> None:
        self.now = dt.datetime.now(dt.UTC)

    def __call__(self) -> dt.datetime:
        return self.now


@pytest.fixture
async def theirs():
    async with partners() as opened:
        yield opened


@pytest.fixture
async def town(database_url, tmp_path, theirs):
    """(house, clock) with the ministry's platform switched on, and no other."""
    clock = Clock()
    async with small_house(database_url, tmp_path, clock=clock) as house:
        house.partners = {MOJ: theirs.clients[MOJ]}
        yield house, clock


def book(theirs):
    return theirs.counterparts[MOJ].book


async def leads(house, viewer=SHI):
    found = await list_leads(viewer, LeadFilter(), cursor=None, limit=200, house=house)
    return found.items


async def step(house, number, name, **words):
    version = (await read_lead(number, SHI, house=house)).lead.version
    return await triage.take_step(
        number, triage.Order(name, **words), version=version, viewer=SHI, house=house
    )


async def closed(house, number, reply="已核查，已责令改正。"):
    await step(house, number, "confirm")
    await step(house, number, "reply", note="内部结论不外传", public_text=reply, verdict="substantiated")
    await step(house, number, "close")


async def test_a_transferred_suggestion_is_a_lead_that_is_urgent_and_knows_who_transferred_it(
    town, theirs, caplog
):
    caplog.set_level("INFO")
    house, _ = town
    row = enter(book(theirs), {"content": SAMPLE})

    done = await pull(MOJ, house=house)

    assert done.counts == {"created": 1}
    assert "pulled" in caplog.messages
    [lead] = await leads(house)
    whole = await read_lead(lead.number, SHI, house=house)
    assert (whole.complaint.channel, whole.complaint.source_no) == ("moj_platform", row["suggestionNo"])
    assert (lead.urgency <= "U2", lead.agency_code) == (True, "411202-AD01")
    news = await partner_news(lead.number, SHI, house=house)
    assert news.transfer["transferred_by"] == TRANSFERRED_BY[0]
    assert news.transfer["transfer_no"] == row["transfer"]["no"]


async def test_the_same_number_is_the_same_case_whatever_is_read_again(town, theirs):
    house, clock = town
    enter(book(theirs), {"content": SAMPLE, "suggestionNo": "PY-1"})
    await pull(MOJ, house=house)
    async with house.store.change() as uow:
        await uow.directory.settle(MOJ, cursor="")

    again = await pull(MOJ, at_once=True, house=house)
    enter(book(theirs), {"content": SAMPLE + "补充：还没有给收据。", "suggestionNo": "PY-1"})
    clock.now += dt.timedelta(minutes=2)
    changed = await pull(MOJ, house=house)

    assert (again.counts, changed.counts) == ({"duplicate_same": 1}, {"updated": 1})
    [lead] = await leads(house)
    kinds = [e.kind for e in (await read_lead(lead.number, SHI, house=house)).events]
    assert kinds.count("hotline_updated") == 1


async def test_many_come_page_by_page_each_once(town, theirs, monkeypatch):
    monkeypatch.setattr("connectors.moj_suggestions.connector.PAGE", 3)
    house, _ = town
    for place in range(7):
        enter(book(theirs), {"content": f"{SAMPLE}第{place}次。", "suggestionNo": f"PY-{place:04d}"})

    done = await pull(MOJ, house=house)

    assert (done.counts, len(book(theirs).asked), len(await leads(house))) == ({"created": 7}, 3, 7)


@pytest.mark.parametrize("mode", ["500", "html_login", "error_in_200", "drop"])
async def test_a_platform_that_is_away_is_asked_again_and_blocks_nothing(town, theirs, mode):
    house, clock = town
    enter(book(theirs), {"content": SAMPLE})
    theirs.fault(MOJ, mode)
    assert await pull_due(house=house) == 0
    view = await read_transfers(SHI, house=house)
    assert (view.pull.failures, bool(view.pull.last_error)) == (1, True)
    await file_complaint(new_complaint(), house=house)

    theirs.fault(MOJ, "none")
    assert await pull_due(house=house) == 0, "not before its time"
    clock.now += dt.timedelta(seconds=61)

    assert await pull_due(house=house) == 1
    assert (await read_transfers(SHI, house=house)).pull.last_error is None


async def test_a_slow_platform_costs_its_time_and_is_noted(town, theirs):
    house, _ = town
    theirs.fault(MOJ, "slow", delay_s=5)
    house.partners = {MOJ: theirs.client(MOJ, timeout_s=0.2)}

    with pytest.raises(ConnectorError):
        await pull(MOJ, house=house)

    assert "没有应答" in (await read_transfers(SHI, house=house)).pull.last_error
    await house.partners[MOJ].close()


async def test_what_cannot_be_filed_is_kept_with_its_reason_and_the_rest_is_filed(town, theirs):
    house, clock = town
    enter(book(theirs), {"content": "要改的", "suggestionNo": "PY-BAD"})
    enter(book(theirs), {"content": SAMPLE, "suggestionNo": "PY-GOOD"})
    book(theirs).rows["suggestions"][0]["content"] = ""
    book(theirs).rows["suggestions"][1]["submitTime"] = "前几天"

    done = await pull(MOJ, house=house)

    assert done.counts == {"created": 1, "refused": 1}
    view = await read_transfers(SHI, house=house)
    assert [(n.number, "没有内容" in n.why) for n in view.not_filed] == [("PY-BAD", True)]
    assert "提交时间" in view.cases[0].facts["unread"]
    enter(book(theirs), {"content": SAMPLE, "suggestionNo": "PY-BAD"})
    clock.now += dt.timedelta(minutes=2)
    await pull(MOJ, house=house)
    assert (await read_transfers(SHI, house=house)).not_filed == ()


async def test_the_result_goes_back_to_who_transferred_it_once_and_without_persons(town, theirs):
    house, clock = town
    row = enter(book(theirs), {"content": SAMPLE})
    await pull(MOJ, house=house)
    [lead] = await leads(house)
    await closed(house, lead.number, reply=f"已核查，请拨打{PHONE}领取。")
    theirs.fault(MOJ, "duplicate", count=1)

    for _ in range(4):
        await deliver_to_partners("w", house=house)
        clock.now += dt.timedelta(seconds=90)

    [result] = book(theirs).taken
    assert (result["suggestionNo"], result["transfer"]["no"], result["transfer"]["org"]) == (
        row["suggestionNo"], row["transfer"]["no"], TRANSFERRED_BY[0],
    )  # fmt: skip
    assert (result["resultType"], result["verdict"]) == ("办结", "属实")
    assert PHONE not in json.dumps(result)
    assert "内部结论" not in json.dumps(result, ensure_ascii=False)
    [sent] = (await partner_news(lead.number, SHI, house=house)).sent
    assert (sent.message.state, sent.message.receipt) == ("done", "FK000001")
    [case] = (await read_transfers(SHI, house=house)).cases
    assert case.result.receipt == "FK000001"


@pytest.mark.parametrize(
    ("name", "words", "outcome", "said"),
    [
        ("reject", {"reason": "R02"}, "不予受理", "行政复议"),
        ("transfer", {"note": "属于别的单位", "target": "测试单位"}, "已转有权处理的单位", "已转有权处理"),
        ("terminate", {"reason": "T02"}, "终止办理", "其他机关"),
    ],
)
async def test_every_other_end_is_told_too(town, theirs, name, words, outcome, said):
    house, _ = town
    enter(book(theirs), {"content": SAMPLE})
    await pull(MOJ, house=house)
    [lead] = await leads(house)

    await step(house, lead.number, name, **words)
    await deliver_to_partners("w", house=house)

    [result] = book(theirs).taken
    assert result["resultType"] == outcome
    assert said in result["resultContent"]


async def test_a_merged_case_is_answered_with_the_main_one(town, theirs):
    house, _ = town
    enter(book(theirs), {"content": SAMPLE})
    await pull(MOJ, house=house)
    [lead] = await leads(house)
    main = (await file_complaint(new_complaint(key="main-0001"), house=house)).number
    await step(house, lead.number, "merge", target=main, note="同一件事")
    await closed(house, main)

    await deliver_to_partners("w", house=house)

    [result] = book(theirs).taken
    assert (result["leadNo"], result["resultType"]) == (lead.number, "并案办结")


async def test_pushed_and_pulled_it_is_one_case(lite, theirs):
    house = lite
    house.clock = lambda: dt.datetime.now(dt.UTC)
    house.partners = {MOJ: theirs.clients[MOJ]}
    house.policy = replace(house.policy, callers={"moj_platform": ("moj", Agreed(HmacSigner("m" * 20)))})
    row = enter(book(theirs), {"content": SAMPLE})
    async with serve(house) as base:
        said = await push(row, Push(base, "moj", "m" * 20))
    done = await pull(MOJ, house=house)

    assert (said, done.counts) == ("created", {"duplicate_same": 1})
    [case] = (await read_transfers(SHI, house=house)).cases
    assert case.facts["transferred_by"] == TRANSFERRED_BY[0]


async def test_a_case_about_an_agency_does_not_exist_for_its_people(town, theirs):
    house, _ = town
    enter(book(theirs), {"content": SAMPLE})
    await pull(MOJ, house=house)

    assert (await read_transfers(SHI, house=house)).cases
    assert (await read_transfers(INSIDER, house=house)).cases == ()
    for role in ("hotline_operator", "agency", "inspector", "admin"):
        with pytest.raises(Forbidden):
            await read_transfers(replace(SHI, role=role), house=house)


async def test_switched_off_nothing_is_asked_and_nothing_written(town, theirs):
    house, _ = town
    house.partners = {}
    number = (await file_complaint(new_complaint(), house=house)).number

    assert await pull_due(house=house) == 0
    await closed(house, number)

    assert book(theirs).asked == []
    assert (await partner_news(number, SHI, house=house)).sent == ()


async def test_the_page_of_the_counterpart_takes_a_suggestion_and_shows_its_result(theirs):
    home = f"{theirs.base}/{MOJ}/"
    async with aiohttp.ClientSession() as session:
        async with session.post(
            home + "enter", data={"content": "测试内容", "suggestionNo": "PY-9"}
        ) as answer:
            page = await answer.text()
        await theirs.clients[MOJ].deliver(
            "result",
            {"number": "PY-9", "lead_no": "XS1", "outcome": "办结", "reply": "测试反馈", "handled_by": "测试局", "done_at": "2026-11-23"},
            message_id="m-1",
        )  # fmt: skip
        async with session.get(home) as answer:
            after = await answer.text()
        async with session.post(home + "enter", data={"content": " "}) as answer:
            empty = answer.status

    assert ("PY-9" in page, "测试反馈" in page, "测试反馈" in after, empty) == (True, False, True, 422)
