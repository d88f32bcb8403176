"""Reconciliation against the local hotline: whatever was lost on either side is found, and mended."""

from __future__ import annotations

import datetime as dt

import pytest
from aiohttp.test_utils import TestServer
from sqlmodel import update

from connectors.errors import Unreachable
from connectors.hotline12345.connector import HotlineClient
from connectors.hotline12345.simulator.server import HOUSE, make_app
from intake.services.deliver import deliver_due
from intake.services.file_complaint import file_complaint
from intake.services.reconcile import reconcile, write_differences
from intake.store.tables import Lead, Outbox
from tests.factories.house import NOON, new_complaint, small_house

SECRET = "hotline-secret"
OWN = {
    "title": "反映湖滨区城管",
    "content": "市民来电反映湖滨区城管罚款不开票据，请核实处理。",
    "appeal_type": "complaint",
}


@pytest.fixture
async def town(database_url, tmp_path):
    """(house, the hotline's book) with five complaints delivered."""
    server = TestServer(make_app(secret=SECRET, app_id="xiansuo", pace=0))
    await server.start_server()
    client = HotlineClient(str(server.make_url("")), "xiansuo", SECRET)
    async with small_house(database_url, tmp_path, hotline=client) as house:
        for n in range(5):
            await file_complaint(new_complaint(key=f"key-{n:06d}"), house=house)
        while await deliver_due("w", house=house):
            pass
        # The signature's time is the real one; only the age of what we look at is played with.
        house.clock = lambda: NOON + dt.timedelta(hours=1)
        yield house, server.app[HOUSE].book
    await client.close()
    await server.close()


async def kinds(house, **more):
    found = await reconcile(house=house, **more)
    assert found.failed == []
    return sorted(one.kind for one in found.differences)


async def changed(house, table, values, *where):
    async with house.store.change() as uow:
        await uow.leads._session.execute(update(table).where(*where).values(**values))


async def numbers(house):
    async with house.store.look() as uow:
        return sorted(await uow.lead_news.shared_cases())


async def mended(house):
    """Repair, deliver what that put in line, and say what still differs."""
    await kinds(house, repair=True)
    while await deliver_due("w", house=house):
        pass
    return await kinds(house)


async def test_two_sides_that_agree_have_no_differences(town):
    house, _ = town
    await kinds(house, repair=True)

    assert await kinds(house) == []


async def test_each_loss_is_found_and_mended(town):
    house, book = town
    await kinds(house, repair=True)
    first, second, third, *_ = await numbers(house)
    await changed(house, Lead, {"hotline_no": "RX-GONE"}, Lead.number == first)
    await changed(house, Lead, {"hotline_no": None}, Lead.number == second)
    await changed(house, Lead, {"hotline_status": "处置中"}, Lead.number == third)
    own = book.open_own(OWN)

    assert await kinds(house) == ["not_here", "not_there", "number_lost", "status"]
    assert await mended(house) == []
    async with house.store.look() as uow:
        assert await uow.complaints.by_source("hotline12345", own.number) is not None
        assert (await uow.leads.by_number(second)).hotline_no
        assert (await uow.leads.by_number(first)).hotline_no != "RX-GONE"
    assert len(book.tickets) == len(await numbers(house)) == 6


async def test_a_dead_letter_is_found_and_sent_again(town):
    house, book = town
    receipt = await file_complaint(new_complaint(key="key-dead01"), house=house)
    await changed(house, Outbox, {"state": "dead"}, Outbox.state == "ready")
    later = house.clock() + dt.timedelta(hours=1)
    house.clock = lambda: later

    assert "not_sent" in await kinds(house)
    assert await mended(house) == []
    assert [t.our_number for t in book.tickets.values()].count(receipt.number) == 1


async def test_a_message_on_its_way_is_no_difference(town):
    house, _ = town
    await kinds(house, repair=True)
    await file_complaint(new_complaint(key="key-young1"), house=house)

    assert await kinds(house) == []


async def test_what_happened_after_a_backup_comes_back(town, tmp_path):
    """A restored database knows nothing of a case that was filed after the backup; the hotline does."""
    house, book = town
    url = f"sqlite+aiosqlite:///{tmp_path / 'restored.db'}"
    async with small_house(url, tmp_path, clock=house.clock, hotline=house.hotline) as restored:
        assert await kinds(restored) == ["not_here"] * 5
        assert await mended(restored) == []
        async with restored.store.look() as uow:
            there = await uow.lead_news.shared_cases()
    assert {case.hotline_no for case in there.values()} == set(book.tickets)


async def test_the_list_of_the_night_is_written_once_and_only_at_night(town, tmp_path):
    house, book = town
    await kinds(house, repair=True)
    own = book.open_own(OWN)
    file = tmp_path / "reconcile" / "hotline12345-2026-11-24.csv"
    await write_differences(tmp_path / "reconcile", house=house)
    assert not file.exists()

    house.clock = lambda: dt.datetime(2026, 11, 23, 19, 0, tzinfo=dt.UTC)
    await write_differences(tmp_path / "reconcile", house=house)
    book.open_own(OWN)
    await write_differences(tmp_path / "reconcile", house=house)

    lines = file.read_text("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert own.number in lines[1]


async def test_a_hotline_that_is_down_is_said_so_and_nothing_is_changed(town):
    house, _ = town
    house.hotline = HotlineClient("http://127.0.0.1:1", "xiansuo", SECRET)

    with pytest.raises(Unreachable):
        await reconcile(repair=True, house=house)
    await house.hotline.close()
