"""Look-ups in other systems for a lead, with real local counterparts, on both databases."""

from __future__ import annotations

import datetime as dt

import pytest

from connectors.partners.samples import AGENCY, DOCUMENT, FIRM, USCC
from intake.domain.conflict import Viewer
from intake.domain.errors import Forbidden, Malformed, NotFound
from intake.services import read_leads, triage
from intake.services.ask_partner import MOST_ATTEMPTS, ask_due
from intake.services.file_complaint import file_complaint
from intake.services.look_up import look_up, look_ups_of
from intake.services.new_complaint import Complainant
from tests.factories.house import PHONE, new_complaint, small_house
from tests.factories.partners import partners

SHI = Viewer("shi", "测试", "city_supervisor", "411200-SF", "411200")
INSIDER = Viewer("x", "测试", "city_supervisor", "411202-AD01", "411200")
TEXT = f"{AGENCY}罚了我们店五千元，文号{DOCUMENT}，一直没公示，今年还来检查了好几次。"
FIRM_OWNER = Complainant("enterprise", False, "测试张三", PHONE, FIRM, USCC)


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


async def filed(house, *, text=TEXT, who=FIRM_OWNER, key="look-0001", agency="411202-AD01"):
    new = new_complaint(text, key=key, complainant=who, agency_code=agency)
    return (await file_complaint(new, house=house)).number


async def answers(number, house):
    found = await look_ups_of(number, SHI, house=house)
    return {a.row.system: a for a in reversed(found.answers)}, found


async def test_after_filing_the_worker_asks_and_the_lead_shows_it(town, theirs):
    house, _ = town
    number = await filed(house)
    assert not any(c.book.asked for c in theirs.counterparts.values()), "filing itself calls nobody"

    assert await ask_due(house=house, limit=9) == 3
    by_system, found = await answers(number, house)

    assert {s: a.row.state for s, a in by_system.items()} == {
        "credit_platform": "ok",
        "random_inspection": "ok",
        "internet_supervision": "ok",
    }
    facts = dict(by_system["credit_platform"].content["records"][0]["facts"])
    assert (facts["行政处罚决定书文号"], facts["罚款金额（元）"]) == (DOCUMENT, "5,000")
    assert {h["code"] for h in found.hints} >= {"PT303", "PT505", "PT103"}
    whole = await read_leads.read_lead(number, SHI, house=house)
    labels = [e.label for e in whole.events if e.kind == "looked_up"]
    assert "信用信息共享平台：查到 3 条记录" in labels
    assert not any(e.is_public for e in whole.events if e.kind == "looked_up")
    assert theirs.counterparts["case_system"].book.asked == [], "a case file is never asked by itself"


async def test_a_hint_changes_nothing_until_a_person_reclassifies(town):
    house, _ = town
    number = await filed(house)
    before = (await read_leads.read_lead(number, SHI, house=house)).lead

    await ask_due(house=house, limit=9)
    after = (await read_leads.read_lead(number, SHI, house=house)).lead

    assert (after.problems, after.classification, after.version) == (
        before.problems,
        before.classification,
        before.version,
    )


async def test_a_question_carries_nothing_of_the_complaint(town, theirs):
    house, _ = town
    number = await filed(house)
    await ask_due(house=house, limit=9)

    asked = str([c.book.asked for c in theirs.counterparts.values()])
    for secret in (number, PHONE, "测试张三", "没公示"):
        assert secret not in asked


async def test_nothing_is_asked_by_itself_for_an_anonymous_complaint(town, theirs):
    house, _ = town
    number = await filed(house, who=Complainant("enterprise", True, enterprise_name=FIRM, uscc=USCC))

    assert await ask_due(house=house, limit=9) == 0
    await look_up(number, "credit_platform", viewer=SHI, house=house)

    by_system, found = await answers(number, house)
    assert by_system["credit_platform"].row.asked_by == "shi"
    assert found.is_anonymous


async def test_a_system_that_is_down_blocks_nothing_and_is_asked_again(town, theirs):
    house, clock = town
    theirs.fault("credit_platform", "500", count=1)
    number = await filed(house)
    await ask_due(house=house, limit=9)
    by_system, _ = await answers(number, house)
    down = by_system["credit_platform"]
    assert (down.row.state, down.will_try_again) == ("down", True)

    await triage.take_step(number, triage.Order("confirm"), version=1, viewer=SHI, house=house)
    assert await ask_due(house=house, limit=9) == 0
    clock.now += dt.timedelta(seconds=40)
    assert await ask_due(house=house, limit=9) == 1

    by_system, _ = await answers(number, house)
    assert (by_system["credit_platform"].row.state, by_system["credit_platform"].row.attempts) == ("ok", 2)


async def test_a_system_that_stays_down_is_given_up(town, theirs):
    house, clock = town
    theirs.fault("credit_platform", "drop")
    number = await filed(house)
    for _ in range(MOST_ATTEMPTS + 3):
        await ask_due(house=house, limit=9)
        clock.now += dt.timedelta(hours=1)

    by_system, _ = await answers(number, house)
    down = by_system["credit_platform"]
    assert (down.row.attempts, down.will_try_again) == (MOST_ATTEMPTS, False)

    theirs.fault("credit_platform", "none")
    await look_up(number, "credit_platform", viewer=SHI, house=house)
    by_system, found = await answers(number, house)
    assert by_system["credit_platform"].row.state == "ok"
    assert [a.row.state for a in found.answers if a.row.system == "credit_platform"] == ["ok"]


async def test_a_refusal_is_told_and_not_repeated(town, theirs):
    house, clock = town
    theirs.counterparts["credit_platform"].secret = "changed-at-their-side"
    number = await filed(house)
    await ask_due(house=house, limit=9)
    clock.now += dt.timedelta(days=1)

    assert await ask_due(house=house, limit=9) == 0
    by_system, _ = await answers(number, house)
    assert (
        by_system["credit_platform"].row.state,
        "签名" in by_system["credit_platform"].row.last_error,
    ) == (
        "refused",
        True,
    )


async def test_a_case_file_needs_a_reason_and_leaves_a_trace(town, theirs):
    house, _ = town
    number = await filed(house)
    for reason, document in (("太短", DOCUMENT), ("核查处罚程序需要调阅案卷", "别的文号")):
        with pytest.raises(Malformed):
            await look_up(number, "case_system", viewer=SHI, house=house, reason=reason, document=document)
    assert theirs.counterparts["case_system"].book.asked == []

    await look_up(
        number,
        "case_system",
        viewer=SHI,
        house=house,
        reason="核查处罚程序需要调阅案卷",
        document=DOCUMENT,
    )

    [asked] = theirs.counterparts["case_system"].book.asked
    assert asked["dyReason"] == "核查处罚程序需要调阅案卷"
    assert number not in str(asked)
    events = (await read_leads.read_lead(number, SHI, house=house)).events
    [trace] = [e for e in events if e.kind == "look_up"]
    assert (trace.actor, trace.details["number"]) == ("shi", asked["dyhNo"])
    by_system, found = await answers(number, house)
    assert by_system["case_system"].row.state == "ok"
    assert "PT301" in {h["code"] for h in found.hints}


async def test_a_decision_not_found_is_asked_again_when_it_must_be_public(town, theirs):
    house, clock = town
    theirs.counterparts["credit_platform"].book.rows["penalties"] = []
    number = await filed(house, who=Complainant("person", False, "测试张三", PHONE))
    await ask_due(house=house, limit=9)
    _, found = await answers(number, house)
    assert [a.row.state for a in found.answers if a.row.system == "credit_platform"] == ["none"]
    assert "PT303" not in {h["code"] for h in found.hints}

    clock.now += dt.timedelta(days=30)
    assert await ask_due(house=house, limit=9) == 1
    _, found = await answers(number, house)
    assert "PT303" in {h["code"] for h in found.hints}
    clock.now += dt.timedelta(days=60)
    assert await ask_due(house=house, limit=9) == 0


async def test_only_those_who_work_on_a_lead_may_look_up(town, theirs):
    house, _ = town
    number = await filed(house)
    for role in ("hotline_operator", "agency", "inspector", "admin"):
        someone = Viewer("y", "测试", role, "411200-HOTLINE", "411200")
        with pytest.raises(Forbidden):
            await look_up(number, "credit_platform", viewer=someone, house=house)
        assert (await look_ups_of(number, someone, house=house)).offers == ()
    for call in (
        look_up(number, "credit_platform", viewer=INSIDER, house=house),
        look_ups_of(number, INSIDER, house=house),
    ):
        with pytest.raises(NotFound):
            await call


async def test_what_is_off_cannot_be_asked(lite):
    number = await filed(lite)

    assert await ask_due(house=lite) == 0
    with pytest.raises(Malformed, match="没有接通"):
        await look_up(number, "credit_platform", viewer=SHI, house=lite)


async def test_the_answer_is_sealed_in_the_database(town):
    house, _ = town
    number = await filed(house)
    await ask_due(house=house, limit=9)

    async with house.store.look() as uow:
        lead = await uow.leads.by_number(number)
        sealed = [row.sealed for row in await uow.lookups.of_lead(lead.id)]
    assert all(sealed)
    assert not any(AGENCY.encode() in blob for blob in sealed)
