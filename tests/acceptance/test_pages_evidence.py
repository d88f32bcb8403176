"""Evidence in a real browser: the paper clip, the form and the track page without scripts, the lead's page."""

from __future__ import annotations

import re
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe

from connectors.rasa.connector import RasaBot
from intake.services.file_complaint import file_complaint
from intake.services.receive_evidence import receive_evidence
from tests.conftest import cannot_run
from tests.factories import files
from tests.factories.house import PASSWORD, new_complaint, small_house
from tests.factories.server import serve
from tests.fakes.bot_server import bot_server

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking"]
SHOTS = Path("tests/.artifacts")
STORY = "湖滨区城管昨天没出示证件就把我的三轮车扣走了"
PHOTO = {"name": "现场照片.jpg", "mimeType": "image/jpeg", "buffer": files.image()}
BAD = {"name": "网页.jpg", "mimeType": "image/jpeg", "buffer": files.HTML}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def small(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    async with bot_server() as (url, _bot), aiohttp.ClientSession() as session:
        async with small_house(f"sqlite+aiosqlite:///{folder / 'test.db'}", folder) as house:
            house.bot = RasaBot(url, "test", session=session)
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


@pytest_asyncio.fixture(loop_scope="module")
async def phone(browser):
    context = await browser.new_context(viewport={"width": 390, "height": 844})
    page = await context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda m: faults.append(m.text) if "Content Security" in m.text else None)
    yield page
    await context.close()
    assert faults == []


async def is_sound(page, name):
    """Fits both widths, reads well, and a picture of it is kept."""
    for width in (1280, 390):
        await page.set_viewport_size({"width": width, "height": 844})
        wide = await page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0, (name, width)
        await page.screenshot(path=SHOTS / f"evidence-{name}-{width}.png", full_page=True)
    found = await Axe().run(page)
    serious = [v for v in found.response["violations"] if v["impact"] in ("serious", "critical")]
    assert not serious, [(v["id"], [n["html"][:120] for n in v["nodes"]]) for v in serious]
    return True


async def test_a_photo_sent_in_the_chat_goes_along_when_it_files(small, phone):
    base, house = small
    await phone.goto(base)
    await phone.set_input_files("#files", [PHOTO, BAD])
    await phone.wait_for_selector("text=已收到 1 个文件")
    assert await phone.get_by_text("网页.jpg：只能上传照片").is_visible()
    assert await is_sound(phone, "chat")
    await phone.fill("#text", STORY)
    await phone.keyboard.press("Enter")
    await phone.get_by_role("button", name="确认提交").click()
    await phone.wait_for_selector(".receipt strong")

    number = await phone.locator(".receipt strong").first.inner_text()
    async with house.store.look() as uow:
        lead = await uow.leads.by_number(number)
        assert [r.media_type for r in await uow.evidence.of_lead(lead.id)] == ["image/jpeg"]


async def test_form_and_track_take_files_without_scripts(small, browser):
    base, house = small
    context = await browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = await context.new_page()
    await page.goto(base + "/form")
    await page.set_input_files("#files", [PHOTO, BAD])
    await page.get_by_role("button", name="提交投诉").click()
    assert await page.locator("#files-wrong").inner_text() == (
        "网页.jpg：只能上传照片（JPG、PNG、WebP、HEIC）、PDF、Word、Excel、视频（MP4、MOV）和录音（M4A、AMR、MP3）。"
    )
    assert await page.get_by_text("已收到：现场照片.jpg").is_visible()
    await page.screenshot(path=SHOTS / "evidence-form-390.png", full_page=True)
    await page.fill("#text", STORY)
    await page.get_by_role("button", name="提交投诉").click()
    number, code = await page.locator(".receipt strong").all_inner_texts()

    await page.goto(base + "/track")
    await page.fill("#number", number)
    await page.fill("#query_code", code)
    await page.get_by_role("button", name="查询").click()
    await page.set_input_files("#files", [{"name": "录音.amr", "mimeType": "audio/amr", "buffer": files.AMR}])
    await page.get_by_role("button", name="补充").click()
    assert await page.get_by_text("已补充。").is_visible()
    await page.set_input_files("#files", [BAD])
    await page.get_by_role("button", name="补充").click()
    assert await page.get_by_text("网页.jpg：只能上传").is_visible()
    await page.screenshot(path=SHOTS / "evidence-track-390.png", full_page=True)
    async with house.store.look() as uow:
        lead = await uow.leads.by_number(number)
        assert len(await uow.evidence.of_lead(lead.id)) == 2
    await context.close()


async def test_a_supervisor_releases_views_takes_and_allows_with_reasons(small, phone):
    base, house = small

    async def once(content):
        yield content

    ids = [
        (await receive_evidence(name, once(content), house=house)).id
        for name, content in (
            ("现场照片.jpg", files.image()),
            ("录音.amr", files.AMR),
            ("<b>决定书.pdf", files.PDF),
        )
    ]
    receipt = await file_complaint(new_complaint(key="page-0001", attachment_ids=tuple(ids)), house=house)
    await phone.goto(base + "/console/sign-in")
    await phone.fill("[name=login]", "shi")
    await phone.fill("[name=password]", PASSWORD)
    await phone.keyboard.press("Enter")
    await phone.wait_for_url(re.compile("/console$"))
    await phone.goto(f"{base}/console/leads/{receipt.number}")
    assert await phone.get_by_text("请下载收听").is_visible()
    card = phone.locator(".exhibit", has_text="现场照片.jpg")

    await card.get_by_text("人工放行", exact=True).click()
    await card.get_by_label("理由").fill("没有查毒程序，人工核对过")
    await card.get_by_role("button", name="放行").click()
    await phone.wait_for_selector("text=查看去隐私副本")
    assert await card.get_by_text("原图 640 × 480").is_visible()
    await card.get_by_text("校验值与经手记录").click()
    assert await is_sound(phone, "lead")

    async with phone.expect_popup() as opened:
        await card.get_by_role("link", name="查看去隐私副本").click()
    popup = await opened.value
    await popup.wait_for_load_state("load")
    await popup.locator("img").wait_for()
    assert await popup.evaluate("document.images[0].naturalWidth") == 640
    await popup.close()
    await card.get_by_text("下载原件", exact=True).click()
    await card.locator("form[action$=original] input[name=reason]").fill("核对原件上的时间")
    async with phone.expect_download() as going:
        await card.get_by_role("button", name="下载").click()
    assert Path(await (await going.value).path()).read_bytes() == files.image()
    await card.locator("details", has_text="允许转出").locator("summary").click()
    await card.locator("form[action$=forward] input[name=reason]").fill("转给机关核实情况")
    await card.get_by_role("button", name="允许转出").click()
    await phone.wait_for_selector("text=可以转出")


async def test_what_staff_open_runs_nothing_and_needs_the_forms_token(small):
    base, house = small

    async def once():
        yield files.PDF

    one = (await receive_evidence("决定书.pdf", once(), house=house)).id
    receipt = await file_complaint(new_complaint(key="page-0002", attachment_ids=(one,)), house=house)
    path = f"{base}/console/leads/{receipt.number}/evidence/{one}"
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        form = {"login": "shi", "password": PASSWORD}
        async with session.post(base + "/console/sign-in", data=form):
            pass
        async with session.get(f"{base}/console/leads/{receipt.number}") as answer:
            csrf = re.search(r'name="csrf" value="([^"]+)"', await answer.text()).group(1)
        for act in ("release", "original", "forward"):
            async with session.post(f"{path}/{act}", data={"reason": "核对原件内容"}) as answer:
                assert answer.status == 403
        sent = {"csrf": csrf, "reason": "核对原件内容"}
        async with session.post(f"{path}/release", data=sent, allow_redirects=False) as answer:
            assert answer.status == 303
        async with session.get(f"{path}/view") as answer:
            assert answer.status == 404
        async with session.post(f"{path}/original", data=sent) as answer:
            assert await answer.read() == files.PDF
            assert answer.headers["Content-Disposition"].startswith("attachment;")
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert any("sandbox" in p for p in answer.headers.getall("Content-Security-Policy"))
