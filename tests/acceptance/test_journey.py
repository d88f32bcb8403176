"""The main job with real processes and a real browser: chat, receipt, hotline, console, close, track, rate."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from intake.settings import DEV_PASSWORD
from tests.conftest import cannot_run
from tests.journey.house import PORTS, running_house

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SHOTS = Path("tests/.artifacts")
STORY = "湖滨区城管昨天没出示证件就把我的三轮车扣走了，我要求归还三轮车，不想留名字"
SIZES = ((390, 844), (360, 740), (1280, 800))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def base():
    async with running_house({}) as address:
        yield address


@pytest_asyncio.fixture(loop_scope="module")
async def browser():
    if not Path(CHROMIUM).exists():
        cannot_run("Chromium: /usr/bin/chromium is not installed")
    from playwright.async_api import async_playwright

    SHOTS.mkdir(exist_ok=True, parents=True)
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        await opened.close()


async def sign_in(page, base):
    await page.goto(f"{base}/console")
    await page.fill("#login", "shi")
    await page.fill("#password", DEV_PASSWORD)
    await page.get_by_role("button", name="登录").click()
    await page.wait_for_selector("h1:has-text('线索')")


@pytest.mark.asyncio(loop_scope="module")
async def test_from_the_first_word_to_the_rating(base, browser):
    page = await browser.new_page(viewport={"width": 390, "height": 844})
    await page.goto(base)
    await page.fill("#text", STORY)
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="确认提交").click()
    await page.wait_for_selector(".receipt strong")
    number, code = await page.locator(".receipt strong").all_inner_texts()
    await page.screenshot(path=SHOTS / "chat-filed-390.png")

    desk = await browser.new_page(viewport={"width": 1280, "height": 800})
    await sign_in(desk, base)
    for _ in range(60):
        await desk.goto(f"{base}/console/leads/{number}")
        if re.search(r"工单 RX\d+", await desk.inner_text("main")):
            break
        await asyncio.sleep(1)
    assert re.search(r"工单 RX\d+", await desk.inner_text("main"))
    assert await desk.locator("mark").count() >= 1
    await desk.get_by_role("button", name="确认受理").click()
    await desk.get_by_text("提交答复", exact=True).click()
    await desk.select_option("#verdict", label="属实")
    await desk.fill("#finding", "执法人员未出示证件，扣押无清单，属实。")
    await desk.fill("#public_text", "经核查属实，已责令归还车辆。")
    await desk.get_by_role("button", name="提交审核").click()
    async with desk.expect_navigation():
        await desk.get_by_role("button", name="审核办结").click()
    await desk.screenshot(path=SHOTS / "lead-closed-1280.png", full_page=True)

    await page.goto(f"{base}/track")
    await page.fill("#number", number)
    await page.fill("#query_code", code)
    await page.get_by_role("button", name="查询").click()
    assert "已责令归还车辆" in await page.inner_text("main")
    assert code.replace("-", "") not in page.url
    await page.get_by_label("很满意", exact=True).check()
    await page.get_by_role("button", name="提交评价").click()
    assert "谢谢您的评价" in await page.inner_text("main")
    await page.screenshot(path=SHOTS / "track-390.png", full_page=True)


@pytest.mark.asyncio(loop_scope="module")
async def test_the_form_works_without_scripts_and_keeps_what_was_typed(base, browser):
    context = await browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = await context.new_page()
    await page.goto(f"{base}/form")
    await page.fill("#text", "灵宝市某某镇执法队上个月罚款五百元没有开票据。")
    await page.get_by_label("民营企业或个体工商户").check()
    await page.fill("#uscc", "91320105780688132X")
    await page.get_by_role("button", name="提交投诉").click()
    assert "校验位" in await page.inner_text("main")
    assert "五百元" in await page.input_value("#text")
    await page.fill("#uscc", "91320105780688132K")
    await page.get_by_role("button", name="提交投诉").click()

    assert re.search(r"XS[0-9A-Z]{11}", await page.inner_text("main"))
    assert page.url.endswith("/form")


@pytest.mark.asyncio(loop_scope="module")
async def test_the_form_can_be_filed_by_keyboard_alone(base, browser):
    page = await browser.new_page(viewport={"width": 390, "height": 844})
    await page.goto(f"{base}/form")
    for _ in range(30):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.id") == "text":
            break
    await page.keyboard.type("义马市交警罚款不给票据。")
    for _ in range(40):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.type") == "submit":
            break
    await page.keyboard.press("Enter")

    await page.wait_for_selector(".receipt")


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("size", SIZES, ids=lambda s: str(s[0]))
async def test_pages_are_accessible_and_fit(base, browser, size):
    from axe_playwright_python.async_playwright import Axe

    context = await browser.new_context(viewport={"width": size[0], "height": size[1]})
    page = await context.new_page()
    await sign_in(page, base)
    lead = await page.locator(".leads a").first.get_attribute("href")
    for path in ("/", "/form", "/track", "/console", lead, "/console/talks", "/console/sign-in", "/nothing"):
        for large in ("0", "1"):
            await context.add_cookies([{"name": "large", "value": large, "url": base}])
            await page.goto(base + path)
            found = await Axe().run(page)
            serious = [
                v["id"] for v in found.response["violations"] if v["impact"] in ("serious", "critical")
            ]
            assert serious == [], (path, serious)
            assert await page.evaluate("document.documentElement.scrollWidth") <= size[0], (path, large)
        name = path.strip("/").split("/")[0] or "chat"
        await page.screenshot(path=SHOTS / f"{name}-{size[0]}.png", full_page=True)


@pytest.mark.asyncio(loop_scope="module")
async def test_a_killed_part_is_named_and_restarted(base):
    port = PORTS["XIANSUO_BOT_URL"].rsplit(":", 1)[-1]
    bot = next(
        int(p.name)
        for p in Path("/proc").iterdir()
        if p.name.isdigit() and "server\0--model" in _command(p) and f"--port\0{port}" in _command(p)
    )
    os.kill(bot, signal.SIGKILL)

    async with aiohttp.ClientSession() as session:
        body = {"message_id": "while-down", "text": "城管乱罚款不开票"}
        async with session.post(f"{base}/api/v1/chat/messages", json=body) as answer:
            said = await answer.json()
            assert answer.status == 200
            assert said["handed_over"]
        for _ in range(120):
            async with session.get(f"{base}/readyz") as answer:
                if (await answer.json())["bot"] == "ok":
                    return
            await asyncio.sleep(0.5)
    pytest.fail("the bot was not restarted")


def _command(process: Path) -> str:
    try:
        return (process / "cmdline").read_text("utf-8", "replace")
    except OSError:
        return ""


async def test_a_taken_port_is_one_clear_line(tmp_path):
    import socket
    import sys

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        env = {**os.environ, **PORTS, "XIANSUO_PORT": str(port), "XIANSUO_VAR_DIR": str(tmp_path)}
        process = await asyncio.create_subprocess_exec(
            str(Path(sys.executable).with_name("xiansuo")), "run", env=env, stderr=asyncio.subprocess.PIPE
        )
        _, error = await asyncio.wait_for(process.communicate(), 60)

    assert process.returncode == 1
    assert error.decode().count("\n") == 1
    assert str(port) in error.decode()


async def test_default_secrets_are_refused_outside_development(tmp_path):
    import sys

    env = {**os.environ, "XIANSUO_ENV": "production", "XIANSUO_VAR_DIR": str(tmp_path)}
    process = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).with_name("xiansuo")), "web", env=env, stderr=asyncio.subprocess.PIPE
    )
    _, error = await asyncio.wait_for(process.communicate(), 60)

    assert process.returncode == 1
    assert "XIANSUO_SECRET_KEY" in error.decode()
    assert "Traceback" not in error.decode()
