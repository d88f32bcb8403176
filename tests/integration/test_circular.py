"""The circular says only what the writer may see, hides small cells, and nobody else gets one."""

import aiohttp

from intake.domain import periods
from intake.domain.conflict import Viewer
from intake.services.file_complaint import file_complaint
from intake.services.write_circular import write_circular
from tests.factories.house import PASSWORD, new_complaint
from tests.factories.server import serve

WORDS = "城管没出示证件就把我的三轮车扣走了，也没给扣押清单，要求归还。"
MONTH = periods.month(2026, 11)


async def filed(house, agency, place, count):
    for i in range(count):
        new = new_complaint(f"{place}{WORDS}{i}", key=f"{agency}-{i:04d}", agency_code=agency)
        await file_complaint(new, house=house)


async def test_it_tells_large_cells_and_leaves_small_ones_out(lite):
    await filed(lite, "411202-AD01", "湖滨区", 7)
    await filed(lite, "411203-AD01", "陕州区", 3)
    await filed(lite, "411282-AD01", "灵宝市", 2)
    shi = Viewer("shi", "测试", "city_supervisor", "411200-SF", "411200")
    own = Viewer("x", "测试", "city_supervisor", "411202-AD01", "411200")
    text = "\n".join((await write_circular(shi, MONTH, house=lite)).paragraphs)
    theirs = "\n".join((await write_circular(own, MONTH, house=lite)).paragraphs)

    assert "全市共收到行政执法投诉线索12件（上月0件）" in text
    assert [line for line in text.splitlines() if line[:2] in ("一、", "二、", "三、", "四、")] == [
        "一、总体情况",
        "二、分布情况",
        "三、突出问题",
        "四、工作要求",
    ]
    assert "湖滨区7件，其余数量较少，不分列" in text
    assert "陕州区" not in text
    assert "灵宝市" not in text
    assert "线索5件" in theirs


async def test_a_county_supervisor_writes_for_the_county(lite):
    hubin = Viewer("hubin", "测试", "supervisor", "411202-SF", "411202")
    paper = await write_circular(hubin, MONTH, house=lite)
    assert (paper.addressee, paper.signature) == ("各行政执法单位：", lite.organisations["411202-SF"].name)
    assert "湖滨区共收到行政执法投诉线索0件" in paper.paragraphs[1]
    assert "按地区：本月没有线索。" in paper.paragraphs


async def test_a_document_needs_the_role_the_token_and_a_month(lite):
    async with serve(lite) as base:
        for login, csrf, month, status in (
            ("guanju", None, "2026-11", 403),
            ("shi", "falsch", "2026-11", 403),
            ("shi", None, "2026-Q4", 422),
            ("shi", None, "2026-11", 200),
        ):
            async with aiohttp.ClientSession(base, cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
                await http.post("/console/sign-in", data={"login": login, "password": PASSWORD})
                async with http.get("/console/password") as answer:
                    own = (await answer.text()).split('name="csrf" value="')[1].split('"')[0]
                fields = {
                    "csrf": csrf or own,
                    "month": month,
                    "title": "测试",
                    "text": "正文",
                    "form": "docx",
                }
                async with http.post("/console/circular", data=fields) as answer:
                    assert answer.status == status, (login, csrf, month)
                    assert (await answer.read()).startswith(b"PK") == (status == 200)
