"""The ledger: what a viewer may see, no person and no text, no formula, and a record of every export."""

import csv
import io
import zipfile

import aiohttp
import pytest
from openpyxl import load_workbook

from intake.domain.conflict import Viewer
from intake.domain.errors import Forbidden, Malformed, NotFound
from intake.services import export_ledger as service
from intake.services.file_complaint import file_complaint
from intake.services.lead_filter import lead_filter
from intake.services.ledger_files import as_csv, as_xlsx, harmless
from intake.services.take_ledger import take_ledger
from tests.factories.house import PASSWORD, PHONE, TEXT, new_complaint
from tests.factories.server import serve

SHI = Viewer("shi", "测试", "city_supervisor", "411200-SF", "411200")
EVERYTHING = service.Wanted(lead_filter(stage="all"), None, None, "全部")


async def filed(house, count, agency="411202-AD01"):
    for i in range(count):
        # Whom the text names must not see it either, so it names the one that is chosen.
        told = TEXT.replace("湖滨区", house.organisations[agency].name[:3])
        new = new_complaint(f"{told}{agency}{i}", key=f"{agency}-{i:04d}", agency_code=agency)
        await file_complaint(new, house=house)


async def text_of(ledger):
    return b"".join([part async for part in as_csv(ledger)]).decode("utf-8-sig")


def leads_of(text):
    """Rows below the headings, without the last one."""
    rows = list(csv.reader(io.StringIO(text)))
    return rows[rows.index(list(service.HEADINGS)) + 1 : -1]


async def test_every_visible_lead_is_in_it_once_over_several_pages(house, monkeypatch):
    monkeypatch.setattr(service, "PAGE", 2)
    await filed(house, 4)
    await filed(house, 1, "411203-AD01")

    text = await text_of(await service.export_ledger(SHI, EVERYTHING, form="csv", house=house))
    own = Viewer("x", "测试", "city_supervisor", "411202-AD01", "411200")
    theirs = await text_of(await service.export_ledger(own, EVERYTHING, form="csv", house=house))

    assert len({row[0] for row in leads_of(text)}) == len(leads_of(text)) == 5
    assert [row[6] for row in leads_of(theirs)] == [house.organisations["411203-AD01"].name]
    assert "共 5 条" in text
    assert "导出人：测试（shi，市级监督员）" in text
    assert "导出时间：2026-11-23 12:00" in text


async def test_it_names_no_person_and_tells_no_text(lite):
    await filed(lite, 1)
    text = await text_of(await service.export_ledger(SHI, EVERYTHING, form="csv", house=lite))
    assert PHONE not in text
    assert "测试张三" not in text
    assert "三轮车" not in text


async def test_days_narrow_it_by_local_midnight(lite):
    await filed(lite, 1)
    for first, last, count in (("2026-11-23", "2026-11-23", 1), ("2026-11-24", "", 0), ("", "2026-11-22", 0)):
        days = [service.day_asked(day, "from") for day in (first, last)]
        wanted = service.Wanted(lead_filter(stage="all"), *days, "")
        ledger = await service.export_ledger(SHI, wanted, form="csv", house=lite)
        assert len(leads_of(await text_of(ledger))) == count


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠", " ="])
def test_nothing_is_taken_for_a_formula(start):
    assert harmless(f"{start}1+1") == f"'{start}1+1"
    assert harmless("湖滨区=1") == "湖滨区=1"


async def test_a_workbook_has_text_cells_only(lite):
    await filed(lite, 1)
    async with lite.store.change() as uow:
        lead = (await uow.leads.after_id("", 1))[0]
        lead.agency_name, lead.hotline_no = "=HYPERLINK(1)\x07", "0012"
        uow.leads.save(lead)

    body = await as_xlsx(await service.export_ledger(SHI, EVERYTHING, form="xlsx", house=lite))

    sheet = load_workbook(io.BytesIO(body)).active
    row = next(r for r in sheet.iter_rows() if r[0].value == lead.number)
    assert (row[6].value, row[15].value) == ("'=HYPERLINK(1)", "0012")
    assert {cell.data_type for r in sheet.iter_rows() for cell in r if cell.value is not None} == {"s"}
    assert "<f>" not in zipfile.ZipFile(io.BytesIO(body)).read("xl/worksheets/sheet1.xml").decode()


async def test_each_export_is_recorded_without_words_or_numbers_found(lite):
    wanted = service.Wanted(
        lead_filter(stage="all", q="某某机关"),
        service.day_asked("2026-11-01", "from"),
        None,
        "查找：某某机关",
    )
    await service.export_ledger(SHI, wanted, form="csv", house=lite)
    async with lite.store.look() as uow:
        row = (await uow.admin_records.latest(before=None, limit=1))[0]
    assert (row.kind, row.actor, row.details) == (
        "ledger_exported",
        "shi",
        {"format": "csv", "from": "2026-11-01"},
    )


@pytest.mark.parametrize("role", ["inspector", "admin", "agency", "hotline_operator"])
async def test_other_roles_export_nothing(lite, role):
    viewer = Viewer("x", "测试", role, "411200-SF", "411200")
    with pytest.raises(Forbidden):
        await service.export_ledger(viewer, EVERYTHING, form="csv", house=lite)


@pytest.mark.parametrize("day", ["2026-13-01", "gestern", "0001-01-01", "9999-12-31"])
def test_a_day_that_is_none_is_refused(day):
    with pytest.raises(Malformed):
        service.day_asked(day, "from")


async def test_over_http_both_files_come_with_the_filter_of_the_inbox(lite):
    await filed(lite, 2)
    async with (
        serve(lite) as base,
        aiohttp.ClientSession(base, cookie_jar=aiohttp.CookieJar(unsafe=True)) as http,
    ):
        await http.post("/console/sign-in", data={"login": "hubin", "password": PASSWORD})
        async with http.get("/console/ledger.csv?stage=all&region=411202&from=2026-11-01") as answer:
            text = (await answer.read()).decode("utf-8-sig")
        async with http.get("/console/ledger.csv?stage=L70") as answer:
            none = (await answer.read()).decode("utf-8-sig")
        async with http.get("/console/ledger.xlsx") as answer:
            body = await answer.read()
        async with http.get("/console/ledger.csv?from=x") as answer:
            assert answer.status == 422
    assert len(leads_of(text)) == 2
    assert "筛选：状态：全部；地区：湖滨区；收到日期起：2026-11-01" in text
    assert leads_of(none) == []
    assert load_workbook(io.BytesIO(body)).active.max_row == 5 + 1 + 2 + 1


async def test_on_the_command_line_it_is_seen_with_the_eyes_of_one_account(lite, tmp_path):
    await filed(lite, 1)
    file = tmp_path / "ledger.csv"
    with file.open("wb") as out:
        await take_ledger("shanzhou", out, "csv", first="", last="", house=lite)
    assert leads_of(file.read_text("utf-8-sig")) == []
    with file.open("wb") as out:
        with pytest.raises(NotFound):
            await take_ledger("niemand", out, "csv", first="", last="", house=lite)
    with file.open("wb") as out:
        await take_ledger("hubin", out, "csv", first="2026-11-01", last="", house=lite)
    assert len(leads_of(file.read_text("utf-8-sig"))) == 1
