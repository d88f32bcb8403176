"""The page of what does not get through, in a real browser."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe

from connectors.hotline12345.connector import HotlineClient
from intake.services.deliver import deliver_due
from intake.services.file_complaint import file_complaint
from tests.conftest import cannot_run
from tests.factories.house import PASSWORD, new_complaint, small_house
from tests.factories.server import serve

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking"]
SHOTS = Path("tests/.artifacts")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def small(tmp_path_factory):
    """(address, house): a complaint has waited an hour for a hotline that does not answer."""
    folder = tmp_path_factory.mktemp("pages")
    client = HotlineClient("http://127.0.0.1:1", "xiansuo", "hotline-secret")
    started = dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)
    url = f"sqlite+aiosqlite:///{folder / 'test.db'}"
    async with small_house(url, folder, clock=lambda: started, hotline=client) as house:
        await file_complaint(new_complaint(), house=house)
        await deliver_due("w", house=house)
        house.clock = lambda: dt.datetime.now(dt.UTC)
        async with serve(house) as base:
            yield base, house
    await client.close()


async def test_an_operator_sees_why_and_tries_again(small):
    if not Path(CHROMIUM).exists():
        cannot_run("Chromium: /usr/bin/chromium is not installed")
    from playwright.async_api import async_playwright

    base, house = small
    SHOTS.mkdir(exist_ok=True, parents=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[f"--{f}" for f in FLAGS])
        page = await (await browser.new_context()).new_page()
        await page.goto(base + "/console/sign-in")
        await page.fill("#login", "rexian")
        await page.fill("#password", PASSWORD)
        await page.get_by_role("button", name="登录").click()
        await page.get_by_role("link", name="投递", exact=True).click()
        await page.get_by_text("已试").wait_for()
        for width in (390, 1280):
            await page.set_viewport_size({"width": width, "height": 800})
            assert await page.evaluate("document.documentElement.scrollWidth") <= width
            found = await Axe().run(page)
            serious = [v for v in found.response["violations"] if v["impact"] in ("serious", "critical")]
            assert serious == []
            await page.screenshot(path=SHOTS / f"deliveries-{width}.png", full_page=True)
        await page.get_by_role("button", name="现在再试").click()
        await page.wait_for_url("**/console/deliveries")
        await page.get_by_text("已试").wait_for()
        await browser.close()
    async with house.store.look() as uow:
        assert (await uow.outbox.backlog())["ready"] == 1
