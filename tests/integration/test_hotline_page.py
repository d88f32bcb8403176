"""The local hotline's page in a real browser: axe finds nothing, it fits 360 px, its buttons work."""

import shutil

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import async_playwright

from connectors.hotline12345.simulator import make_app
from tests.conftest import cannot_run

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.browser


@pytest.fixture
async def page(aiohttp_server):
    if CHROMIUM is None:
        cannot_run("Chromium: the local hotline's page needs it")
    server = await aiohttp_server(make_app(secret="s", app_id="xiansuo", pace=0))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        # axe puts its script into the page, which the page's own policy forbids to everybody else.
        context = await browser.new_context(viewport={"width": 360, "height": 800}, bypass_csp=True)
        page = await context.new_page()
        await page.goto(str(server.make_url("/")))
        yield page
        await browser.close()


async def test_the_page_is_usable_on_a_small_phone(page):
    await page.get_by_role("button", name="来一个电话工单").click()
    await page.get_by_role("button", name="进入下一环节").click()
    await page.get_by_label("故障").select_option("slow")
    await page.get_by_role("button", name="设定故障").click()

    assert "预审 · 已派遣" in await page.inner_text("main")
    assert await page.get_by_label("故障").input_value() == "slow"
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360


async def test_axe_finds_nothing(page):
    await page.get_by_role("button", name="来一个电话工单").click()

    found = await Axe().run(page)

    assert [violation["id"] for violation in found.response["violations"]] == []
