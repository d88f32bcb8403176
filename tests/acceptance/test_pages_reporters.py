"""Pages of trusted reporters and of sealed referrals in a real browser, wide and narrow."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe

from intake.domain.conflict import Viewer
from intake.services import triage
from intake.services.deliver_to_partners import deliver_to_partners
from intake.services.report_observation import Observation, report_observation
from intake.services.sign_in import add_account
from tests.conftest import cannot_run
from tests.factories.house import PASSWORD, TEXT, small_house
from tests.factories.partners import partners
from tests.factories.server import serve

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking"]
SHOTS = Path("tests/.artifacts")
TEYAO = Viewer("teyao", "测试监督员", "supervisor_reporter", "411202-SF", "411202")
SHI = Viewer("shi", "测试", "city_supervisor", "411200-SF", "411200")


class Hotline:
    """Takes everything."""

    async def push_work_order(self, order, *, message_id):
        return None

    async def push_event(self, number, event, *, message_id):
        return None


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def small(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reporters")
    async with partners() as theirs:
        async with small_house(
            f"sqlite+aiosqlite:///{folder / 'test.db'}",
            folder,
            clock=lambda: dt.datetime.now(dt.UTC),
            hotline=Hotline(),
        ) as house:
            house.partners = theirs.clients
            await add_account("teyao", "测试监督员", PASSWORD, role="supervisor_reporter",
                              organisation="411202-SF", region="411202", house=house, certificate="豫监-001")  # fmt: skip
            async with serve(house) as base:
                yield base, house, theirs


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser():
    if not Path(CHROMIUM).exists():
        cannot_run("Chromium: /usr/bin/chromium is not installed")
    from playwright.async_api import async_playwright

    SHOTS.mkdir(exist_ok=True, parents=True)
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=CHROMIUM, args=[f"--{f}" for f in FLAGS])
        yield opened
        await opened.close()


async def signed_in(browser, base, login):
    page = await (await browser.new_context()).new_page()
    await page.goto(f"{base}/console/sign-in")
    await page.fill("#login", login)
    await page.fill("#password", PASSWORD)
    await page.get_by_role("button", name="登录").click()
    return page


async def looked_at(page, name):
    for width in (1280, 390):
        await page.set_viewport_size({"width": width, "height": 844})
        assert await page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
        await page.screenshot(path=SHOTS / f"{name}-{width}.png", full_page=True)
    found = (await Axe().run(page)).response["violations"]
    serious = [v for v in found if v["impact"] in ("serious", "critical")]
    assert not serious, [(v["id"], [n["html"][:120] for n in v["nodes"]]) for v in serious]


async def test_a_reporter_reports_is_asked_and_answers(small, browser):
    base, house, _ = small
    page = await signed_in(browser, base, "teyao")
    await looked_at(page, "reporter-empty")
    await page.locator("main").get_by_role("link", name="报告一件事").click()
    await page.get_by_role("button", name="提交报告").click()
    await looked_at(page, "reporter-wrong")
    await page.fill("#text", TEXT)
    await page.select_option("#agency_code", "411202-AD01")
    await page.set_input_files("#files", {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF\n"})  # fmt: skip
    await page.get_by_role("button", name="提交报告").click()
    await looked_at(page, "reporter-receipt")
    number = await page.locator(".receipt strong").first.inner_text()
    order = triage.Order("ask", note="当时还有谁在场？")
    await triage.take_step(number, order, version=1, viewer=SHI, house=house)

    await page.goto(f"{base}/reporter/reports/{number}")
    assert await page.get_by_text("当时还有谁在场？").is_visible()
    assert await page.get_by_text("a.pdf").is_visible()
    await looked_at(page, "reporter-report")
    await page.fill("#text", "还有两位店主")
    await page.get_by_role("button", name="提交回答").click()
    assert not await page.get_by_text("当时还有谁在场？").is_visible()
    await page.goto(f"{base}/reporter")
    await looked_at(page, "reporter-list")


async def test_a_supervisor_refers_by_a_sealed_letter_and_sees_the_receipt(small, browser):
    base, house, theirs = small
    seen = Observation(f"{TEXT}他们还要我请吃饭。", "page-0002", agency_code="411202-AD01")
    number = (await report_observation(seen, viewer=TEYAO, house=house)).number
    page = await signed_in(browser, base, "hubin")
    await page.goto(f"{base}/console?reporter=1")
    await looked_at(page, "reporter-inbox")
    await page.goto(f"{base}/console/leads/{number}")
    await page.get_by_role("link", name="移送纪检监察（密封）").click()
    await page.select_option("#reason", "D9")
    await page.fill("#why", "执法人员要求宴请，有店主可以作证")
    await page.check("[name=identity]")
    await page.get_by_role("button", name="密封并移送").click()
    assert await page.get_by_role("alert").get_by_text("不随附投诉人身份").is_visible()
    await page.select_option("#reason", "D1")
    theirs.fault("discipline", "500")
    await page.get_by_role("button", name="密封并移送").click()
    await deliver_to_partners("w", house=house)
    await deliver_to_partners("w", house=house)
    await page.reload()
    await looked_at(page, "referral-waiting")
    async with page.expect_download() as download:
        await page.get_by_role("button", name="取密封件").click()
    assert (await download.value).suggested_filename.startswith("JY")
    await page.locator("summary", has_text="登记纸质回执").click()
    await page.locator("[name=receipt_no]").fill("JJ-1")
    await page.locator("[name=receipt_at]").fill("2020-01-01T08:00")
    await page.locator("[name=sha256]").fill("0" * 64)
    await page.get_by_role("button", name="登记", exact=True).click()
    assert "回执上的摘要与密封件不一致" in await page.get_by_role("alert").inner_text()
    await looked_at(page, "referral-wrong-receipt")

    theirs.fault("discipline", "none")
    await page.goto(f"{base}/console/leads/{number}/discipline")
    await page.get_by_role("button", name="马上再投递一次").click()
    await deliver_to_partners("w", house=house)
    await page.reload()
    assert await page.get_by_text("签名已核验").is_visible()
    await looked_at(page, "referral-received")
    await page.goto(f"{base}/console/discipline")
    await looked_at(page, "referral-list")
    await page.goto(f"{base}/console/leads/{number}")
    await looked_at(page, "referral-lead")
