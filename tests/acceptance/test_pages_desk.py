"""The operator's desk and the inbox in a real browser: typing, keys, many leads at once."""

from __future__ import annotations

from pathlib import Path

import pytest
import pytest_asyncio

from intake.services.file_complaint import file_complaint
from tests.conftest import cannot_run
from tests.factories.house import PASSWORD, PHONE, TEXT, new_complaint, small_house
from tests.factories.server import serve

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking"]
SHOTS = Path("tests/.artifacts")
SIZES = ((390, 844), (1280, 800))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def staffed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("desk")
    async with small_house(f"sqlite+aiosqlite:///{folder / 'test.db'}", folder) as house:
        for i in range(3):
            new = new_complaint(f"{TEXT}第{i}件。", key=f"desk-{i:04d}", agency_code="411202-AD01")
            await file_complaint(new, house=house)
        async with serve(house) as base:
            yield base, house


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


async def signed_in(browser, base, login, size=(1280, 800), *, bypass_csp=False):
    context = await browser.new_context(viewport={"width": size[0], "height": size[1]}, bypass_csp=bypass_csp)
    page = await context.new_page()
    await page.goto(f"{base}/console/sign-in")
    await page.fill("#login", login)
    await page.fill("#password", PASSWORD)
    await page.get_by_role("button", name="登录").click()
    await page.wait_for_url("**/console")
    return page


@pytest.mark.parametrize("size", SIZES, ids=lambda s: str(s[0]))
async def test_a_call_is_entered_while_talking_and_read_out(staffed, browser, size):
    from axe_playwright_python.async_playwright import Axe

    base, _ = staffed
    page = await signed_in(browser, base, "shi", size, bypass_csp=True)
    await page.goto(f"{base}/console/desk")
    await page.locator("#text").press_sequentially(f"{TEXT}窗口{size[0]}")
    await page.get_by_text("可能已经反映过").wait_for()
    assert "湖滨区城市管理局" in await page.inner_text("#draft")
    await page.fill("#phone", PHONE)
    await page.fill("#name", "测试张三")
    assert "veiled" in await page.get_attribute("#phone", "class")
    assert await page.evaluate("document.documentElement.scrollWidth") <= size[0]
    await page.screenshot(path=SHOTS / f"desk-entering-{size[0]}.png", full_page=True)
    found = (await Axe().run(page)).response["violations"]
    assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == []
    await page.locator("#text").press("Control+Enter")
    await page.get_by_text("已登记，请读给对方").wait_for()
    assert PHONE not in await page.content()
    await page.screenshot(path=SHOTS / f"desk-done-{size[0]}.png", full_page=True)
    await page.context.close()


async def test_a_session_that_ends_during_a_call_costs_nothing_that_was_typed(staffed, browser):
    base, _ = staffed
    page = await signed_in(browser, base, "rexian")
    await page.goto(f"{base}/console/desk")
    await page.locator("#text").press_sequentially("城管把我的车拉走了，没有给")
    other = await page.context.new_page()
    await other.goto(f"{base}/console")
    await other.get_by_role("button", name="退出").click()
    await other.wait_for_url("**/sign-in")
    await page.locator("#text").press_sequentially("任何手续")
    await page.locator("#ended").wait_for()
    assert await page.locator("#draft form").count() == 0
    await page.get_by_role("button", name="登记").click()
    assert "没有给任何手续" in await page.input_value("#text")
    await other.fill("#login", "rexian")
    await other.fill("#password", PASSWORD)
    await other.get_by_role("button", name="登录").click()
    await other.wait_for_url("**/console")
    await page.get_by_role("button", name="登记").click()
    await page.get_by_text("已登记，请读给对方").wait_for()
    await page.context.close()


async def test_the_number_of_a_caller_is_never_sent_back(staffed, browser):
    base, house = staffed
    page = await signed_in(browser, base, "rexian")
    await page.goto(f"{base}/console/desk")
    await page.fill("#text", "城管把我的车拉走了，没有给任何手续，昨天上午")
    await page.fill("#phone", PHONE)
    await page.get_by_role("button", name="识别").click()
    await page.get_by_text("已登记").wait_for(state="detached")
    await page.wait_for_selector("[name=kept_phone]", state="attached")
    assert PHONE not in await page.content()
    await page.get_by_role("button", name="登记").click()
    await page.get_by_text("已登记，请读给对方").wait_for()
    async with house.store.look() as uow:
        [lead] = [e for e in await uow.leads.after_id("", 99) if "昨天上午" in e.summary]
        complaint = await uow.complaints.get(lead.complaint_id)
        identity = await uow.complaints.open_identity(complaint.id)
    assert identity["phone"] == PHONE
    await page.context.close()


@pytest.mark.parametrize("size", SIZES, ids=lambda s: str(s[0]))
async def test_the_inbox_by_keyboard_and_many_leads_at_once(staffed, browser, size):
    from axe_playwright_python.async_playwright import Axe

    base, _ = staffed
    page = await signed_in(browser, base, "hubin", size, bypass_csp=True)
    await page.keyboard.press("j")
    await page.keyboard.press("x")
    await page.keyboard.press("j")
    await page.keyboard.press("x")
    assert await page.locator("input[name=lead]:checked").count() == 2
    await page.keyboard.press("?")
    assert await page.get_by_role("dialog").is_visible()
    await page.get_by_role("button", name="关闭").click()
    await page.get_by_text("对勾选的线索").click()
    assert await page.evaluate("document.documentElement.scrollWidth") <= size[0]
    await page.screenshot(path=SHOTS / f"desk-inbox-{size[0]}.png", full_page=True)
    found = (await Axe().run(page)).response["violations"]
    assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == []
    await page.get_by_role("button", name="重点关注").click()
    await page.get_by_role("status").wait_for()
    assert "2 条" in await page.get_by_role("status").inner_text()
    await page.context.close()


async def test_keys_are_silent_while_typing_and_can_be_switched_off(staffed, browser):
    base, _ = staffed
    page = await signed_in(browser, base, "hubin")
    await page.fill("input[name=q]", "x")
    await page.locator("input[name=q]").press("x")
    assert await page.locator("input[name=lead]:checked").count() == 0
    await page.locator("h1").click()
    await page.keyboard.press("?")
    await page.locator("#keys-off").check()
    await page.get_by_role("button", name="关闭").click()
    await page.keyboard.press("j")
    await page.keyboard.press("x")
    assert await page.locator("input[name=lead]:checked").count() == 0
    await page.context.close()
