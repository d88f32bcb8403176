"""What does not get through: seen with its reason by those who see the lead, tried again by one button."""

from __future__ import annotations

import datetime as dt

import pytest
from aiohttp.test_utils import TestServer

from connectors.hotline12345.connector import HotlineClient
from connectors.hotline12345.simulator.server import make_app
from intake.domain.conflict import Viewer
from intake.domain.errors import Forbidden, NotFound
from intake.services.deliver import FIRST_WAIT_S, LONGEST_WAIT_S, MAX_ATTEMPTS, deliver_due
from intake.services.file_complaint import file_complaint
from intake.services.stuck_deliveries import drive_again, stuck_deliveries
from tests.factories.house import NOON, new_complaint, small_house

SHI = Viewer("shi", "测试", "city_supervisor", "411200-SF", "411200")
OPERATOR = Viewer("rexian", "测试", "hotline_operator", "411200-HOTLINE", "411200")
INSIDER = Viewer("x", "测试", "city_supervisor", "411202-AD01", "411200")


@pytest.fixture
async def house(database_url, tmp_path):
    """A house whose hotline does not answer."""
    client = HotlineClient("http://127.0.0.1:1", "xiansuo", "hotline-secret")
    async with small_house(database_url, tmp_path, hotline=client) as house:
        yield house
    await house.hotline.close()


async def tried(house, times):
    """Let the worker try so often, an hour apart."""
    for _ in range(times):
        now = house.clock() + dt.timedelta(hours=1)
        house.clock = lambda now=now: now
        await deliver_due("w", house=house)


async def test_a_message_that_fails_shows_with_its_reason_and_only_to_those_who_see_the_lead(house):
    receipt = await file_complaint(new_complaint(agency_code="411202-AD01"), house=house)
    assert await stuck_deliveries(SHI, house=house) == []
    await tried(house, 2)

    for viewer in (SHI, OPERATOR):
        (one,) = await stuck_deliveries(viewer, house=house)
        assert (one.lead.number, one.message.attempts, one.waits_behind) == (receipt.number, 2, 0)
        assert one.message.last_error
    assert await stuck_deliveries(INSIDER, house=house) == []
    with pytest.raises(NotFound):
        await drive_again(one.message.id, INSIDER, house=house)
    with pytest.raises(Forbidden):
        await stuck_deliveries(Viewer("g", "测试", "agency", "411202-AD01", "411202"), house=house)


async def test_the_button_sends_it_once_the_hotline_is_back_and_is_recorded(house):
    receipt = await file_complaint(new_complaint(), house=house)
    await tried(house, 6)
    (one,) = await stuck_deliveries(SHI, house=house)
    server = TestServer(make_app(secret="hotline-secret", app_id="xiansuo", pace=0))
    await server.start_server()
    await house.hotline.close()
    house.hotline = HotlineClient(str(server.make_url("")), "xiansuo", "hotline-secret")
    assert await deliver_due("w", house=house) == 0

    await drive_again(one.message.id, SHI, house=house)

    assert await deliver_due("w", house=house) == 1
    assert await stuck_deliveries(SHI, house=house) == []
    async with house.store.look() as uow:
        lead = await uow.leads.by_number(receipt.number)
        assert "redrive" in [event.kind for event in await uow.leads.events(lead.id)]
    with pytest.raises(NotFound):
        await drive_again(one.message.id, SHI, house=house)
    await server.close()


def test_a_message_is_tried_for_more_than_a_day():
    waits = [min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** min(n, 12)) * 0.8 for n in range(MAX_ATTEMPTS - 1)]

    assert sum(waits) > dt.timedelta(hours=24).total_seconds()


async def test_the_age_of_a_message_counts_too(house):
    await file_complaint(new_complaint(), house=house)
    house.clock = lambda: NOON + dt.timedelta(minutes=31)

    (one,) = await stuck_deliveries(SHI, house=house)

    assert one.message.attempts == 0
