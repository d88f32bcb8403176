"""What a hotline operator does with forwarded cases, in a real browser: sees their state, sends one back."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from axe_playwright_python.async_playwright import Axe

from connectors.hotline12345.connector import HotlineClient
from connectors.hotline12345.files import FileFetcher
from connectors.hotline12345.simulator.server import HOUSE, make_app
from intake.domain.conflict import Viewer
from intake.services import triage
from intake.services.deliver import deliver_due
from intake.services.fetch_theirs import fetch_due
from intake.services.file_complaint import file_complaint
from intake.services.receive_external import receive_event
from tests.conftest import cannot_run
from tests.factories.house import PASSWORD, new_complaint, small_house
from tests.factories.server import serve

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking"]
SHOTS = Path("tests/.artifacts")
SHI = Viewer("shi", "测试", "city_supervisor", "411200-SF", "411200")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def small(tmp_path_factory):
    """(address, house, number): a case at the hotline that both sides changed at once, with files that came and did not."""
    folder = tmp_path_factory.mktemp("pages")
    server = TestServer(make_app(secret="hotline-secret", app_id="xiansuo", pace=0))
    await server.start_server()
    base = str(server.make_url(""))
    url = f"sqlite+aiosqlite:///{folder / 'test.db'}"
    client, shelf = HotlineClient(base, "xiansuo", "hotline-secret"), server.app[HOUSE].shelf
    async with aiohttp.ClientSession() as session:
        async with small_house(url, folder, clock=lambda: dt.datetime.now(dt.UTC), hotline=client) as house:
            house.their_files = {"hotline12345": FileFetcher(base, session)}
            receipt = await file_complaint(new_complaint(), house=house)
            await deliver_due("w", house=house)
            await _both_change(receipt.number, shelf, base, house)
            await fetch_due(house=house)
            async with serve(house) as address:
                yield address, house, receipt.number
    await client.close()
    await server.close()


async def _both_change(number, shelf, base, house):
    async with house.store.look() as uow:
        lead = await uow.leads.by_number(number)
    await triage.take_step(number, triage.Order("confirm"), version=lead.version, viewer=SHI, house=house)
    from connectors.hotline12345.simulator.desk import INVENTED_PHOTO

    files = [
        shelf.offer(base, "测试照片.png", "image/png", INVENTED_PHOTO),
        {"name": "测试.png", "url": "http://192.0.2.1/files/1", "sha256": "c" * 64},
    ]
    said = {
        "event": "delay",
        "text": "承办单位申请延期",
        "status": "延期",
        "deadline": "2027-01-15T18:00:00+08:00",
        "attachments": files,
        "source_revision": "xiansuo=1,hotline12345=1",
    }
    await receive_event("hotline12345", lead.hotline_no, said, house=house)
    await receive_event("hotline12345", lead.hotline_no, {"event": "urge"}, house=house)


async def test_an_operator_sees_the_state_of_a_case_and_sends_it_back_by_one_button(small):
    if not Path(CHROMIUM).exists():
        cannot_run("Chromium: /usr/bin/chromium is not installed")
    from playwright.async_api import async_playwright

    base, house, number = small
    SHOTS.mkdir(exist_ok=True, parents=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[f"--{f}" for f in FLAGS])
        page = await (await browser.new_context()).new_page()
        await _signed_in(page, base)
        await page.screenshot(path=SHOTS / "operator-list-1280.png", full_page=True)
        await page.get_by_role("link", name=number).click()
        await page.get_by_text("两边同时改动过").wait_for()
        await _looks_right(page)
        await page.get_by_text("退回 12345", exact=True).first.click()
        await page.fill("#sback", "是邻里纠纷，不是执法行为")
        await page.get_by_role("button", name="退回 12345").click()
        await page.get_by_text("已退回 12345 办理").wait_for()
        await page.screenshot(path=SHOTS / "operator-sent-back-1280.png", full_page=True)
        await browser.close()
    await deliver_due("w", house=house)
    await deliver_due("w", house=house)
    async with house.store.look() as uow:
        assert await uow.outbox.backlog() == {"done": 3}


async def _signed_in(page, base):
    await page.set_viewport_size({"width": 1280, "height": 800})
    await page.goto(base + "/console/sign-in")
    await page.fill("#login", "rexian")
    await page.fill("#password", PASSWORD)
    await page.get_by_role("button", name="登录").click()


async def _looks_right(page):
    for width in (390, 1280):
        await page.set_viewport_size({"width": width, "height": 800})
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
        found = await Axe().run(page)
        assert [v["id"] for v in found.response["violations"] if v["impact"] in ("serious", "critical")] == []
        await page.screenshot(path=SHOTS / f"operator-lead-{width}.png", full_page=True)
