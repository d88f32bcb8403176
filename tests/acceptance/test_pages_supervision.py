"""Staff pages of supervision in a real browser: documents, questions to agencies, patterns, the inspector's trail."""

from __future__ import annotations

from pathlib import Path

import pytest
import pytest_asyncio

from intake.domain.conflict import Viewer
from intake.services import ask_agency, triage
from intake.services.file_complaint import file_complaint
from intake.services.new_complaint import Complainant
from intake.services.notice_patterns import notice_patterns
from intake.services.sign_in import add_account
from tests.conftest import cannot_run
from tests.factories.house import PASSWORD, TEXT, new_complaint, small_house
from tests.factories.server import serve

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking"]
SHOTS = Path("tests/.artifacts")
SHI = Viewer("shi", "测试", "city_supervisor", "411200-SF", "411200")
SIZES = ((390, 844), (1280, 800))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def staffed(tmp_path_factory):
    """(address, house, lead number, request number) with five complaints on one matter."""
    folder = tmp_path_factory.mktemp("supervision")
    async with small_house(f"sqlite+aiosqlite:///{folder / 'test.db'}", folder) as house:
        numbers = []
        for i in range(5):
            who = Complainant(anonymous=False, name=f"测试{i}", phone=f"138001380{i:02d}")
            new = new_complaint(
                f"{TEXT}第{i}家。", key=f"sup-{i:04d}", complainant=who, agency_code="411202-AD01"
            )
            numbers.append((await file_complaint(new, house=house)).number)
        await notice_patterns(house=house)
        await triage.take_step(numbers[0], triage.Order("confirm"), version=1, viewer=SHI, house=house)
        question = ask_agency.Question(
            "411202-AD01", "请说明扣押三轮车的依据、程序和清单。", "有人反映被扣车。", 5
        )
        asked = await ask_agency.ask_agency(numbers[0], question, viewer=SHI, house=house)
        await triage.take_step(
            numbers[0],
            triage.Order("supplement", note="投诉人来电补充：车号是测试。"),
            version=2,
            viewer=SHI,
            house=house,
        )
        await add_account(
            "shenji", "测试审计", PASSWORD, role="inspector", organisation="410000-SF", region="411200", house=house
        )  # fmt: skip
        async with serve(house) as base:
            yield base, house, numbers, asked


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
    context = await browser.new_context(
        viewport={"width": size[0], "height": size[1]}, bypass_csp=bypass_csp, accept_downloads=True
    )
    page = await context.new_page()
    await page.goto(f"{base}/console/sign-in")
    await page.fill("#login", login)
    await page.fill("#password", PASSWORD)
    await page.get_by_role("button", name="登录").click()
    await page.wait_for_url("**/console")
    return page


async def test_a_document_is_drafted_edited_issued_and_downloaded(staffed, browser):
    base, _, (number, *_), _ = staffed
    page = await signed_in(browser, base, "shi")
    await page.goto(f"{base}/console/leads/{number}")
    await page.get_by_role("link", name="监督文书").click()
    await page.get_by_role("button", name="督办通知书").click()
    assert "测试4" not in await page.input_value("#body")
    await page.fill("#body", "请立即核实情况，依法处理。")
    await page.get_by_role("button", name="保存").click()
    await page.get_by_role("button", name="签发").click()
    await page.get_by_text("签发前请再看一遍").wait_for()
    await page.screenshot(path=SHOTS / "document-confirm-1280.png", full_page=True)
    await page.get_by_role("button", name="确认签发").click()
    await page.wait_for_selector("h1 small:has-text('湖司督办〔2026〕')")
    async with page.expect_download() as waiting:
        await page.get_by_role("link", name="下载 DOCX").click()
    assert (await waiting.value).suggested_filename.startswith("督办通知书湖司督办")
    await page.context.close()


async def test_an_agency_answers_and_the_supervisor_accepts(staffed, browser):
    base, _, (number, *_), asked = staffed
    agency = await signed_in(browser, base, "guanju")
    await agency.get_by_role("link", name="通知", exact=True).click()
    await agency.get_by_text("请说明扣押三轮车的依据").click()
    assert number not in await agency.content()
    await agency.fill("#answer", "经查，当日执法人员未携带证件，已责令改正。")
    await agency.get_by_role("button", name="提交说明").click()
    await agency.get_by_text("已提交的说明").wait_for()
    await agency.context.close()
    page = await signed_in(browser, base, "shi")
    await page.goto(f"{base}/console/leads/{number}/sight")
    await page.get_by_role("button", name="认可").click()
    await page.get_by_text("已认可").wait_for()
    assert asked in await page.content()
    await page.context.close()


async def test_an_inspector_checks_the_chains(staffed, browser):
    base, _, (number, *_), _ = staffed
    page = await signed_in(browser, base, "shenji")
    await page.goto(f"{base}/console/audit?number={number}")
    assert "扣走了" not in await page.content()
    await page.get_by_role("button", name="核对是否被改动").click()
    await page.get_by_role("status").get_by_text("核对完毕").wait_for()
    await page.context.close()


@pytest.mark.parametrize("size", SIZES, ids=lambda s: str(s[0]))
async def test_every_page_fits_and_axe_finds_nothing_serious(staffed, browser, size):
    from axe_playwright_python.async_playwright import Axe

    base, _, (number, second, *_), asked = staffed
    pages = {
        "shi": (
            "patterns",
            f"leads/{number}",
            f"leads/{number}/sight",
            f"leads/{number}/documents",
            f"leads/{number}/compare/{second}",
        ),
        "guanju": ("requests", f"requests/{asked}"),
        "shenji": ("audit",),
    }
    for login, paths in pages.items():
        page = await signed_in(browser, base, login, size, bypass_csp=True)
        for path in paths:
            await page.goto(f"{base}/console/{path}")
            name = (
                path.replace(number, "lead").replace(asked, "one").replace(second, "other").replace("/", "-")
            )
            await page.screenshot(path=SHOTS / f"supervision-{name}-{size[0]}.png", full_page=True)
            width = await page.evaluate("document.documentElement.scrollWidth")
            assert width <= size[0], (path, width)
            found = (await Axe().run(page)).response["violations"]
            serious = [(v["id"], v["nodes"][0]["html"][:120]) for v in found
                       if v["impact"] in ("serious", "critical")]  # fmt: skip
            assert serious == [], path
        await page.context.close()
