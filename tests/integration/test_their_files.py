"""Files that come with the hotline's work orders: fetched from its own host only, whole, into quarantine."""

from __future__ import annotations

import asyncio
import datetime as dt
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from connectors.errors import Refused, Unreachable
from connectors.hotline12345.files import FileFetcher
from connectors.hotline12345.simulator.server import HOUSE, make_app
from intake.domain.conflict import Viewer
from intake.services import read_leads
from intake.services.evidence_room import EvidenceLimits, EvidenceRoom
from intake.services.fetch_theirs import MOST_ATTEMPTS, fetch_due
from intake.services.receive_external import receive_event, receive_work_order
from tests.factories.files import HTML, image

SHI = Viewer("shi", "测试", "city_supervisor", "411200-SF", "411200")
ORDER = {"work_order_no": "RX-1", "content": "市民来电反映湖滨区城管罚款不开票据，请核实处理。"}
PHOTO = image("PNG", (40, 30), place=False)


class Town:
    def __init__(self, house, server):
        self.house, self.hotline = house, server.app[HOUSE]
        self.base = str(server.make_url("")).rstrip("/")

    def offer(self, content=PHOTO, name="测试照片.png", **more):
        return self.hotline.shelf.offer(self.base, name, "image/png", content) | more

    async def order(self, *offers, **more):
        order = ORDER | {"attachments": list(offers)} | more
        return (await receive_work_order("hotline12345", order, house=self.house)).number

    async def files(self, number):
        return (await read_leads.read_lead(number, SHI, house=self.house)).their_files

    async def kept(self, number):
        async with self.house.store.look() as uow:
            lead = await uow.leads.by_number(number)
            return await uow.evidence.of_lead(lead.id)

    def later(self, hours=1):
        now = self.house.clock() + dt.timedelta(hours=hours)
        self.house.clock = lambda: now


@pytest.fixture
async def town(house):
    """The local hotline and a house that fetches from it."""
    server = TestServer(make_app(secret="hotline-secret", app_id="xiansuo", pace=0))
    await server.start_server()
    async with aiohttp.ClientSession() as session:
        fetcher = FileFetcher(str(server.make_url("")), session, total_s=1.0)
        house.their_files = {"hotline12345": fetcher}
        yield Town(house, server)
    await server.close()


async def test_a_file_of_their_order_lands_in_quarantine_with_its_custody(town):
    number = await town.order(town.offer())

    assert await fetch_due(house=town.house) == 1

    (row,) = await town.kept(number)
    assert (row.state, row.media_type, row.size) == ("quarantined", "image/png", len(PHOTO))
    async with town.house.store.look() as uow:
        custody = [(c.kind, c.actor) for c in await uow.evidence.custody(row.id)]
    assert custody == [("received", "hotline12345"), ("attached", "hotline12345")]
    assert [f.state for f in await town.files(number)] == ["done"]
    assert await fetch_due(house=town.house) == 0


async def test_the_same_file_named_again_is_fetched_once(town):
    number = await town.order(town.offer())
    await fetch_due(house=town.house)
    event = {"event": "supplement", "text": "再发一次", "attachments": [town.offer()]}
    await receive_event("hotline12345", "RX-1", event, house=town.house)
    await town.order(town.offer(), urgency="top")

    assert await fetch_due(house=town.house) == 0
    assert len(await town.kept(number)) == 1


async def test_a_file_of_an_event_is_fetched_too(town):
    number = await town.order()
    event = {"event": "supplement", "text": "照片", "attachments": [town.offer()]}
    await receive_event("hotline12345", "RX-1", event, house=town.house)

    await fetch_due(house=town.house)

    assert len(await town.kept(number)) == 1


@pytest.mark.parametrize("mode", ["500", "error_in_200", "html_login", "drop", "slow"])
async def test_a_hotline_in_trouble_is_asked_again(town, mode):
    number = await town.order(town.offer())
    town.hotline.faults.set({"mode": mode, "delay_s": 2})

    await fetch_due(house=town.house)
    town.hotline.faults.set({"mode": "none"})
    (waits,) = await town.files(number)
    assert await fetch_due(house=town.house) == 0
    town.later()
    await fetch_due(house=town.house)

    assert (waits.state, bool(waits.last_error)) == ("down", True)
    assert [f.state for f in await town.files(number)] == ["done"]
    assert len(await town.kept(number)) == 1


@pytest.mark.parametrize(
    ("offer", "why"),
    [
        pytest.param({"url": "http://169.254.169.254/latest/meta-data"}, "主机", id="another host"),
        pytest.param({"url": "file:///etc/hostname"}, "主机", id="no web address"),
        pytest.param({"url": "http://127.0.0.1:1/files/1"}, "主机", id="another port"),
        pytest.param({"url": "x" * 3000}, "主机", id="no address at all"),
        pytest.param({"expired": True}, "过期", id="an ended address"),
        pytest.param({"content": HTML}, "只能上传", id="a web page as a photo"),
        pytest.param({"content": b""}, "空", id="nothing"),
    ],
)
async def test_what_must_not_come_in_is_refused_and_says_why(town, offer, why):
    made = town.offer(offer.get("content", PHOTO)) | ({"url": offer["url"]} if "url" in offer else {})
    if "expired" in offer:
        made["url"] = made["url"].replace("expires=", "expires=1")
    number = await town.order(made)

    await fetch_due(house=town.house)

    (row,) = await town.files(number)
    assert row.state == "refused"
    assert why in row.last_error
    assert await town.kept(number) == []
    history = (await read_leads.read_lead(number, SHI, house=town.house)).events
    assert [e.details["text"] for e in history if e.kind == "their_file_refused"] == [row.last_error]


async def test_a_new_address_of_a_refused_file_is_tried(town):
    offer = town.offer()
    number = await town.order(offer | {"url": offer["url"] + "0"})
    await fetch_due(house=town.house)

    await town.order(offer, urgency="top")
    await fetch_due(house=town.house)

    assert [f.state for f in await town.files(number)] == ["done"]


async def test_what_is_not_what_they_said_is_thrown_away_and_in_the_end_refused(town):
    number = await town.order(town.offer(sha256="b" * 64))
    for _ in range(MOST_ATTEMPTS):
        await fetch_due(house=town.house)
        town.later()

    (row,) = await town.files(number)
    assert row.state == "refused"
    assert "校验值" in row.last_error
    assert await town.kept(number) == []
    names = [name async for page in town.house.evidence.files.names() for name, _ in page]
    assert names == []


async def test_the_limits_of_a_case_hold_for_their_files_too(town):
    small = EvidenceLimits(file=2000, files=1)
    town.house.evidence = EvidenceRoom(town.house.evidence.files, limits=small)
    number = await town.order(
        town.offer(), town.offer(image("PNG", (41, 30), place=False)), town.offer(PHOTO + bytes(5000))
    )
    while await fetch_due(house=town.house):
        pass

    states = sorted((f.state, (f.last_error or "")[:4]) for f in await town.files(number))
    assert [s for s, _ in states] == ["done", "refused", "refused"]
    assert len(await town.kept(number)) == 1


@asynccontextmanager
async def odd_host(answer):
    """A host whose every address answers the same."""
    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    server = TestServer(app)
    await server.start_server()
    async with aiohttp.ClientSession() as session:
        yield FileFetcher(str(server.make_url("")), session, total_s=1.0), str(server.make_url("/files/1"))
    await server.close()


async def whole(fetcher, address, most=1000):
    async with fetcher.open(address, most_bytes=most) as parts:
        return b"".join([part async for part in parts])


async def test_a_redirect_is_not_followed():
    async def away(_request):
        raise web.HTTPFound("http://169.254.169.254/")

    async with odd_host(away) as (fetcher, address):
        with pytest.raises(Refused, match="转到了别处"):
            await whole(fetcher, address)


async def test_an_endless_file_is_cut_off_at_the_limit():
    async def endless(request):
        answer = web.StreamResponse()
        await answer.prepare(request)
        for _ in range(100):
            await answer.write(bytes(1000))
        return answer

    async with odd_host(endless) as (fetcher, address):
        with pytest.raises(Refused, match="超过"):
            await whole(fetcher, address)


async def test_a_file_that_never_ends_is_given_up_in_time():
    async def slow(request):
        answer = web.StreamResponse()
        await answer.prepare(request)
        for _ in range(50):
            await answer.write(b"x")
            await asyncio.sleep(0.1)
        return answer

    async with odd_host(slow) as (fetcher, address):
        with pytest.raises(Unreachable):
            await whole(fetcher, address)
