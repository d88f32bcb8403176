"""The whole lifecycle of a lead: requests and who decides on them, merging, leases, random walks, timers."""

from __future__ import annotations

import asyncio
import datetime as dt
import random

import pytest

from intake.domain import lifecycle
from intake.domain.conflict import Viewer
from intake.domain.errors import Forbidden, Malformed, Stale, WrongStep, XiansuoError
from intake.domain.workdays import working_days_between
from intake.services import after_filing, read_leads, triage
from intake.services.clock_watch import watch_clocks
from intake.services.file_complaint import file_complaint
from intake.services.lead_filter import lead_filter
from tests.factories.house import NOON, new_complaint

SHI = Viewer("shi", "测试", "city_supervisor", "411200-SF", "411200")
SHI2 = Viewer("shi2", "测试", "city_supervisor", "411200-SF", "411200")
HUBIN = Viewer("hubin", "测试", "supervisor", "411202-SF", "411202")
REXIAN = Viewer("rexian", "测试", "hotline_operator", "411200-HL", "411200")
LVTONG = Viewer("lvtong", "测试", "green_channel_desk", "411200-SF", "411200")


async def step(house, number, name, viewer=SHI, **more):
    async with house.store.look() as uow:
        lead = await uow.leads.by_number(number)
    return await triage.take_step(
        number, triage.Order(name, **more), version=lead.version, viewer=viewer, house=house
    )


async def filed(house, key="k-000001", **more):
    return await file_complaint(new_complaint(key=key, **more), house=house)


async def signed(house, key="k-000001"):
    """A lead that hubin has signed for."""
    number = (await filed(house, key)).number
    await step(house, number, "confirm")
    await step(house, number, "assign", assignee="hubin")
    await step(house, number, "sign", HUBIN)
    return number


async def lead_of(house, number):
    async with house.store.look() as uow:
        return await uow.leads.by_number(number)


async def test_not_accepting_needs_a_reason_and_shows_the_other_way(house):
    receipt = await filed(house)

    with pytest.raises(Malformed) as refusal:
        await step(house, receipt.number, "reject")
    assert "R02" in str(refusal.value.fields[0].detail)
    await step(house, receipt.number, "reject", reason="R02")

    progress = await after_filing.track(receipt.number, receipt.query_code, house=house)
    assert progress.stage == "L29"
    assert "行政复议" in progress.public_reply


async def test_only_the_assigned_person_signs(house):
    number = (await filed(house)).number
    await step(house, number, "confirm")
    await step(house, number, "assign", assignee="hubin")

    with pytest.raises(Forbidden):
        await step(house, number, "sign", SHI)
    assert (await step(house, number, "sign", HUBIN)).stage == "L32"


async def test_sending_back_twice_and_the_third_time_an_arbiter_decides_for_good(house):
    number = await signed(house)
    deadline = (await lead_of(house, number)).answer_by
    for _ in range(2):
        await step(house, number, "return", HUBIN, reason="B01")
        lead = await step(house, number, "review", decision="approve")
        assert (lead.stage, lead.assignee) == ("L30", None)
        await step(house, number, "assign", assignee="hubin")
        await step(house, number, "sign", HUBIN)
    await step(house, number, "return", HUBIN, reason="B01")
    other = Viewer("hubin2", "测试", "supervisor", "411202-SF", "411202")

    with pytest.raises(Forbidden, match="市级"):
        await step(house, number, "review", other, decision="refuse")
    lead = await step(house, number, "review", decision="refuse")

    assert (lead.stage, lead.answer_by) == ("L32", deadline)
    with pytest.raises(WrongStep, match="裁定"):
        await step(house, number, "return", HUBIN, reason="B01")


async def test_nobody_decides_on_his_own_request(house):
    number = await signed(house)
    await step(house, number, "extend", HUBIN, reason="E01")

    with pytest.raises(Forbidden, match="自己"):
        await step(house, number, "review", HUBIN, decision="approve")
    with pytest.raises(Malformed):
        await step(house, number, "review", decision="maybe")


async def test_more_time_is_given_once_and_the_old_deadline_is_kept_in_the_history(house):
    number = await signed(house)
    before = (await lead_of(house, number)).answer_by
    await step(house, number, "extend", HUBIN, reason="E01")

    lead = await step(house, number, "review", decision="approve")

    assert (lead.stage, lead.answer_by > before) == ("L32", True)
    whole = await read_leads.read_lead(number, SHI, house=house)
    [review] = [e for e in whole.events if e.kind == "review"]
    assert review.details["answer_by"]["old"] == before.isoformat()
    with pytest.raises(WrongStep, match="一次"):
        await step(house, number, "extend", HUBIN, reason="E02")


async def test_a_pause_stops_the_clock_and_gives_the_days_back(house):
    number = await signed(house)
    before = (await lead_of(house, number)).answer_by
    with pytest.raises(Malformed):
        await step(house, number, "suspend", HUBIN, reason="E01")
    await step(house, number, "suspend", HUBIN, reason="S02")
    assert (await step(house, number, "review", decision="approve")).stage == "L34"

    house.clock = lambda: NOON + dt.timedelta(days=60)
    assert await watch_clocks(house=house) == 0
    lead = await step(house, number, "resume", HUBIN)

    assert lead.stage == "L32"
    left = [
        working_days_between(start.date(), end.date(), house.calendar)
        for start, end in ((NOON, before), (house.clock(), lead.answer_by))
    ]
    assert left[0] == left[1] > 0
    # Another urgency, and back: what the pause gave stays given.
    resumed = lead.answer_by
    other = "U4" if lead.urgency != "U4" else "U3"
    moved = await step(house, number, "reclassify", HUBIN, labels={"urgency": other})
    assert moved.answer_by != resumed
    back = await step(house, number, "reclassify", HUBIN, labels={"urgency": lead.urgency})
    assert back.answer_by == resumed


async def test_questions_go_out_twice_at_most_and_the_lead_comes_back_where_it_was(house):
    receipt = await filed(house)
    await step(house, receipt.number, "confirm")
    for _ in range(2):
        assert (await step(house, receipt.number, "ask", note="是哪一天？")).stage == "L11"
        await after_filing.supplement(receipt.number, receipt.query_code, "是周三", house=house)
        assert (await lead_of(house, receipt.number)).stage == "L30"

    with pytest.raises(WrongStep, match="两次"):
        await step(house, receipt.number, "ask", note="几点？")


async def test_merged_leads_keep_their_clocks_and_get_the_answer_too(house):
    first, second = await filed(house, "k-000001"), await filed(house, "k-000002")
    clock = (await lead_of(house, second.number)).answer_by
    with pytest.raises(Malformed):
        await step(house, second.number, "merge", target=second.number, note="同一件事")
    with pytest.raises(Malformed):
        await step(house, second.number, "merge", target="XS00000000000", note="同一件事")
    await step(house, second.number, "merge", target=first.number, note="同一件事")

    lead = await step(house, second.number, "unmerge", note="不是同一件")
    assert (lead.stage, lead.merged_into, lead.answer_by) == ("L20", None, clock)
    await step(house, second.number, "merge", target=first.number, note="同一件事")
    await step(house, first.number, "confirm")
    await step(house, first.number, "reply", note="属实", public_text="已责令归还")
    await step(house, first.number, "close")

    for receipt in (first, second):
        progress = await after_filing.track(receipt.number, receipt.query_code, house=house)
        assert progress.public_reply == "已责令归还"


async def test_with_four_eyes_the_writer_does_not_approve_his_reply(house):
    house.policy = type(house.policy)(**{**vars(house.policy), "four_eyes": True})
    number = await signed(house)
    await step(house, number, "reply", note="属实", public_text="已责令归还")

    with pytest.raises(Forbidden, match="另一人"):
        await step(house, number, "close")
    assert (await step(house, number, "close", SHI2)).stage == "L70"


async def test_overlays_are_flags_and_do_not_move_the_lead(house):
    number = await signed(house)
    for name, more in (("urge", {}), ("supervise", {"note": "市领导批示"}), ("refer", {"reason": "F02"})):
        lead = await step(house, number, name, **more)
        assert lead.stage == "L32"

    assert set(lead.flags) == {"urge", "supervise", "refer"}


@pytest.mark.parametrize("claimers", [50])
async def test_a_lead_is_claimed_by_one_of_many(house, claimers):
    receipt = await filed(house)
    people = [Viewer(f"p{i}", "测试", "supervisor", "411202-SF", "411202") for i in range(claimers)]

    async def claim(person):
        try:
            order = triage.Order("claim")
            await triage.take_step(receipt.number, order, version=1, viewer=person, house=house)
        except (Stale, WrongStep):
            return None
        return person.account

    winners = [w for w in await asyncio.gather(*map(claim, people)) if w]

    assert len(winners) == 1
    assert (await lead_of(house, receipt.number)).assignee == winners[0]


async def test_a_claim_is_a_lease(house):
    number = (await filed(house)).number
    await step(house, number, "claim", HUBIN)
    with pytest.raises(WrongStep, match="已有人"):
        await step(house, number, "claim", SHI)

    house.clock = lambda: NOON + dt.timedelta(hours=5)

    assert (await step(house, number, "claim", SHI)).assignee == "shi"


async def test_each_clock_fires_once_with_two_workers_and_after_days_of_standing_still(house):
    numbers = [(await filed(house, f"k-00000{i}")).number for i in range(3)]
    await step(house, numbers[0], "confirm")
    house.clock = lambda: NOON + dt.timedelta(days=90)

    for _ in range(3):
        await asyncio.gather(watch_clocks(house=house), watch_clocks(house=house))

    for number in numbers:
        async with house.store.look() as uow:
            lead = await uow.leads.by_number(number)
            kinds = [e.kind for e in await uow.leads.events(lead.id)]
        assert [kinds.count(k) for k in ("warn", "overdue", "escalate")] == [1, 1, 1]
        assert {"supervise", "escalate"} <= set(lead.flags)
        assert lead.overdue_at == house.clock()


async def test_random_walks_lose_no_lead_and_leave_an_event_for_every_step(lite):
    """No dead stage, no lead lost: whoever does what, in whatever order."""
    dice = random.Random(20261123)
    people = [SHI, SHI2, HUBIN, REXIAN, LVTONG]
    main = (await filed(lite, "k-main01")).number
    parts = 0
    for walk in range(12):
        receipt = await filed(lite, f"k-walk{walk:02}")
        for _ in range(25):
            lead = await lead_of(lite, receipt.number)
            before = await events(lite, lead)
            name = dice.choice(sorted(lifecycle.steps()))
            kind = lifecycle.steps()[name].reason_kind
            order = triage.Order(
                name,
                note="随机测试",
                public_text="随机答复",
                assignee="hubin",
                target=main,
                labels={},
                reason=dice.choice(sorted(lifecycle.reasons(kind))) if kind else None,
                decision=dice.choice(["approve", "refuse"]),
            )
            try:
                await triage.take_step(
                    receipt.number, order, version=lead.version, viewer=dice.choice(people), house=lite
                )
                assert await events(lite, lead) > before
                parts += name == "split"
            except XiansuoError:
                assert await events(lite, lead) == before
            now = await lead_of(lite, receipt.number)
            stage = lifecycle.stages()[now.stage]
            assert not stage.is_open or lifecycle.legal_steps(now.stage, "city_supervisor")
    page = await read_leads.list_leads(SHI, lead_filter(stage="all"), cursor=None, limit=50, house=lite)
    assert len(page.items) == 13 + parts > 13


async def events(house, lead):
    async with house.store.look() as uow:
        return len(await uow.leads.events(lead.id))


async def test_a_change_of_urgency_moves_the_deadlines_from_the_day_of_receipt(house):
    number = (await filed(house)).number
    before = await lead_of(house, number)

    urgent = await step(house, number, "reclassify", labels={"urgency": "U1"})
    assert urgent.answer_by < before.answer_by

    back = await step(house, number, "reclassify", labels={"urgency": before.urgency})
    assert back.answer_by == before.answer_by
