"""Transferred suggestions, what went to other systems, duties and the directory, in a real browser with real counterparts."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe

from connectors.moj_suggestions.simulator import SAMPLE
from intake.services.deliver_to_partners import deliver_to_partners
from intake.services.pull import pull
from tests.conftest import cannot_run
from tests.factories.house import PASSWORD, small_house
from tests.factories.partners import partners
from tests.factories.server import serve

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking"]
SHOTS = Path("tests/.artifacts")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def small(tmp_path_factory):
    """(address, house, counterparts) with every system switched on."""
    folder = tmp_path_factory.mktemp("pages")
    url = f"sqlite+aiosqlite:///{folder / 'test.db'}"
    async with (
        partners() as theirs,
        small_house(url, folder, clock=lambda: dt.datetime.now(dt.UTC)) as house,
    ):
        house.partners = theirs.clients
        async with serve(house) as base:
            yield base, house, theirs


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(small):
    """A page, signed in as the city's supervisor."""
    if not Path(CHROMIUM).exists():
        cannot_run("Chromium: /usr/bin/chromium is not installed")
    from playwright.async_api import async_playwright

    SHOTS.mkdir(exist_ok=True, parents=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[f"--{f}" for f in FLAGS])
        page = await (await browser.new_context()).new_page()
        await page.goto(small[0] + "/console/sign-in")
        await page.fill("#login", "shi")
        await page.fill("#password", PASSWORD)
        await page.get_by_role("button", name="登录").click()
        yield page
        await browser.close()


async def looked_at(page, name):
    """Screenshots at both widths; nothing sticks out, nothing serious for axe."""
    for width in (1280, 390):
        await page.set_viewport_size({"width": width, "height": 844})
        assert await page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
        await page.screenshot(path=SHOTS / f"{name}-{width}.png", full_page=True)
    found = await Axe().run(page)
    serious = [v for v in found.response["violations"] if v["impact"] in ("serious", "critical")]
    assert not serious, [(v["id"], [n["html"][:120] for n in v["nodes"]]) for v in serious]


async def step(page, name, button, **fields):
    """One step on the lead's page: open its form when it has one, fill it, press."""
    if fields:
        await page.locator("summary", has_text=name).first.click()
    for field, value in fields.items():
        target = page.locator(f"#{field}")
        await (target.select_option(value) if field == "verdict" else target.fill(value))
    await page.get_by_role("button", name=button, exact=True).first.click()


async def test_from_the_ministrys_page_to_its_answer(small, desk):
    base, house, theirs = small
    ministry = f"{theirs.base}/moj_suggestions/"
    await desk.goto(ministry)
    await desk.fill("#content", SAMPLE.replace("要求停业", "以占道经营为由罚款"))
    await desk.get_by_role("button", name="转办", exact=True).click()
    assert await desk.get_by_text("还没有收到").is_visible()
    await pull("moj_suggestions", house=house)
    await pull("province_platform", house=house)

    await desk.goto(f"{base}/console")
    await desk.get_by_role("link", name="转办", exact=True).click()
    assert await desk.get_by_text("测试省司法厅行政执法监督机构").is_visible()
    await looked_at(desk, "transfers")
    await desk.locator("article h3 a").click()
    assert await desk.get_by_text("转办来源").is_visible()
    assert await desk.get_by_text("对占道经营的处罚").is_visible()

    await step(desk, "确认受理", "确认受理")
    await step(
        desk, "提交答复", "提交审核", verdict="substantiated", finding="属实", public_text="已责令改正。"
    )
    await step(desk, "审核办结", "审核办结")
    for _ in range(3):
        await deliver_to_partners("w", house=house)
    await desk.reload()
    assert await desk.get_by_text("回执 FK000001").is_visible()
    assert await desk.get_by_text("回执 HLWJG000001").is_visible()
    await desk.locator("#partners ~ ul summary").first.click()
    await looked_at(desk, "partners")

    await desk.goto(ministry)
    assert await desk.get_by_text("已责令改正。").is_visible()
    await looked_at(desk, "moj-counterpart")


async def test_an_administrator_reads_where_the_directory_differs(small, desk):
    base, house, _ = small
    await pull("province_platform", at_once=True, house=house)

    await desk.goto(f"{base}/console/admin/directory")

    assert await desk.get_by_text("湖滨区测试综合行政执法大队").is_visible()
    await looked_at(desk, "directory")
