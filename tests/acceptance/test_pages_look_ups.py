"""Look-ups on the lead's page in a real browser: found, down, formal request."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe

from connectors.partners.samples import AGENCY, DOCUMENT, FIRM, USCC
from intake.services.ask_partner import ask_due
from intake.services.file_complaint import file_complaint
from intake.services.new_complaint import Complainant
from tests.conftest import cannot_run
from tests.factories.house import PASSWORD, PHONE, new_complaint, small_house
from tests.factories.partners import partners
from tests.factories.server import serve

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking"]
SHOTS = Path("tests/.artifacts")
TEXT = f"{AGENCY}罚了我们店五千元，文号{DOCUMENT}，一直没公示，今年还来检查了好几次。"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def small(tmp_path_factory):
    """(address, house, counterparts): the credit platform answers, the inspection system is down."""
    folder = tmp_path_factory.mktemp("pages")
    async with partners() as theirs:
        async with small_house(
            f"sqlite+aiosqlite:///{folder / 'test.db'}", folder, clock=lambda: dt.datetime.now(dt.UTC)
        ) as house:
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
        context = await browser.new_context()
        page = await context.new_page()
        await page.goto(small[0] + "/console/sign-in")
        await page.fill("#login", "shi")
        await page.fill("#password", PASSWORD)
        await page.get_by_role("button", name="登录").click()
        yield page
        await browser.close()


async def test_a_supervisor_sees_what_was_found_and_asks_for_more(small, desk):
    base, house, theirs = small
    theirs.fault("random_inspection", "500")
    owner = Complainant("enterprise", False, "测试张三", PHONE, FIRM, USCC)
    new = new_complaint(TEXT, key="page-0001", complainant=owner, agency_code="411202-AD01")
    number = (await file_complaint(new, house=house)).number
    await ask_due(house=house, limit=9)

    await desk.goto(f"{base}/console/leads/{number}")
    assert await desk.get_by_text("对方系统暂时无法访问").is_visible()
    assert await desk.get_by_text("平台记录中没有公示日期").is_visible()
    await desk.get_by_text(f"行政处罚公示：{DOCUMENT}").click()
    assert await desk.get_by_text("5,000", exact=True).is_visible()

    theirs.fault("random_inspection", "none")
    await desk.get_by_role("button", name="查检查计划").click()
    assert not await desk.get_by_text("对方系统暂时无法访问").is_visible()
    assert await desk.get_by_text("未列入年度计划").is_visible()
    year = dt.datetime.now(dt.UTC).year
    assert await desk.get_by_text(f"{year} 年已检查 3 次：计划内 2 次，未列入计划 1 次").is_visible()

    await desk.get_by_text("调取案卷", exact=True).click()
    await desk.fill("#lreason", "核查处罚程序，需要调阅案卷")
    await desk.get_by_role("button", name="发出调卷函并查询").click()
    assert await desk.get_by_text("执法案卷：AJ20260099").is_visible()

    for width in (1280, 390):
        await desk.set_viewport_size({"width": width, "height": 844})
        wide = await desk.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0, width
        await desk.locator("#look-ups").scroll_into_view_if_needed()
        await desk.screenshot(path=SHOTS / f"look-ups-{width}.png", full_page=True)
    found = await Axe().run(desk)
    serious = [v for v in found.response["violations"] if v["impact"] in ("serious", "critical")]
    assert not serious, [(v["id"], [n["html"][:120] for n in v["nodes"]]) for v in serious]
