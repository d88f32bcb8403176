"""Leads, documents and results to the province's platform; its directory beside our table; substantiated conduct."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import pytest

from connectors.partners.samples import AGENCY, FIRM, USCC
from intake.domain.conflict import Viewer
from intake.domain.errors import Forbidden, NotFound
from intake.services import issue_document, triage, write_document
from intake.services.after_filing import withdraw
from intake.services.deliver import deliver_due, redrive
from intake.services.deliver_to_partners import deliver_to_partners
from intake.services.file_complaint import file_complaint
from intake.services.new_complaint import Complainant
from intake.services.pull import pull, pull_due
from intake.services.read_directory import read_directory
from intake.services.read_leads import read_lead
from intake.services.read_partners import partner_news
from intake.services.stuck_deliveries import drive_again, stuck_deliveries
from tests.factories.house import PHONE, new_complaint, small_house
from tests.factories.partners import partners

PROVINCE, SUPERVISION = "province_platform", "internet_supervision"
SHI = Viewer("shi", "测试", "city_supervisor", "411200-SF", "411200")
OPERATOR = Viewer("rexian", "测试", "hotline_operator", "411200-HOTLINE", "411200")
INSIDER = Viewer("x", "测试", "city_supervisor", "411202-AD01", "411200")
OWNER = Complainant("enterprise", False, "测试张三", PHONE, FIRM, USCC)
TEXT = f"我叫测试张三，电话{PHONE}，{FIRM}被{AGENCY}以占道经营为由罚款，没出示证件。"


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
    """(house, clock) with every system switched on."""
    clock = Clock()
    async with small_house(database_url, tmp_path, clock=clock) as house:
        house.partners = theirs.clients
        yield house, clock


async def filed(house, key="prov-0001", agency="411202-AD01"):
    new = new_complaint(TEXT, key=key, complainant=OWNER, agency_code=agency)
    return (await file_complaint(new, house=house)).number


async def step(house, number, name, **words):
    version = (await read_lead(number, SHI, house=house)).lead.version
    return await triage.take_step(
        number, triage.Order(name, **words), version=version, viewer=SHI, house=house
    )


async def replied(house, number, verdict="substantiated"):
    words = {"note": "内部结论不外传", "public_text": f"已责令改正，{FIRM}可领回物品。", "verdict": verdict}
    await step(house, number, "reply", **words)


async def issued(house, number):
    """An opinion, drafted, finished and issued."""
    made = await write_document.draft_document(number, "opinion", viewer=SHI, house=house)
    body = f"经查，请纠正。联系{PHONE}。"
    await write_document.edit_document(number, made, AGENCY, body, version=1, viewer=SHI, house=house)
    await issue_document.finish_document(number, made, "issue", version=2, viewer=SHI, house=house)


async def delivered(house, clock, rounds=6):
    for _ in range(rounds):
        await deliver_to_partners("w", house=house)
        clock.now += dt.timedelta(seconds=90)


def taken(theirs, system=PROVINCE):
    return theirs.counterparts[system].book.taken


async def test_lead_document_and_result_go_out_in_order_and_name_nobody(town, theirs):
    house, clock = town
    number = await filed(house)
    assert await deliver_to_partners("w", house=house) == 0, "not accepted yet"
    await step(house, number, "confirm")
    await issued(house, number)
    await replied(house, number)
    await step(house, number, "close")
    theirs.fault(PROVINCE, "500", count=1)

    await delivered(house, clock)

    lead, document, result = taken(theirs)
    assert (lead["subjectName"], lead["areaCode"], lead["urgency"]) == (AGENCY, "411202", "一般")
    assert (document["docType"], document["docTo"]) == ("行政执法监督意见书", AGENCY)
    assert (result["resultType"], result["verdict"]) == ("办结", "属实")
    everything = json.dumps(taken(theirs), ensure_ascii=False)
    for secret in (PHONE, "测试张三", FIRM, USCC, "内部结论"):
        assert secret not in everything
    assert {one["leadNo"] for one in taken(theirs)} == {number}


async def test_what_is_not_accepted_does_not_go_there(town, theirs):
    house, clock = town
    await step(house, await filed(house), "reject", reason="R02")
    receipt = await file_complaint(new_complaint(key="prov-0002"), house=house)
    await withdraw(receipt.number, receipt.query_code, house=house)

    await delivered(house, clock, 2)

    assert taken(theirs) == []


async def test_a_lead_accepted_before_it_was_switched_on_goes_before_its_result(town, theirs):
    house, clock = town
    house.partners = {}
    number = await filed(house)
    await step(house, number, "confirm")
    house.partners = theirs.clients
    await replied(house, number)
    await step(house, number, "close")

    await delivered(house, clock, 3)

    assert ["content" in one for one in taken(theirs)] == [True, False]


@pytest.mark.parametrize("mode", ["500", "drop", "html_login", "error_in_200", "duplicate"])
async def test_a_platform_that_is_away_gets_everything_once_later(town, theirs, mode):
    house, clock = town
    number = await filed(house)
    theirs.fault(PROVINCE, mode, count=2)
    await step(house, number, "confirm")
    await replied(house, number)
    await step(house, number, "close")

    await delivered(house, clock, 8)

    assert [bool(one.get("content")) for one in taken(theirs)] == [True, False]
    sent = [
        s for s in (await partner_news(number, SHI, house=house)).sent if s.message.destination == PROVINCE
    ]
    assert [(s.kind, s.message.state, s.message.receipt) for s in sent] == [
        ("线索", "done", "YTH000001"),
        ("办理结果", "done", "YTH000002"),
    ]
    labels = [e.label for e in (await read_lead(number, SHI, house=house)).events if e.kind == "told_partner"]
    assert "全省行政执法监督一体化平台已收到办理结果" in labels


async def test_a_slow_platform_holds_up_neither_the_hotline_nor_another_system(town, theirs):
    house, _ = town
    theirs.fault(PROVINCE, "slow", delay_s=1.5)
    number = await filed(house)
    await step(house, number, "confirm")
    await replied(house, number)
    await step(house, number, "close")

    assert await deliver_due("hotline-only", house=house, to=PROVINCE, limit=0) == 0
    assert await deliver_to_partners("w", house=house) == 2

    assert len(taken(theirs, SUPERVISION)) == 1
    async with house.store.look() as uow:
        lead = await uow.leads.by_number(number)
        hotline = [r for r in await uow.outbox.of_lead(lead.id) if r.destination == "hotline12345"]
    assert {r.state for r in hotline} == {"ready"}, "the hotline's messages are another loop's"


async def test_what_is_refused_waits_for_a_person_with_what_follows(town, theirs):
    house, clock = town
    theirs.counterparts[PROVINCE].secret = "changed-at-their-side"
    number = await filed(house)
    await step(house, number, "confirm")
    await issued(house, number)
    await delivered(house, clock, 3)
    [one] = [s for s in await stuck_deliveries(SHI, house=house) if s.message.destination == PROVINCE]
    assert (one.message.state, one.waits_behind) == ("dead", 1)
    assert not [s for s in await stuck_deliveries(OPERATOR, house=house) if s.message.destination == PROVINCE]
    with pytest.raises(NotFound):
        await drive_again(one.message.id, OPERATOR, house=house)

    theirs.counterparts[PROVINCE].secret = theirs.clients[PROVINCE].access.secret
    assert await redrive(PROVINCE, house=house) == 1
    await delivered(house, clock, 3)

    assert len(taken(theirs)) == 2


async def test_switched_off_meanwhile_a_message_waits(town, theirs):
    house, clock = town
    number = await filed(house)
    await step(house, number, "confirm")
    house.partners = {}
    await delivered(house, clock, 2)
    [sent] = (await partner_news(number, SHI, house=house)).sent
    assert (sent.is_off, sent.message.state, sent.message.attempts) == (True, "ready", 0)

    house.partners = theirs.clients
    await delivered(house, clock, 1)

    assert len(taken(theirs)) == 1


@pytest.mark.parametrize(
    ("verdict", "told"),
    [("substantiated", 1), ("partly", 1), ("unsubstantiated", 0), ("unclear", 0), (None, 0)],
)
async def test_only_substantiated_conduct_is_pushed_and_once(town, theirs, verdict, told):
    house, clock = town
    number = await filed(house)
    await step(house, number, "confirm")
    await replied(house, number, verdict)
    await step(house, number, "close")

    await delivered(house, clock, 3)

    found = taken(theirs, SUPERVISION)
    assert len(found) == told
    for one in found:
        assert (one["deptCode"], one["leadNo"], one["verdict"] in ("属实", "部分属实")) == (
            "411202-AD01",
            number,
            True,
        )
        assert not any(word in json.dumps(one, ensure_ascii=False) for word in (PHONE, FIRM, "张三"))


async def test_conduct_of_a_body_that_only_the_complainant_names_is_not_pushed(town, theirs):
    house, clock = town
    new = new_complaint("有人没出示证件就罚款。", key="prov-0009", agency_text="门口那个大队")
    number = (await file_complaint(new, house=house)).number
    await step(house, number, "confirm")
    await replied(house, number)
    await step(house, number, "close")

    await delivered(house, clock, 3)

    assert taken(theirs, SUPERVISION) == []
    assert "门口那个大队" not in json.dumps(taken(theirs), ensure_ascii=False)


async def test_a_wrong_verdict_is_refused(town):
    house, _ = town
    number = await filed(house)
    await step(house, number, "confirm")

    with pytest.raises(triage.Malformed, match="核查认定"):
        await replied(house, number, "maybe")


async def test_the_directory_is_read_and_changes_nothing_of_ours(town):
    house, clock = town
    before = dict(house.organisations)

    done = await pull(PROVINCE, house=house)

    assert done.counts == {"bodies": 6, "duties": 4}
    assert house.organisations == before
    view = await read_directory(SHI, house=house)
    kinds = {(d.kind, d.code, d.theirs) for d in view.differences if d.kind != "only_ours"}
    assert kinds == {
        ("only_theirs", "", "湖滨区测试综合行政执法大队"),
        ("similar", "411203-AD01", "陕州区城市综合管理局"),
        ("ended", house_code(house, "湖滨区农业农村局"), "湖滨区农业农村局"),
        ("parent", "411202-AD02", "三门峡市市场监督管理局"),
    }
    with pytest.raises(Forbidden):
        await read_directory(replace(SHI, role="supervisor"), house=house)
    clock.now += dt.timedelta(hours=23)
    assert await pull(PROVINCE, house=house) is None, "once a day"


def house_code(house, name):
    return next(one.code for one in house.organisations.values() if one.name == name)


async def test_a_directory_that_broke_off_leaves_the_one_before(town, theirs):
    house, clock = town
    await pull(PROVINCE, house=house)
    theirs.fault(PROVINCE, "error_in_200")
    clock.now += dt.timedelta(days=1)

    assert await pull_due(house=house) == 0

    view = await read_directory(SHI, house=house)
    assert (view.bodies, view.duties, view.pull.failures) == (6, 4, 1)


async def test_duties_that_fit_are_shown_on_the_lead_with_who_has_them(town):
    house, _ = town
    number = await filed(house)
    assert (await partner_news(number, SHI, house=house)).duties == ()
    await pull(PROVINCE, house=house)

    news = await partner_news(number, SHI, house=house)

    assert [(d.name, d.organisation) for d in news.duties] == [("对占道经营的处罚", "411202-AD01")]
    with pytest.raises(NotFound):
        await partner_news(number, INSIDER, house=house)
    assert (await partner_news(number, OPERATOR, house=house)).duties == ()
