"""Citizens' pages in a real browser: chat, form, track; with and without scripts, by keyboard, large."""

from __future__ import annotations

import re
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from connectors.rasa.connector import RasaBot
from intake.services.file_complaint import file_complaint
from tests.conftest import cannot_run
from tests.factories.house import PASSWORD, new_complaint, small_house
from tests.factories.server import serve
from tests.fakes.bot_server import bot_server

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking"]
FLAGS += ["disable-component-update", "disable-sync"]
SHOTS = Path("tests/.artifacts")
STORY = "湖滨区城管昨天没出示证件就把我的三轮车扣走了"
SIZES = ((360, 740), (390, 844), (1280, 800))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def small(tmp_path_factory):
    """(address, house, bot) of a running web server around a small house and a small bot."""
    folder = tmp_path_factory.mktemp("pages")
    async with bot_server() as (url, bot), aiohttp.ClientSession() as session:
        async with small_house(f"sqlite+aiosqlite:///{folder / 'test.db'}", folder) as house:
            house.bot = RasaBot(url, "test", session=session)
            async with serve(house) as base:
                yield base, house, bot


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


@pytest_asyncio.fixture(loop_scope="module")
async def phone(browser):
    """A fresh page of a phone; what its scripts complain about fails the test."""
    context = await browser.new_context(viewport={"width": 390, "height": 844})
    page = await context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda m: faults.append(m.text) if "Content Security" in m.text else None)
    yield page
    await context.close()
    assert faults == []


async def say(page, text):
    await page.fill("#text", text)
    await page.keyboard.press("Enter")


async def test_a_story_told_in_the_chat_ends_with_number_and_code(small, phone):
    await phone.goto(small[0])
    await say(phone, STORY)
    await phone.get_by_role("button", name="确认提交").click()
    await phone.wait_for_selector(".receipt strong")

    number, code = await phone.locator(".receipt strong").all_inner_texts()
    assert re.fullmatch(r"XS[0-9A-Z]{11}", number)
    assert re.fullmatch(r"\w{5}-\w{5}-\w{5}", code)
    assert await phone.get_by_role("button", name="打印").is_visible()
    await phone.screenshot(path=SHOTS / "pages-chat-filed-390.png")


async def test_a_quick_button_is_a_message_and_then_gone(small, phone):
    await phone.goto(small[0])
    await phone.get_by_role("button", name="民企绿色通道").click()

    await phone.wait_for_selector("text=请说说发生了什么")
    assert await phone.get_by_role("button", name="我要投诉").count() == 0
    assert small[2].heard[-1] == "/green_channel"


async def test_what_was_said_survives_a_reload_and_can_be_cleared(small, phone):
    await phone.goto(small[0])
    await say(phone, STORY)
    await phone.wait_for_selector("text=这样对吗")
    await phone.reload()
    await phone.wait_for_selector("text=这样对吗")
    await phone.get_by_role("button", name="确认提交").click()
    await phone.wait_for_selector(".receipt strong")

    phone.once("dialog", lambda dialog: dialog.accept())
    await phone.get_by_role("button", name="结束并清空对话").click()

    await phone.wait_for_selector("#welcome")
    assert await phone.locator(".receipt").count() == 0


async def test_shift_enter_is_a_new_line_and_html_stays_text(small, phone):
    await phone.goto(small[0])
    await phone.fill("#text", "<img src=x onerror=alert(1)>")
    await phone.keyboard.press("Shift+Enter")
    await phone.keyboard.type("第二行")
    await phone.keyboard.press("Enter")

    await phone.wait_for_selector("text=这样对吗")
    assert "<img src=x onerror=alert(1)>\n第二行" in await phone.locator(".said.me").inner_text()
    assert await phone.locator(".log img").count() == 0


async def test_without_a_network_nothing_typed_is_lost_and_nothing_is_said_twice(small, phone):
    ids: list[str] = []

    async def lose(route):
        ids.append(route.request.post_data_json["message_id"])
        if len(ids) == 5:
            await route.continue_()
        else:
            await route.abort()

    await phone.route("**/api/v1/chat/messages", lose)
    await phone.goto(small[0])
    await say(phone, "网络不好时说的话")
    await phone.wait_for_selector(".said.failed", timeout=20_000)
    assert await phone.input_value("#text") == "网络不好时说的话"
    await phone.reload()
    assert await phone.input_value("#text") == "网络不好时说的话"
    await phone.get_by_role("button", name="发送").click()

    await phone.wait_for_selector("text=这样对吗")
    assert len(ids) == 5
    assert len(set(ids)) == 1
    assert small[2].heard.count("网络不好时说的话") == 1


async def test_with_the_bot_down_the_chat_says_so_and_names_other_ways(small, phone):
    await phone.goto(small[0])
    small[2].down = True
    try:
        await say(phone, STORY)
        await phone.wait_for_selector("text=您刚才的话已经保存")
    finally:
        small[2].down = False
    assert "12345" in await phone.locator(".log").inner_text()


async def test_the_form_works_without_scripts_and_keeps_everything_typed(small, browser):
    context = await browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = await context.new_page()
    await page.goto(f"{small[0]}/form")
    await page.fill("#text", "灵宝市某某镇执法队上个月罚款五百元没有开票据。")
    await page.select_option("#region_code", "411282")
    await page.fill("#uscc", "91320105780688132X")
    await page.fill("#phone", "13800138000")
    await page.get_by_role("button", name="提交投诉").click()
    assert "选的是匿名" in await page.locator(".alert").inner_text()
    await page.get_by_label("留联系方式", exact=True).check()
    await page.get_by_role("button", name="提交投诉").click()
    assert "校验位" in await page.locator("#uscc-wrong").inner_text()
    assert await page.input_value("#region_code") == "411282"
    assert await page.input_value("#phone") == "13800138000"
    await page.screenshot(path=SHOTS / "pages-form-wrong-360.png", full_page=True)
    await page.fill("#uscc", "91320105780688132K")
    await page.get_by_role("button", name="提交投诉").click()

    number, code = await page.locator(".receipt strong").all_inner_texts()
    assert page.url == f"{small[0]}/form"
    assert await page.get_by_role("link", name="大字版").count() == 0
    await page.screenshot(path=SHOTS / "pages-receipt-360.png", full_page=True)
    await context.close()
    assert number.startswith("XS")
    assert len(code) == 17


async def test_the_form_can_be_filed_by_keyboard_alone(small, phone):
    async def tab_to(question):
        for _ in range(40):
            await phone.keyboard.press("Tab")
            if await phone.evaluate(question):
                return
        pytest.fail(f"not reached by Tab: {question}")

    await phone.goto(f"{small[0]}/form")
    await tab_to("document.activeElement.id === 'text'")
    await phone.keyboard.type("义马市交警罚款不给票据。")
    await tab_to("document.activeElement.type === 'submit'")
    outline = await phone.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    await phone.keyboard.press("Enter")

    await phone.wait_for_selector(".receipt")
    assert outline == "solid"


async def test_a_form_sent_twice_is_one_complaint_and_a_changed_one_asks_first(small):
    async with aiohttp.ClientSession() as session:
        form = {"key": "form-sent-twice-1", "text": "陕州区市场监管局重复检查。"}
        numbers = []
        for _ in range(2):
            async with session.post(f"{small[0]}/form", data=form) as answer:
                assert answer.status == 201
                numbers.append(re.search(r"XS[0-9A-Z]{11}", await answer.text()).group())
        async with session.post(f"{small[0]}/form", data=form | {"text": "改过的话"}) as answer:
            changed = await answer.text()

    assert numbers[0] == numbers[1]
    assert answer.status == 409
    assert "改过的话" in changed
    assert "form-sent-twice-1" not in changed


async def test_track_shows_supplements_withdraws_only_when_sure(small, phone):
    receipt = await file_complaint(new_complaint(key="track-pages-1"), house=small[1])
    await phone.goto(f"{small[0]}/track")
    await phone.fill("#number", receipt.number.lower())
    await phone.fill("#query_code", receipt.query_code)
    await phone.get_by_role("button", name="查询").click()
    await phone.fill("#text", "补充：当时有录像。")
    await phone.get_by_role("button", name="补充", exact=True).click()
    assert "已补充" in await phone.inner_text("main")
    await phone.get_by_role("button", name="撤回投诉").click()
    assert "确定撤回吗" in await phone.inner_text("main")
    await phone.screenshot(path=SHOTS / "pages-track-390.png", full_page=True)
    await phone.get_by_role("button", name="确定撤回").click()

    assert "您已撤回" in await phone.inner_text("main")
    assert phone.url == f"{small[0]}/track"


async def test_a_wrong_code_and_an_unknown_number_look_alike(small):
    receipt = await file_complaint(new_complaint(key="track-pages-2"), house=small[1])
    said = []
    async with aiohttp.ClientSession() as session:
        for number in (receipt.number, "XS00000000000"):
            form = {"number": number, "query_code": "AAAAABBBBBCCCCC"}
            async with session.post(f"{small[0]}/track", data=form) as answer:
                said.append((answer.status, (await answer.text()).replace(number, "")))

    assert said[0] == said[1]
    assert said[0][0] == 404


async def test_large_text_stays_with_and_without_scripts(small, phone, browser):
    await phone.goto(f"{small[0]}/track")
    await phone.get_by_role("link", name="大字版").click()
    await phone.wait_for_selector("html.large")
    assert phone.url.endswith("/track")
    await phone.wait_for_load_state("networkidle")
    await phone.goto(f"{small[0]}/form")
    assert await phone.locator("html.large").count() == 1

    context = await browser.new_context(java_script_enabled=False)
    plain = await context.new_page()
    await plain.goto(f"{small[0]}/form")
    await plain.get_by_role("link", name="大字版").click()

    assert plain.url.endswith("/form")
    assert await plain.locator("html.large").count() == 1
    await context.close()


@pytest.mark.parametrize("size", SIZES, ids=lambda s: str(s[0]))
async def test_every_page_fits_and_axe_finds_nothing_serious(small, browser, size):
    from axe_playwright_python.async_playwright import Axe

    base, house, _ = small
    receipt = await file_complaint(new_complaint(key=f"axe-{size[0]}-0001"), house=house)
    context = await browser.new_context(viewport={"width": size[0], "height": size[1]})
    page = await context.new_page()
    await page.goto(f"{base}/console")
    await page.fill("#login", "shi")
    await page.fill("#password", PASSWORD)
    await page.get_by_role("button", name="登录").click()
    await page.wait_for_selector(".leads")
    lead = f"/console/leads/{receipt.number}"
    for path in ("/", "/form", "/track", "/console", lead, "/console/talks", "/console/sign-in", "/nothing"):
        for large in ("0", "1"):
            await context.add_cookies([{"name": "large", "value": large, "url": base}])
            await page.goto(base + path)
            await page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
            found = (await Axe().run(page)).response["violations"]
            serious = [v["id"] for v in found if v["impact"] in ("serious", "critical")]
            assert serious == [], (path, large)
            assert await page.evaluate("document.documentElement.scrollWidth") <= size[0], (path, large)
            if large == "0":
                name = (
                    path.removeprefix("/console").strip("/").split("/")[0] or ("inbox", "chat")[path == "/"]
                )
                await page.screenshot(path=SHOTS / f"pages-{name}-{size[0]}.png", full_page=True)
    await context.close()
