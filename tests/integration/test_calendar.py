"""A holiday notice that comes later: provisional deadlines are counted again, logged and told."""

from __future__ import annotations

import asyncio
import datetime as dt

import pytest

from intake.services import after_filing
from intake.services.file_complaint import file_complaint
from intake.services.import_calendar import import_calendar
from tests.factories.house import new_complaint

DECEMBER = dt.datetime(2026, 12, 21, 4, 0, tzinfo=dt.UTC)
NOTICE = "测试通知〔2026〕1号"


def day(text, kind="off"):
    return {"day": text, "kind": kind, "name": "元旦", "notice_year": "2027", "source": NOTICE}


async def test_a_notice_settles_and_moves_provisional_deadlines(house):
    house.clock = lambda: DECEMBER
    receipt = await file_complaint(new_complaint(), house=house)
    before = await after_filing.track(receipt.number, receipt.query_code, house=house)
    assert before.is_provisional

    done = await import_calendar(
        [day("2027-01-01"), day("2027-01-04"), day("2027-01-09", "work")], house=house
    )

    after = await after_filing.track(receipt.number, receipt.query_code, house=house)
    assert (done.days, done.moved, done.settled) == (3, 1, 1)
    assert after.answer_by > before.answer_by
    assert not after.is_provisional
    assert "办理期限按新的放假安排重新计算" in [m.label for m in after.timeline]
    async with house.store.look() as uow:
        lead = await uow.leads.by_number(receipt.number)
        [event] = [e for e in await uow.leads.events(lead.id) if e.kind == "recount"]
    assert event.details["answer_by"]["old"] == before.answer_by.isoformat()

    again = await import_calendar([day("2027-01-01")], house=house)
    assert (again.moved, again.settled) == (0, 0)
    assert house.calendar.is_working(dt.date(2027, 1, 9))


async def test_a_lead_that_somebody_holds_is_counted_when_it_is_free(house):
    house.clock = lambda: DECEMBER
    receipt = await file_complaint(new_complaint(), house=house)
    held = asyncio.Event()

    async def work_on_it():
        async with house.store.change() as uow:
            lead = await uow.leads.by_number(receipt.number)
            await uow.leads.held(lead.id)
            held.set()
            await asyncio.sleep(1.2)

    at_work = asyncio.create_task(work_on_it())
    await held.wait()
    done = await import_calendar([day("2027-01-01"), day("2027-01-04")], house=house)
    await at_work

    assert (done.moved, done.settled, done.held) == (1, 1, 0)


@pytest.mark.parametrize(
    "row",
    [
        {**day("2027-01-01"), "day": "1.1"},
        day("2027-01-04", "work"),
        {**day("2027-01-01"), "kind": "holiday"},
        {**day("2027-01-01"), "notice_year": "2031"},
        {**day("2027-01-01"), "source": " "},
        {"day": "2027-01-01"},
    ],
)
async def test_a_row_that_cannot_be_used_is_named_and_nothing_is_kept(lite, row):
    with pytest.raises(ValueError, match="第 3 行"):
        await import_calendar([day("2027-01-01"), row], house=lite)

    async with lite.store.look() as uow:
        assert await uow.calendar.rows() == []
