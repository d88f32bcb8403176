"""Links, splits and the patterns behind single complaints, each rule at its edge."""

from __future__ import annotations

import asyncio
import datetime as dt

import pytest

from intake.domain.conflict import Viewer
from intake.domain.errors import Forbidden, Malformed, NotFound, Stale, WrongStep
from intake.services import after_filing, audit, judge_patterns, read_leads, triage
from intake.services.file_complaint import file_complaint
from intake.services.new_complaint import Complainant
from intake.services.notice_patterns import notice_patterns
from tests.factories.house import NOON, new_complaint

SHI = Viewer("shi", "测试", "city_supervisor", "411200-SF", "411200")
INSIDER = Viewer("x", "测试", "city_supervisor", "411202-AD01", "411202")
STREET = "湖滨区城管在黄河路乱收占道费，每个摊位收五百元不给票据，要求退还。"
TWO = "湖滨区城管没出示证件就扣了我的三轮车。另外湖滨区市场监管局收了我二百元检查费不开票。"


def person(i):
    return Complainant(anonymous=False, name=f"测试{i}", phone=f"138001380{i:02d}")


def firm(i):
    return Complainant(
        "enterprise", False, f"测试{i}", f"138001380{i:02d}", f"三门峡测试{'甲乙丙丁戊'[i]}商贸有限公司"
    )


async def filed(house, text, who, key, *, agency="411202-AD01", days=0):
    house.clock = lambda: NOON + dt.timedelta(days=days)
    receipt = await file_complaint(
        new_complaint(text, key=f"pattern-{key}", complainant=who, agency_code=agency), house=house
    )
    return receipt


async def take(house, number, step, **more):
    lead = (await read_leads.read_lead(number, SHI, house=house)).lead
    return await triage.take_step(
        number, triage.Order(step, **more), version=lead.version, viewer=SHI, house=house
    )


async def kinds(house, viewer=SHI):
    return sorted(s.finding.kind for s in await judge_patterns.list_findings(viewer, house=house))


@pytest.mark.parametrize(("persons", "expected"), [(4, []), (5, ["group"])])
async def test_five_persons_on_one_matter_are_a_group(lite, persons, expected):
    for i in range(persons):
        await filed(lite, f"{STREET}我的摊位是第{i}个。", person(i), f"g{i}")
    await notice_patterns(house=lite)

    assert await kinds(lite) == expected


async def test_one_person_five_times_is_no_group(lite):
    for i in range(5):
        await filed(lite, f"{STREET}我的摊位是第{i}个。", person(1), f"s{i}")
    await notice_patterns(house=lite)

    assert await kinds(lite) == []


@pytest.mark.parametrize(("firms", "last_day", "expected"), [(2, 0, False), (3, 29, True), (3, 31, False)])
async def test_three_firms_in_thirty_days_about_one_agency_and_problem_are_a_trades_matter(
    lite, firms, last_day, expected
):
    for i in range(firms):
        day = last_day if i == firms - 1 else 0
        receipt = await filed(
            lite, f"城管收我们公司占道费{i}百元，不开票，{STREET}", firm(i), f"f{i}", days=day
        )
        labels = {"scope": "SC00", "problem_types": ["PT102"], "domain": "AD01", "is_green": True}
        await take(lite, receipt.number, "reclassify", labels=labels)
    await notice_patterns(house=lite)

    assert ("industry" in await kinds(lite)) is expected


async def test_a_finding_is_made_once_also_by_two_workers(house):
    for i in range(5):
        await filed(house, f"{STREET}我的摊位是第{i}个。", person(i), f"w{i}")

    await asyncio.gather(notice_patterns(house=house), notice_patterns(house=house))
    await notice_patterns(house=house)

    assert await kinds(house) == ["group"]


async def test_a_finding_about_a_house_does_not_exist_for_its_people(lite):
    for i in range(5):
        await filed(lite, f"{STREET}我的摊位是第{i}个。", person(i), f"h{i}")
    await notice_patterns(house=lite)

    assert await kinds(lite, INSIDER) == []
    (shown,) = await judge_patterns.list_findings(SHI, house=lite)
    with pytest.raises(NotFound):
        await judge_patterns.judge_pattern(
            shown.finding.id, "confirm", "是", version=1, viewer=INSIDER, house=lite
        )
    with pytest.raises(Forbidden):
        await judge_patterns.list_findings(
            Viewer("guanli", "测试", "admin", "411200-SF", "411200"), house=lite
        )


async def test_a_person_decides_once_with_a_reason_and_every_lead_keeps_it(house):
    receipts = [await filed(house, f"{STREET}我的摊位是第{i}个。", person(i), f"j{i}") for i in range(5)]
    await notice_patterns(house=house)
    (shown,) = await judge_patterns.list_findings(SHI, house=house)
    finding, version = shown.finding.id, shown.finding.version

    with pytest.raises(Malformed):
        await judge_patterns.judge_pattern(finding, "confirm", " ", version=version, viewer=SHI, house=house)
    with pytest.raises(Stale):
        await judge_patterns.judge_pattern(
            finding, "confirm", "同一条街", version=version + 7, viewer=SHI, house=house
        )
    await judge_patterns.judge_pattern(
        finding, "confirm", "同一条街", version=version, viewer=SHI, house=house
    )

    for receipt in receipts:
        events = (await read_leads.read_lead(receipt.number, SHI, house=house)).events
        assert [e.details["note"] for e in events if e.kind == "pattern_decided"] == ["同一条街"]
    (again,) = await judge_patterns.list_findings(SHI, house=house)
    with pytest.raises(WrongStep):
        await judge_patterns.judge_pattern(
            finding, "dismiss", "改主意", version=again.finding.version, viewer=SHI, house=house
        )
    assert (await audit.verify(house.policy.anchors / "none", house=house)).breaks == ()


async def test_a_new_inspection_after_a_green_complaint_is_watched_for_six_months(lite):
    first = await filed(lite, f"城管乱罚款，我公司不服。{STREET}", firm(1), "r1")
    labels = {"scope": "SC00", "problem_types": ["PT101"], "domain": "AD01", "is_green": True}
    await take(lite, first.number, "reclassify", labels=labels)
    again = await filed(lite, "城管又来我公司检查，说我们上次告状，又罚了三千元。", firm(1), "r2", days=60)
    late = await filed(lite, "城管来我公司检查，罚了一千元。", firm(1), "r3", days=300)
    lite.clock = lambda: NOON + dt.timedelta(days=61)
    await notice_patterns(house=lite)

    found = [
        s for s in await judge_patterns.list_findings(SHI, house=lite) if s.finding.kind == "retaliation"
    ]
    numbers = {lead.number for s in found for lead in s.leads}
    assert {first.number, again.number} <= numbers
    assert late.number not in numbers


async def test_a_split_keeps_the_day_of_receipt_and_the_citizens_code(house):
    receipt = await filed(house, TWO, person(1), "split")
    house.clock = lambda: NOON + dt.timedelta(days=3)

    await take(
        house,
        receipt.number,
        "split",
        note="两件事",
        part="湖滨区市场监管局收了我二百元检查费不开票。",
        labels={"agency_code": "411202-AD02"},
    )

    whole = await read_leads.read_lead(receipt.number, SHI, house=house)
    number = next(e.details["number"] for e in whole.events if e.kind == "split")
    second = (await read_leads.read_lead(number, SHI, house=house)).lead
    assert second.agency_code == "411202-AD02"
    assert second.received_at == whole.lead.received_at
    assert second.answer_by <= whole.lead.answer_by
    seen = await after_filing.track(number, receipt.query_code, house=house)
    assert seen.number == number
    for code in ("411202-AD01", "411202-AD02"):
        insider = Viewer("x", "测试", "city_supervisor", code, "411202")
        for one in (receipt.number, number):
            with pytest.raises(NotFound):
                await read_leads.read_lead(one, insider, house=house)


async def test_a_link_shows_on_both_leads_and_only_to_those_who_see_both(lite):
    one = await filed(lite, STREET, person(1), "l1")
    other = await filed(lite, f"{STREET}乙", person(2), "l2", agency="411203-AD01")

    await take(lite, one.number, "link", target=other.number, reason="related")

    for number in (one.number, other.number):
        assert "link" in [e.kind for e in (await read_leads.read_lead(number, SHI, house=lite)).events]
    insider = Viewer("y", "测试", "city_supervisor", "411203-AD01", "411203")
    events = (await read_leads.read_lead(one.number, insider, house=lite)).events
    assert "link" not in [e.kind for e in events]
    with pytest.raises(WrongStep):
        await take(lite, one.number, "link", target=other.number, reason="related")
    with pytest.raises(Malformed):
        await take(lite, one.number, "link", target="XSAAAAAAAAAAA", reason="related")
    await take(lite, one.number, "unlink", target=other.number, note="看错了")
    with pytest.raises(Malformed):
        await take(lite, one.number, "unlink", target=other.number, note="再来")
