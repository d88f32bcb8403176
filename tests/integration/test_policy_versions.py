"""A new version of the limits: two people, every open lead counted again, told and logged."""

from __future__ import annotations

import pytest

from intake.domain import sla
from intake.domain.conflict import Viewer
from intake.domain.errors import Forbidden, Malformed, Stale
from intake.services import after_filing
from intake.services.file_complaint import file_complaint
from intake.services.policy_versions import draft_version, put_in_force
from intake.services.preview_limits import preview_limits
from intake.services.recount import recount_waiting
from intake.services.refresh_rules import refresh_rules
from intake.store.tables import Lead
from tests.factories.house import new_complaint

SHI = Viewer("shi", "测试", "city_supervisor", "411200-SF", "411200")
ADMIN = Viewer("guanli", "测试", "admin", "411200-SF", "411200")
WHY = "测试〔2026〕1号通知"
# All answers one day shorter or longer than the release says.
CELLS = {"amount-5": "6", "amount-6": "9", "amount-7": "19", "amount-8": "21"}


async def lead_of(house, number) -> Lead:
    async with house.store.look() as uow:
        lead = await uow.leads.by_number(number)
    assert lead is not None
    return lead


async def test_a_version_in_force_counts_open_leads_again_and_tells(house):
    receipt = await file_complaint(new_complaint(), house=house)
    before = await lead_of(house, receipt.number)
    version = await draft_version("limits", CELLS, WHY, based_on=0, viewer=SHI, house=house)
    async with house.store.look() as uow:
        rows = (await uow.policies.one("limits", version)).rows
    preview = await preview_limits(rows, viewer=SHI, house=house)
    assert (preview.leads, preview.same) == (1, 0)

    await put_in_force("limits", version, viewer=ADMIN, house=house)
    assert await recount_waiting(house=house) == 1
    assert await recount_waiting(house=house) == 0

    after = await lead_of(house, receipt.number)
    fresh = sla.clocks(
        after.received_at,
        after.urgency,
        is_green=after.is_green,
        calendar=house.calendar,
        limits=sla.limits_of(version, rows),
    )
    assert (after.decide_by, after.answer_by) == (fresh.decide_by, fresh.answer_by)
    assert after.answer_by != before.answer_by
    assert after.limits_version == version
    async with house.store.look() as uow:
        [event] = [e for e in await uow.leads.events(after.id) if e.kind == "recount"]
    assert event.details["answer_by"] == {
        "old": before.answer_by.isoformat(),
        "new": after.answer_by.isoformat(),
    }
    told = await after_filing.track(receipt.number, receipt.query_code, house=house)
    assert event.label in [m.label for m in told.timeline]


async def test_of_two_drafts_only_the_first_comes_into_force(house):
    one = await draft_version("limits", CELLS, WHY, based_on=0, viewer=SHI, house=house)
    other = await draft_version("limits", {"amount-7": "18"}, WHY, based_on=0, viewer=ADMIN, house=house)
    await put_in_force("limits", one, viewer=ADMIN, house=house)

    with pytest.raises(Stale):
        await put_in_force("limits", other, viewer=SHI, house=house)
    with pytest.raises(Stale):
        await draft_version("limits", CELLS, WHY, based_on=0, viewer=SHI, house=house)


async def test_another_process_takes_the_version_over_without_a_restart(house):
    version = await draft_version("routing", {"desk-10": "green"}, WHY, based_on=0, viewer=SHI, house=house)
    await refresh_rules(house=house)
    async with house.store.change() as uow:
        row = await uow.policies.one("routing", version)
        row.state = "in_force"
        uow.policies.save(row)

    assert await refresh_rules(house=house)
    assert (house.routes.version, house.routes.rows[10]["desk"]) == (version, "green")
    assert not await refresh_rules(house=house)


@pytest.mark.parametrize("cells", [{"amount-5": "0"}, {"amount-2": "30"}, {"amount-7": "x"}, {}])
async def test_limits_that_cannot_be_are_refused(lite, cells):
    with pytest.raises(Malformed):
        await draft_version("limits", cells, WHY, based_on=0, viewer=SHI, house=lite)


async def test_a_supervisor_of_a_county_may_not_look(lite):
    hubin = Viewer("hubin", "测试", "supervisor", "411202-SF", "411202")
    with pytest.raises(Forbidden):
        await draft_version("limits", CELLS, WHY, based_on=0, viewer=hubin, house=lite)
