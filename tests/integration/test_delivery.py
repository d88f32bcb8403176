"""From the outbox to the real local hotline and back, over HTTP."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from aiohttp.test_utils import TestServer

from connectors.hotline12345.connector import HotlineClient
from connectors.hotline12345.signing import signed_headers
from connectors.hotline12345.simulator.server import make_app
from connectors.policies.agreed import Agreed
from connectors.policies.signers import HmacSigner
from intake.domain.conflict import Viewer
from intake.services import read_leads, triage
from intake.services.deliver import deliver_due
from intake.services.file_complaint import file_complaint
from tests.factories.house import NOON, new_complaint, small_house
from tests.factories.server import serve

SECRET = "hotline-secret"
SHI = Viewer("shi", "测试", "city_supervisor", "411200-SF", "411200")


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = dt.datetime.now(dt.UTC)

    def __call__(self) -> dt.datetime:
        return self.now

    def pass_s(self, seconds: float) -> None:
        self.now += dt.timedelta(seconds=seconds)


@pytest.fixture
async def hotline():
    server = TestServer(make_app(secret=SECRET, app_id="xiansuo", pace=0))
    await server.start_server()
    yield server
    await server.close()


@pytest.fixture
async def town(database_url, tmp_path, hotline):
    """(house, clock, simulator's address) with the connector pointed at the simulator."""
    clock = Clock()
    client = HotlineClient(str(hotline.make_url("")), "xiansuo", SECRET)
    async with small_house(database_url, tmp_path, clock=clock, hotline=client) as house:
        yield house, clock, str(hotline.make_url("")).rstrip("/")
    await client.close()


async def fault(base, mode, count=0):
    import aiohttp

    async with aiohttp.ClientSession() as session:
        await session.post(f"{base}/faults", json={"mode": mode, "count": count, "delay_s": 0.1})


async def lead_of(house, number):
    return (await read_leads.read_lead(number, SHI, house=house)).lead


async def test_a_filed_lead_gets_its_number_at_the_hotline(town):
    house, _, _ = town
    receipt = await file_complaint(new_complaint(), house=house)

    await deliver_due("w1", house=house)

    lead = await lead_of(house, receipt.number)
    assert lead.hotline_no
    assert lead.hotline_no.startswith("RX")


@pytest.mark.parametrize("mode", ["500", "error_in_200", "html_login", "drop", "duplicate"])
async def test_a_fault_delays_and_never_doubles(town, mode):
    house, clock, base = town
    receipt = await file_complaint(new_complaint(), house=house)
    await fault(base, mode, 1)

    for _ in range(3):
        await deliver_due("w1", house=house)
        clock.pass_s(90)

    await fault(base, "none")
    assert (await lead_of(house, receipt.number)).hotline_no
    import aiohttp

    async with aiohttp.ClientSession() as session, session.get(f"{base}/") as page:
        assert (await page.text()).count(receipt.number) >= 1
    async with house.store.look() as uow:
        assert (await uow.outbox.backlog()) == {"done": 1}


async def test_status_goes_out_after_the_order_and_in_sequence(town):
    house, clock, base = town
    receipt = await file_complaint(new_complaint(), house=house)
    lead = await lead_of(house, receipt.number)
    await triage.take_step(
        receipt.number, triage.Order("confirm"), version=lead.version, viewer=SHI, house=house
    )
    await fault(base, "500", 1)

    first = await deliver_due("w1", house=house)
    clock.pass_s(90)
    second = await deliver_due("w1", house=house)
    third = await deliver_due("w1", house=house)

    assert (first, second, third) == (1, 1, 1)
    async with house.store.look() as uow:
        rows = await uow.outbox.of_lead(lead.id)
    assert [r.state for r in rows] == ["done", "done"]
    assert rows[0].done_at <= rows[1].done_at


async def test_a_dead_workers_message_is_taken_over(town):
    house, clock, _ = town
    receipt = await file_complaint(new_complaint(), house=house)
    async with house.store.change() as uow:
        await uow.outbox.claim("dead", clock(), dt.timedelta(seconds=60), 8)
    assert await deliver_due("w2", house=house) == 0

    clock.pass_s(61)

    assert await deliver_due("w2", house=house) == 1
    assert (await lead_of(house, receipt.number)).hotline_no


async def test_what_leaves_carries_no_personal_number(town):
    house, _, _ = town
    await file_complaint(new_complaint("湖滨区城管没亮证就扣车，我电话13800138000"), house=house)

    async with house.store.look() as uow:
        rows = await uow.outbox.claim("w", house.clock(), dt.timedelta(seconds=1), 8)

    assert "13800138000" not in str(rows[0].payload)
    assert "张三" not in str(rows[0].payload)


async def call(base, path, body, *, secret=SECRET, at=None):
    import json

    import aiohttp

    raw = json.dumps(body).encode()
    headers = signed_headers("xiansuo", secret, "POST", path, raw, now=at or NOON)
    async with aiohttp.ClientSession() as session:
        async with session.post(base + path, data=raw, headers=headers) as answer:
            return answer.status, await answer.json(), headers


ORDER = {
    "work_order_no": "RX-1",
    "content": "市民来电反映湖滨区城管罚款不开票据，请核实处理。",
    "appeal_type": "complaint",
}
PATH = "/api/v1/external/hotline12345/work-orders"


async def test_their_work_order_becomes_a_lead_once(house):
    async with serve(house) as base:
        first = await call(base, PATH, ORDER)
        again = await call(base, PATH, ORDER)
        changed = await call(base, PATH, {**ORDER, "content": ORDER["content"] + "补充：在大岭路。"})

    assert [a[1]["data"]["result"] for a in (first, again, changed)] == [
        "created",
        "duplicate_same",
        "updated",
    ]
    assert len({a[1]["data"]["number"] for a in (first, again, changed)}) == 1


async def test_their_status_shows_on_the_lead_and_orphans_are_kept(house):
    async with serve(house) as base:
        early = await call(base, f"{PATH}/RX-1/events", {"event": "status", "status": "已派遣"})
        created = await call(base, PATH, ORDER)
        status = await call(base, f"{PATH}/RX-1/events", {"event": "status", "status": "处置中"})

    assert early[1]["data"]["result"] == "orphan"
    number = created[1]["data"]["number"]
    if status[0] == 200:
        assert (await lead_of(house, number)).hotline_status == "处置中"
    kinds = [e.kind for e in (await read_leads.read_lead(number, SHI, house=house)).events]
    assert "hotline_status" in kinds


async def test_a_bad_signature_and_a_spent_nonce_are_refused(house):
    import json

    import aiohttp

    async with serve(house) as base:
        wrong = await call(base, PATH, ORDER, secret="not the secret")
        right = await call(base, PATH, ORDER)
        async with aiohttp.ClientSession() as session:
            async with session.post(base + PATH, data=json.dumps(ORDER).encode(), headers=right[2]) as answer:
                replayed = answer.status

    assert (wrong[0], right[0], replayed) == (401, 200, 401)


MOJ = "/api/v1/external/moj_platform/work-orders"


async def signed(base, method, path, body=None, *, app="xiansuo", secret=SECRET):
    import json

    import aiohttp

    raw = b"" if body is None else json.dumps(body).encode()
    headers = signed_headers(app, secret, method, path, raw, now=NOON)
    async with aiohttp.ClientSession() as session:
        async with session.request(method, base + path, data=raw or None, headers=headers) as answer:
            return answer.status, await answer.json()


async def test_the_ministrys_platform_has_a_key_of_its_own(house):
    async with serve(house) as base:
        off = await signed(base, "POST", MOJ, ORDER)
        house.policy = replace(house.policy, callers={"moj_platform": ("moj", Agreed(HmacSigner("m" * 20)))})
        as_hotline = await signed(base, "POST", MOJ, ORDER)
        right = await signed(base, "POST", MOJ, ORDER, app="moj", secret="m" * 20)
        as_ministry = await signed(base, "POST", PATH, ORDER, app="moj", secret="m" * 20)
        page = await signed(base, "GET", "/api/v1/external/moj_platform/changes", app="moj", secret="m" * 20)
        theirs = await signed(base, "POST", PATH, {**ORDER, "work_order_no": "RX-9"})
        foreign = await signed(
            base, "POST", f"{MOJ}/RX-9/events", {"event": "withdraw"}, app="moj", secret="m" * 20
        )

    assert [a[0] for a in (off, as_hotline, right, as_ministry, theirs)] == [401, 401, 200, 401, 200]
    lead = await lead_of(house, right[1]["data"]["number"])
    assert lead.urgency == "U2"
    items = page[1]["data"]["items"]
    assert {item["source_no"] for item in items} == {"RX-1"}
    assert items[0]["public_reply"] is None
    assert foreign[1]["data"]["result"] == "orphan"


async def test_what_the_hotline_returned_stays_marked_until_a_person_moves_it_on(house):
    async with serve(house) as base:
        number = (await call(base, PATH, ORDER))[1]["data"]["number"]
        await call(base, f"{PATH}/RX-1/events", {"event": "return", "text": "不属于本部门"})
        await call(base, f"{PATH}/RX-1/events", {"event": "status", "status": "处置中"})
    marked = await lead_of(house, number)
    assert marked.hotline_status == "退回"

    await triage.take_step(number, triage.Order("confirm"), version=marked.version, viewer=SHI, house=house)

    assert (await lead_of(house, number)).hotline_status == "退回后已接办"


async def test_an_orphan_is_adopted_with_what_it_said(house):
    async with serve(house) as base:
        await call(base, f"{PATH}/RX-1/events", {"event": "status", "status": "已派遣", "text": "转区里"})
        number = (await call(base, PATH, ORDER))[1]["data"]["number"]

    assert (await lead_of(house, number)).hotline_status == "已派遣"
    whole = await read_leads.read_lead(number, SHI, house=house)
    assert [e.details["text"] for e in whole.events if e.kind == "hotline_status"] == ["转区里"]
