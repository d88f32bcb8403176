"""Every page of the application in a real browser, narrow and wide: nothing sticks out, axe finds nothing serious.

The pages come from the application itself: a new one without a try here, or a reason, fails.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import pytest_asyncio

from intake.domain.conflict import Viewer
from intake.services import ask_agency, keep_typed, triage, write_document
from intake.services.file_complaint import file_complaint
from intake.services.new_complaint import Complainant
from intake.services.notice_patterns import notice_patterns
from intake.services.policy_versions import draft_version
from intake.services.report_observation import Observation, report_observation
from intake.services.sign_in import add_account, sign_in
from tests.conftest import cannot_run
from tests.factories.house import PASSWORD, TEXT, new_complaint, small_house
from tests.factories.routes import every_route
from tests.factories.server import serve

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking"]
SHOTS = Path("tests/.artifacts")
SHI = Viewer("shi", "测试", "city_supervisor", "411200-SF", "411200")
SIZES = ((390, 844), (1280, 800))
NO_PAGES = {
    "/large": "sets a cookie and goes back",
    "/console/events": "news as a stream",
    "/console/ledger.csv": "a file",
    "/console/ledger.xlsx": "a file",
    "/console/leads/{number}/documents/{document}/file.{form}": "a file",
    "/console/leads/{number}/evidence/{attachment_id}/view": "a file: test_pages_evidence opens it",
}
# Path of a page to (who looks at it, "" = nobody signed in; what stands for its parameters: see `filled`).
PAGES = {
    "/": "",
    "/form": "",
    "/track": "",
    "/console/sign-in": "",
    "/console": "shi",
    "/console/talks": "shi",
    "/console/desk": "rexian",
    "/console/deliveries": "rexian",
    "/console/patterns": "shi",
    "/console/dashboard": "shi",
    "/console/circular": "shi",
    "/console/typed": "shi",
    "/console/leads/{number}": "shi",
    "/console/leads/{number}/sight": "shi",
    "/console/leads/{number}/compare/{other}": "shi",
    "/console/leads/{number}/documents": "shi",
    "/console/leads/{number}/documents/{document}": "shi",
    "/console/leads/{number}/discipline": "shi",
    "/console/discipline": "shi",
    "/console/transfers": "shi",
    "/reporter": "teyao",
    "/reporter/new": "teyao",
    "/reporter/reports/{number}": "teyao",
    "/console/requests": "guanju",
    "/console/requests/{number}": "guanju",
    "/console/audit": "shenji",
    "/console/password": "guanli",
    "/console/code": "guanli",
    "/console/code/setup": "guanli",
    "/console/admin": "guanli",
    "/console/admin/accounts": "guanli",
    "/console/admin/accounts/{login}": "guanli",
    "/console/admin/directory": "guanli",
    "/console/admin/organisations": "guanli",
    "/console/admin/records": "guanli",
    "/console/admin/rules/{kind}": "guanli",
    "/console/admin/rules/{kind}/{version}": "guanli",
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def staffed(tmp_path_factory):
    """(address, values of the parameters in addresses)"""
    folder = tmp_path_factory.mktemp("every")
    async with small_house(f"sqlite+aiosqlite:///{folder / 'test.db'}", folder) as house:
        numbers = await leads(house)
        for login, role in (("shenji", "inspector"), ("guanli", "admin")):
            await add_account(
                login, "测试", PASSWORD, role=role, organisation="410000-SF", region="411200", house=house
            )
        question = ask_agency.Question("411202-AD01", "请说明扣押的依据、程序和清单。", "有人反映被扣车。", 5)
        asked = await ask_agency.ask_agency(numbers[0], question, viewer=SHI, house=house)
        made = await write_document.draft_document(numbers[0], "opinion", viewer=SHI, house=house)
        cells = {"amount-7": "15", "amount-8": "15"}
        await draft_version("limits", cells, "测试〔2026〕1号通知", based_on=0, viewer=SHI, house=house)
        await typed(house, numbers[0])
        ids = {"number": numbers[0], "other": numbers[1], "document": made, "asked": asked}
        ids["reported"] = await report(house)
        async with serve(house) as base:
            yield base, ids


async def report(house):
    """A trusted reporter with one report: its number."""
    place = {"organisation": "411202-SF", "region": "411202"}
    await add_account(
        "teyao", "测试", PASSWORD, role="supervisor_reporter", certificate="测试-001", house=house, **place
    )
    viewer = Viewer("teyao", "测试", "supervisor_reporter", *place.values())
    return (await report_observation(Observation(TEXT, "every-report"), viewer=viewer, house=house)).number


async def leads(house):
    """Five persons on one matter, so that a pattern shows; the first is taken up."""
    numbers = []
    for i in range(5):
        who = Complainant(anonymous=False, name=f"测试{i}", phone=f"138001380{i:02d}")
        new = new_complaint(
            f"{TEXT}第{i}家。", key=f"every-{i:04d}", complainant=who, agency_code="411202-AD01"
        )
        numbers.append((await file_complaint(new, house=house)).number)
    await notice_patterns(house=house)
    await triage.take_step(numbers[0], triage.Order("confirm"), version=1, viewer=SHI, house=house)
    return numbers


async def typed(house, number):
    """Words that were typed when a session was over."""
    person = await sign_in("shi", PASSWORD, address="127.0.0.1", house=house)
    fields = [
        ("csrf", person.csrf),
        ("note", "经查属实。"),
        ("public_text", "已责令归还。"),
        ("version", "2"),
    ]
    await keep_typed.keep_typed(person.token, f"/console/leads/{number}/reply", fields, house=house)


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


def filled(path, values):
    """The addresses of a page: one for each kind of rules, one for everything else."""
    if path.startswith("/console/requests"):
        values = values | {"number": values["asked"]}
    if path.startswith("/reporter"):
        values = values | {"number": values["reported"]}
    kinds = ("limits",) if "{version}" in path else ("limits", "routing")
    for kind in kinds if "{kind}" in path else ("",):
        address = path
        for name, value in (values | {"login": "hubin", "kind": kind, "version": "1"}).items():
            address = address.replace(f"{{{name}}}", value)
        yield address


async def test_every_page_of_the_application_is_tried():
    pages = {
        path
        for method, path in every_route()
        if method == "GET"
        and not path.startswith(("/api/", "/wechat/", "/openapi", "/healthz", "/readyz", "/metrics"))
    }
    assert pages == {*PAGES, *NO_PAGES}


@pytest.mark.parametrize("size", SIZES, ids=lambda s: str(s[0]))
async def test_every_page_fits_and_axe_finds_nothing_serious(staffed, browser, size):
    base, values = staffed
    for login in dict.fromkeys(PAGES.values()):
        page = await signed_in(browser, base, login, size)
        for path in (p for p, who in PAGES.items() if who == login):
            for address in filled(path, values):
                await is_sound(page, base, address, path, size[0])
        await page.context.close()


async def signed_in(browser, base, login, size):
    # axe is put into the page, which our own rules for scripts forbid to others.
    context = await browser.new_context(viewport={"width": size[0], "height": size[1]}, bypass_csp=True)
    page = await context.new_page()
    if login:
        await page.goto(f"{base}/console/sign-in")
        await page.fill("#login", login)
        await page.fill("#password", PASSWORD)
        await page.get_by_role("button", name="登录").click()
        await page.wait_for_url(lambda url: "sign-in" not in url)
    return page


async def is_sound(page, base, address, path, width):
    """The page is there and itself, fits with everything unfolded, reads well; a picture of it is kept."""
    from axe_playwright_python.async_playwright import Axe

    answer = await page.goto(base + address)
    assert answer.status == 200, address
    if path != "/console/admin":
        assert page.url == base + address
    name = (
        path.strip("/").replace("console/", "").replace("/", "-").replace("{", "").replace("}", "") or "chat"
    )
    kind = "-routing" if address.endswith("routing") else ""
    await page.screenshot(path=SHOTS / f"every-{name}{kind}-{width}.png", full_page=True)
    await page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    assert await page.evaluate("document.documentElement.scrollWidth") <= width, address
    found = (await Axe().run(page)).response["violations"]
    serious = [
        (v["id"], v["nodes"][0]["html"][:120]) for v in found if v["impact"] in ("serious", "critical")
    ]
    assert serious == [], address
