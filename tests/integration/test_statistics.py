"""Figures come from what the viewer may see, and small ones stay hidden, on both databases."""

import datetime as dt

import pytest

from intake.domain.conflict import Viewer
from intake.domain.errors import Forbidden, Malformed
from intake.services.file_complaint import file_complaint
from intake.services.read_statistics import read_statistics
from tests.factories.house import TEXT, new_complaint

FIRST, LAST = dt.date(2026, 11, 1), dt.date(2026, 11, 30)


def viewer(role="city_supervisor", organisation="411200-SF", region="411200"):
    return Viewer("x", "测试", role, organisation, region)


async def test_six_cases_are_counted_and_an_agency_never_counts_its_own(house):
    for i in range(6):
        new = new_complaint(f"{TEXT}{i}", key=f"stat-{i:04d}", agency_code="411202-AD01")
        await file_complaint(new, house=house)

    found = await read_statistics(viewer(), FIRST, LAST, house=house)
    own = await read_statistics(viewer(organisation="411202-AD01"), FIRST, LAST, house=house)
    earlier = await read_statistics(viewer(), dt.date(2026, 10, 1), dt.date(2026, 10, 31), house=house)

    assert found["overview"]["received"]["count"] == 6
    assert found["agencies"] == [{"code": "411202-AD01", "count": 6, "shown": "6"}]
    assert own["overview"]["received"]["count"] == earlier["overview"]["received"]["count"] == 0


async def test_three_cases_are_shown_as_few_and_in_no_table(lite):
    for i in range(3):
        await file_complaint(new_complaint(f"{TEXT}{i}", key=f"stat-{i:04d}"), house=lite)
    found = await read_statistics(viewer(), FIRST, LAST, house=lite)
    assert found["overview"]["received"] == {"count": None, "shown": "少于5"}
    assert found["agencies"] is found["regions"] is None


@pytest.mark.parametrize("role", ["inspector", "admin", "agency", "hotline_operator"])
async def test_other_roles_get_no_figures(lite, role):
    with pytest.raises(Forbidden):
        await read_statistics(viewer(role), FIRST, LAST, house=lite)


async def test_a_period_that_ends_before_it_begins_is_refused(lite):
    with pytest.raises(Malformed):
        await read_statistics(viewer(), LAST, FIRST, house=lite)


async def test_days_that_are_no_whole_month_quarter_or_year_are_refused(lite):
    for last in (dt.date(2026, 11, 29), dt.date(2026, 12, 31)):
        with pytest.raises(Malformed):
            await read_statistics(viewer(), FIRST, last, house=lite)


async def test_on_time_counts_only_leads_whose_time_is_over(house):
    for i in range(20):
        await file_complaint(new_complaint(f"{TEXT}{i}", key=f"stat-{i:04d}"), house=house)
    async with house.store.change() as uow:
        for place, lead in enumerate(await uow.leads.after_id("", 20)):
            if place < 10:
                lead.stage = "L70"
            # Five closed late, none of those still open: half of ten.
            lead.overdue_at = house.clock() if place < 5 else None
            uow.leads.save(lead)

    overview = (await read_statistics(viewer(), FIRST, LAST, house=house))["overview"]

    assert (overview["closed"]["count"], overview["on_time_percent"]) == (10, 50)


async def test_a_quarter_does_not_give_away_a_month_that_is_hidden(house):
    for i in range(9):
        house.clock = lambda i=i: dt.datetime(2026, 10 if i < 3 else 11, 20, 4, tzinfo=dt.UTC)
        new = new_complaint(f"{TEXT}{i}", key=f"stat-{i:04d}", agency_code="411202-AD01")
        await file_complaint(new, house=house)

    quarter = await read_statistics(viewer(), dt.date(2026, 10, 1), dt.date(2026, 12, 31), house=house)
    year = await read_statistics(viewer(), dt.date(2026, 1, 1), dt.date(2026, 12, 31), house=house)

    for found in (quarter, year):
        assert found["overview"]["received"] == {"count": None, "shown": "7至10"}
        assert [(row["code"], row["shown"]) for row in found["agencies"]] == [("411202-AD01", "6至10")]
