"""The local hotline by itself: it moves, tells, remembers, and serves its page to this machine only."""

import asyncio
import datetime as dt
import json
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from connectors.hotline12345 import wire
from connectors.hotline12345.connector import HotlineClient
from connectors.hotline12345.signing import Caller, signed_headers, verify
from connectors.hotline12345.simulator import make_app, serve

SECRET, APP = "test-secret", "xiansuo"
ORDER = {
    "source_system": "xiansuo",
    "lead_no": "XS1",
    "content": "测试：电话13800138000",
    "title": "<b>测试</b>",
}
BASE = "/api/v1/external/hotline12345/work-orders"


class Intake:
    """The supervision platform's end of the callbacks: checks signatures, keeps what came."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str, dict]] = []
        self.answers: list[int] = []

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        said = verify(
            request.headers,
            "POST",
            request.rel_url.raw_path_qs,
            body,
            secret_of={APP: SECRET}.get,
            now=dt.datetime.now(dt.UTC),
        )
        if not isinstance(said, Caller):
            return web.Response(status=401)
        status = self.answers.pop(0) if self.answers else 200
        self.heard.append((request.path, request.headers["X-Message-Id"], json.loads(body)))
        return web.json_response(
            {"code": 0, "data": {"result": "created", "number": "XS-OURS"}}, status=status
        )

    async def until(self, count: int) -> None:
        async with asyncio.timeout(10):
            while len(self.heard) < count:
                await asyncio.sleep(0.02)


@pytest.fixture
async def intake(aiohttp_server):
    ear = Intake()
    app = web.Application()
    app.router.add_post("/{tail:.*}", ear.take)
    ear.server = await aiohttp_server(app)
    return ear


@pytest.fixture
async def start(aiohttp_server):
    """Start a hotline; give its address and a client."""
    clients = []

    async def begin(**more):
        server = await aiohttp_server(make_app(secret=SECRET, app_id=APP, **({"pace": 0} | more)))
        client = HotlineClient(str(server.make_url("/")), APP, SECRET)
        clients.append(client)
        return server, client

    yield begin
    for client in clients:
        await client.close()


@pytest.fixture
async def web_client():
    async with aiohttp.ClientSession() as session:
        yield session


async def test_a_ticket_walks_the_five_stages_by_itself(start):
    _, hotline = await start(pace=0.05)
    await hotline.push_work_order(ORDER, message_id="m-1")

    async with asyncio.timeout(10):
        while len(changes := (await hotline.changes()).changes) < 5:
            await asyncio.sleep(0.05)
    await asyncio.sleep(0.2)

    assert [change.stage for change in changes] == ["受理", "预审", "处置", "回访", "结案"]
    assert len((await hotline.changes()).changes) == 5


async def test_a_button_moves_a_ticket_on(start, web_client):
    server, hotline = await start()
    ack = await hotline.push_work_order(ORDER, message_id="m-1")

    async with web_client.post(server.make_url(f"/tickets/{ack.number}/advance"), json={}) as answer:
        assert await answer.json() == {"number": ack.number, "stage": "预审", "status": "已派遣"}


async def test_every_stage_is_told_in_order_and_signed(start, intake):
    _, hotline = await start(pace=0.05, intake_url=str(intake.server.make_url("/")))
    ack = await hotline.push_work_order(ORDER, message_id="m-1")

    await intake.until(4)

    assert {path for path, _, _ in intake.heard} == {f"{BASE}/{ack.number}/events"}
    assert [event["stage"] for _, _, event in intake.heard] == ["预审", "处置", "回访", "结案"]
    assert all(event["lead_no"] == "XS1" and not wire.read_event(event) for _, _, event in intake.heard)


async def test_a_platform_that_is_down_is_told_later_under_the_same_id(start, intake, web_client):
    intake.answers = [503]
    server, hotline = await start(intake_url=str(intake.server.make_url("/")))
    ack = await hotline.push_work_order(ORDER, message_id="m-1")
    await web_client.post(server.make_url(f"/tickets/{ack.number}/advance"), json={})

    await intake.until(2)

    assert intake.heard[0] == intake.heard[1]


async def test_under_the_duplicate_fault_callbacks_come_twice(start, intake, web_client):
    server, hotline = await start(intake_url=str(intake.server.make_url("/")))
    ack = await hotline.push_work_order(ORDER, message_id="m-1")
    await web_client.post(server.make_url("/faults"), json={"mode": "duplicate"})
    await web_client.post(server.make_url(f"/tickets/{ack.number}/advance"), json={})

    await intake.until(2)

    assert intake.heard[0] == intake.heard[1]


async def test_our_own_events_are_not_told_back_to_us(start, intake, web_client):
    server, hotline = await start(intake_url=str(intake.server.make_url("/")))
    ack = await hotline.push_work_order(ORDER, message_id="m-1")
    await hotline.push_event(ack.number, {"event": "status", "status": "办理中"}, message_id="e-1")
    await web_client.post(server.make_url(f"/tickets/{ack.number}/advance"), json={})

    await intake.until(1)

    assert [event["stage"] for _, _, event in intake.heard] == ["回访"]


async def test_a_test_call_becomes_a_whole_work_order_over_there(start, intake, web_client):
    server, hotline = await start(intake_url=str(intake.server.make_url("/")))
    await web_client.post(server.make_url("/tickets/test"), json={})

    await intake.until(1)
    await asyncio.sleep(0.1)
    path, _, order = intake.heard[0]
    reading = wire.read(order, is_from_hotline=True)

    assert (path, reading.problems, reading.gaps) == (BASE, [], [])
    assert "测试" in order["content"]
    assert (await hotline.push_event("XS-OURS", {"event": "urge"}, message_id="e-1")).number == order[
        "work_order_no"
    ]


async def test_a_restart_forgets_nothing(start, tmp_path: Path):
    file = tmp_path / "hotline.jsonl"
    _, before = await start(file=file)
    ack = await before.push_work_order(ORDER, message_id="m-1")
    with file.open("a") as torn:
        torn.write('{"change": {"se')

    _, after = await start(file=file)

    assert (await after.push_work_order(ORDER, message_id="m-1")).number == ack.number
    assert (await after.push_work_order({**ORDER, "lead_no": "XS2"}, message_id="m-2")).number > ack.number
    assert [change.seq for change in (await after.changes()).changes] == [1, 2]


async def test_the_page_shows_masked_and_escaped_tickets(start, web_client):
    server, hotline = await start()
    ack = await hotline.push_work_order({**ORDER, "title": "<script>13800138000"}, message_id="m-1")

    async with web_client.get(server.make_url("/")) as answer:
        html = await answer.text()

    assert ack.number in html
    assert "&lt;script&gt;138****8000" in html
    assert "<script" not in html
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


async def test_nothing_kept_holds_a_phone_number(start, tmp_path: Path):
    file = tmp_path / "hotline.jsonl"
    _, hotline = await start(file=file)
    ack = await hotline.push_work_order({**ORDER, "contact_phone": "13800138000"}, message_id="m-1")
    await hotline.push_event(ack.number, {"event": "supplement", "text": "打13800138000"}, message_id="e-1")

    assert "13800138000" not in file.read_text("utf-8")


async def test_a_form_goes_back_to_the_page(start, web_client):
    server, _ = await start()

    async with web_client.post(
        server.make_url("/faults"),
        data={"mode": "slow", "count": "2", "delay_s": "0.1"},
        allow_redirects=False,
    ) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, "/")


@pytest.mark.parametrize(
    "wish",
    [
        pytest.param({"mode": "explode"}, id="unknown mode"),
        pytest.param({"mode": "slow", "delay_s": "nan"}, id="no number of seconds"),
        pytest.param({"mode": "slow", "count": -1}, id="negative count"),
        pytest.param({"mode": "slow", "count": [1]}, id="list for a count"),
        pytest.param({}, id="nothing"),
    ],
)
async def test_a_wrong_fault_is_refused(start, web_client, wish):
    server, _ = await start()

    async with web_client.post(server.make_url("/faults"), json=wish) as answer:
        assert answer.status == 422


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Sec-Fetch-Site": "cross-site"}, id="a page of another site"),
        pytest.param({"Host": "evil.example:8012"}, id="a name bound to this machine"),
    ],
)
async def test_other_sites_cannot_switch_faults(start, web_client, headers):
    server, _ = await start()

    async with web_client.post(server.make_url("/faults"), json={"mode": "500"}, headers=headers) as answer:
        assert answer.status == 403


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_the_hotline_says_it_is_alive(start, web_client, method):
    server, _ = await start()

    async with web_client.request(method, server.make_url("/healthz")) as answer:
        assert (await answer.json())["status"] == "ok"


async def test_a_call_without_signature_is_not_served(start, web_client):
    server, _ = await start()

    async with web_client.get(server.make_url("/api/v1/changes")) as answer:
        assert (answer.status, (await answer.json())["code"]) == (401, 40101)


async def test_a_nonce_works_once(start, web_client):
    server, _ = await start()
    headers = signed_headers(APP, SECRET, "GET", "/api/v1/changes", b"", now=dt.datetime.now(dt.UTC))

    async with web_client.get(server.make_url("/api/v1/changes"), headers=headers) as first:
        assert first.status == 200
    async with web_client.get(server.make_url("/api/v1/changes"), headers=headers) as second:
        assert (await second.json())["code"] == 40103


async def test_serve_stops_when_cancelled(unused_tcp_port, web_client):
    task = asyncio.create_task(serve("127.0.0.1", unused_tcp_port, secret=SECRET, app_id=APP, pace=0.1))
    async with asyncio.timeout(10):
        while True:
            try:
                async with web_client.get(f"http://127.0.0.1:{unused_tcp_port}/healthz") as answer:
                    assert answer.status == 200
                    break
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.05)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_taken_port_is_an_error_at_once(start):
    server, _ = await start()

    with pytest.raises(OSError, match="address already in use"):
        await serve("127.0.0.1", server.port, secret=SECRET, app_id=APP)
