"""Pages with figures in a real browser, narrow and wide: nothing sticks out, axe finds nothing serious."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import pytest_asyncio

from intake.services.file_complaint import file_complaint
from tests.conftest import cannot_run
from tests.factories.house import NOON, PASSWORD, new_complaint, small_house
from tests.factories.server import serve

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking"]
SHOTS = Path("tests/.artifacts")
SIZES = ((390, 844), (1280, 800))
PAGES = ("dashboard", "dashboard?period=2026-Q4", "circular?month=2026-10")
# Agency, words of a place and how many: some cells are large enough to be shown, some are not.
CASES = (
    ("411202-AD01", "湖滨区城管没出示证件就把我的三轮车扣走了", 11),
    ("411282-AD02", "灵宝市市场监管所乱罚款不给票据", 7),
    ("411203-AD01", "陕州区城管乱收费", 6),
    ("411221-AD02", "渑池县市场监管一个月检查五次", 5),
    ("411224-AD01", "卢氏县城管不处理我的举报", 2),
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def base(tmp_path_factory):
    folder = tmp_path_factory.mktemp("figures")
    now = [NOON]
    url = f"sqlite+aiosqlite:///{folder / 'test.db'}"
    async with small_house(url, folder, clock=lambda: now[0]) as house:
        for agency, text, count in CASES:
            for i in range(count):
                now[0] = NOON - dt.timedelta(days=(i % 2) * 40)
                new = new_complaint(f"{text}，第{i}次。", key=f"{agency}-{i:04d}", agency_code=agency)
                await file_complaint(new, house=house)
        now[0] = NOON
        async with serve(house) as address:
            yield address


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


async def signed_in(base, browser, login="shi", size=(1280, 800)):
    """A page of somebody signed in, and what the browser complains about."""
    context = await browser.new_context(viewport={"width": size[0], "height": size[1]})
    page = await context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda m: faults.append(m.text) if "Content Security" in m.text else None)
    await page.goto(f"{base}/console/sign-in")
    await page.fill("#login", login)
    await page.fill("#password", PASSWORD)
    await page.get_by_role("button", name="登录").click()
    return page, faults


@pytest.mark.parametrize("size", SIZES, ids=lambda s: str(s[0]))
async def test_every_page_fits_and_axe_finds_nothing_serious(base, browser, size):
    from axe_playwright_python.async_playwright import Axe

    page, faults = await signed_in(base, browser, size=size)
    for path in PAGES:
        answer = await page.goto(f"{base}/console/{path}")
        assert answer.status == 200, path
        name = path.replace("?", "-").replace("=", "-")
        await page.screenshot(path=SHOTS / f"figures-{name}-{size[0]}.png", full_page=True)
        found = (await Axe().run(page)).response["violations"]
        assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == [], path
        assert await page.evaluate("document.documentElement.scrollWidth") <= size[0], path
    await page.context.close()
    assert faults == []


async def test_a_supervisor_chooses_a_quarter_and_small_cells_stay_hidden(base, browser):
    page, _ = await signed_in(base, browser)
    await page.get_by_role("link", name="统计").click()
    await page.select_option("select[name=period]", "2026-Q4")
    await page.get_by_role("button", name="查看").click()

    assert await page.locator(".figures li").first.locator("b").inner_text() == "31"
    assert "季度和年度只由各月能显示的数字合成" in await page.inner_text("main")
    shown = {
        (await g.locator("text").nth(0).text_content()): (await g.locator("text").nth(1).text_content())
        for g in await page.locator(".map g").all()
    }
    # Shown in both months, hidden in one, hidden in both, none at all.
    assert (shown["湖滨区"], shown["义马市"]) == ("11", "0")
    assert all("至" in shown[place] or "以上" in shown[place] for place in ("灵宝市", "卢氏县", "渑池县"))
    rows = await page.locator("section:has(#agencies-title) tbody tr").all_inner_texts()
    assert len(rows) == 5
    assert "卢氏县" not in await page.locator("section:has(#spots-title)").inner_text()
    await page.context.close()


async def test_the_trend_draws_shown_months_and_tells_all_in_a_table(base, browser):
    page, _ = await signed_in(base, browser)
    await page.goto(f"{base}/console/dashboard")
    await page.get_by_text("用表格看").click()

    cells = await page.locator("section:has(#trend-title) td").all_inner_texts()
    assert cells == ["0"] * 10 + ["14", "17"]
    assert await page.locator(".trend circle").count() == 12
    await page.context.close()


async def test_the_ledger_is_downloaded_from_the_dashboard(base, browser):
    page, _ = await signed_in(base, browser)
    await page.goto(f"{base}/console/dashboard?period=2026-10")
    async with page.expect_download() as waiting:
        await page.get_by_role("link", name="下载台账（CSV）").click()
    file = await (await waiting.value).path()

    assert (await waiting.value).suggested_filename == "台账.csv"
    assert "共 14 条" in file.read_text("utf-8-sig")
    await page.context.close()


@pytest.mark.parametrize(("button", "begin"), [("下载 Word", b"PK"), ("下载 PDF", b"%PDF")])
async def test_a_circular_is_edited_and_taken_out(base, browser, button, begin):
    page, _ = await signed_in(base, browser)
    await page.goto(f"{base}/console/dashboard?period=2026-10")
    await page.get_by_role("link", name="起草通报").click()
    assert "三门峡市司法局" in await page.input_value("#signature")
    assert "全市共收到行政执法投诉线索14件" in await page.input_value("#text")
    await page.fill("#title", "关于测试的通报")
    async with page.expect_download() as waiting:
        await page.get_by_role("button", name=button).click()

    assert (await (await waiting.value).path()).read_bytes().startswith(begin)
    await page.context.close()


async def test_an_agency_finds_no_figures(base, browser):
    page, _ = await signed_in(base, browser, "guanju")
    assert await page.get_by_role("link", name="统计").count() == 0
    answer = await page.goto(f"{base}/console/dashboard")
    assert answer.status == 403
    await page.context.close()
