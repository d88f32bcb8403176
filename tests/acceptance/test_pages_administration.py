"""Administration pages in a real browser, narrow and wide: nothing sticks out, axe finds nothing serious."""

from __future__ import annotations

from pathlib import Path

import pytest
import pytest_asyncio

from intake.domain.conflict import Viewer
from intake.services.file_complaint import file_complaint
from intake.services.policy_versions import draft_version
from intake.services.sign_in import add_account
from tests.conftest import cannot_run
from tests.factories.house import PASSWORD, new_complaint, small_house
from tests.factories.server import serve

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking"]
SHOTS = Path("tests/.artifacts")
SIZES = ((390, 844), (1280, 800))
SHI = Viewer("shi", "测试", "city_supervisor", "411200-SF", "411200")
PAGES = (
    "admin/accounts",
    "admin/accounts/hubin",
    "admin/organisations",
    "admin/rules/limits",
    "admin/rules/routing",
    "admin/rules/limits/1",
    "admin/records",
    "password",
    "code",
    "code/setup",
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def base(tmp_path_factory):
    folder = tmp_path_factory.mktemp("administration")
    async with small_house(f"sqlite+aiosqlite:///{folder / 'test.db'}", folder) as house:
        await add_account(
            "guanli",
            "测试管理",
            PASSWORD,
            role="admin",
            organisation="411200-SF",
            region="411200",
            house=house,
        )
        await file_complaint(new_complaint(), house=house)
        cells = {"amount-7": "15", "amount-8": "15"}
        await draft_version("limits", cells, "测试〔2026〕1号通知", based_on=0, viewer=SHI, house=house)
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


@pytest.mark.parametrize("size", SIZES, ids=lambda s: str(s[0]))
async def test_every_page_fits_and_axe_finds_nothing_serious(base, browser, size):
    from axe_playwright_python.async_playwright import Axe

    context = await browser.new_context(viewport={"width": size[0], "height": size[1]})
    page = await context.new_page()
    await page.goto(f"{base}/console/sign-in")
    await page.fill("#login", "guanli")
    await page.fill("#password", PASSWORD)
    await page.get_by_role("button", name="登录").click()
    for path in PAGES:
        answer = await page.goto(f"{base}/console/{path}")
        assert answer.status == 200, path
        await page.screenshot(
            path=SHOTS / f"administration-{path.replace('/', '-')}-{size[0]}.png", full_page=True
        )
        found = (await Axe().run(page)).response["violations"]
        assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == [], path
        assert await page.evaluate("document.documentElement.scrollWidth") <= size[0], path
    await context.close()


async def test_an_account_is_added_and_its_password_shown_once(base, browser):
    context = await browser.new_context(viewport={"width": 390, "height": 844})
    page = await context.new_page()
    await page.goto(f"{base}/console/sign-in")
    await page.fill("#login", "guanli")
    await page.fill("#password", PASSWORD)
    await page.get_by_role("button", name="登录").click()
    await page.goto(f"{base}/console/admin/accounts")
    await page.locator("summary").click()
    await page.fill("#login", "wangwu")
    await page.fill("#name", "测试王五")
    await page.select_option("#organisation", "411202-SF")
    await page.get_by_role("button", name="新增").click()
    password = await page.locator(".receipt strong").nth(1).inner_text()

    await context.clear_cookies()
    await page.goto(f"{base}/console/sign-in")
    await page.fill("#login", "wangwu")
    await page.fill("#password", password)
    await page.get_by_role("button", name="登录").click()

    assert page.url.endswith("/console/password")
    await context.close()
