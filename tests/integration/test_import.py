"""Files of work orders: real XLSX and CSV, as hotlines write them."""

from __future__ import annotations

import csv
import datetime as dt

import pytest
from openpyxl import Workbook
from typer.testing import CliRunner

from connectors.hotline12345.file_drop import WrongTable, open_rows
from intake.cli import app
from intake.domain.errors import NotFound
from intake.services import after_filing, import_orders
from tests.factories.house import PHONE, classifier

HEADER = ["序号", "工单 编号（必填）", "诉求内容", "承办单位", "受理时间", "诉求区域", "联系电话", "备注"]
STORY = "市民来电反映{place}城管没有亮证就扣了三轮车，第{n}次，请核实处理。"


def line(n, **more):
    row = {
        "序号": n,
        "no": f"RX{n:06d}",
        "content": STORY.format(place="湖滨区", n=n),
        "unit": "测试单位",
        "at": "2026-11-20 09:30:00",
        "region": "湖滨区",
        "phone": PHONE,
        "other": "",
    }
    return list((row | more).values())


def xlsx(path, rows, *, header=HEADER, title=True):
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    if title:
        sheet.append(["12345 热线工单导出（测试）"])
    sheet.append(header)
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def written(path, rows, encoding, delimiter=","):
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows([HEADER, *rows])
    return path


@pytest.mark.parametrize("kind", ["xlsx", "utf-8-sig", "utf-8", "gb18030", "tabs"])
def test_each_way_of_writing_a_table_gives_the_same_orders(tmp_path, kind):
    rows = [line(1), ["", "", "", "", "", "", "", ""], line(2, other="加急")]
    if kind == "xlsx":
        path = xlsx(tmp_path / "a.xlsx", rows)
    else:
        encoding, sign = ("utf-8", "\t") if kind == "tabs" else (kind, ",")
        path = written(tmp_path / "a.csv", rows, encoding, sign)

    with open_rows(path) as found:
        orders = [row.order for row in found if not row.problems]

    assert [order["work_order_no"] for order in orders] == ["RX000001", "RX000002"]
    assert orders[0]["call_time"] == "2026-11-20T09:30:00+08:00"
    assert orders[0]["source_payload"]["诉求区域"] == "湖滨区"
    assert orders[1]["source_payload"]["备注"] == "加急"


def test_numbers_dates_and_what_spreadsheets_leave_behind(tmp_path):
    rows = [
        line(1, no=20261120000001.0, at=dt.datetime(2026, 11, 20, 9, 30), content="城管罚款_x000D_\n不开票据")
    ]

    with open_rows(xlsx(tmp_path / "a.xlsx", rows)) as found:
        (row,) = found

    assert row.problems == ()
    assert row.order["work_order_no"] == "20261120000001"
    assert row.order["content"] == "城管罚款\n不开票据"
    assert row.order["call_time"] == "2026-11-20T09:30:00+08:00"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.xls", b"x", "另存为 .xlsx"),
        ("a.xlsx", b"not a zip", "打不开"),
        ("a.csv", "甲,乙\n1,2\n".encode(), "找不到必需的列：工单编号、诉求内容"),
        ("a.csv", "工单编号,乙\n1,2\n".encode(), "找不到必需的列：诉求内容"),
        ("a.csv", b"", "找不到必需的列"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path, name, content, words):
    path = tmp_path / name
    path.write_bytes(content)

    with pytest.raises(WrongTable, match=words), open_rows(path) as rows:
        list(rows)


async def imported(path, house, **more):
    return await import_orders.import_orders(path, house=house, **more)


def counted(report):
    return report.created, report.updated, report.same, report.finished, report.refused


async def test_rows_become_leads_once_and_a_changed_row_is_noted(house, tmp_path):
    rows = [line(n) for n in range(1, 6)]
    first = await imported(xlsx(tmp_path / "a.xlsx", rows), house)
    rows[1] = line(2, content=STORY.format(place="湖滨区", n=2) + "补充：没有清单。")
    second = await imported(xlsx(tmp_path / "b.xlsx", [*rows, line(6)]), house)
    third = await imported(tmp_path / "b.xlsx", house)

    assert counted(first) == (5, 0, 0, 0, 0)
    assert counted(second) == (1, 1, 4, 0, 0)
    assert (third.rows, third.skipped) == (0, 6)
    async with house.store.look() as uow:
        complaint = await uow.complaints.by_source("hotline12345", "RX000002")
        lead = await uow.leads.by_complaint(complaint.id)
        kinds = [event.kind for event in await uow.leads.events(lead.id)]
    assert kinds == ["filed", "hotline_updated"]
    assert (lead.agency_code, lead.region, lead.hotline_no) == ("411202-AD01", "411202", "RX000002")
    assert complaint.received_at == dt.datetime(2026, 11, 20, 1, 30, tzinfo=dt.UTC)


async def test_a_bad_row_is_told_by_number_and_reason_and_holds_up_nobody(lite, tmp_path):
    rows = [line(1), line(2, content=""), line(3, no=""), line(4, at="上周三"), line(5)]

    report = await imported(xlsx(tmp_path / "a.xlsx", rows), lite)

    assert counted(report) == (3, 0, 0, 0, 2)
    assert [(number, name) for number, name, _ in report.errors] == [(4, "content"), (5, "work_order_no")]
    assert all(PHONE not in words for *_, words in report.errors)


async def test_a_dry_run_counts_and_writes_nothing(lite, tmp_path):
    path = xlsx(tmp_path / "a.xlsx", [line(1), line(2), line(2)])

    report = await imported(path, lite, is_dry=True)

    assert counted(report) == (2, 0, 1, 0, 0)
    async with lite.store.look() as uow:
        assert await uow.complaints.by_source("hotline12345", "RX000001") is None
    assert counted(await imported(path, lite)) == (2, 0, 1, 0, 0)


async def test_a_batch_that_breaks_leaves_nothing_of_itself_and_the_next_run_goes_on(
    house, tmp_path, monkeypatch
):
    monkeypatch.setattr(import_orders, "BATCH", 3)
    path, seen = xlsx(tmp_path / "a.xlsx", [line(n) for n in range(1, 9)]), []
    whole = import_orders.store_lead

    async def breaks(new, *rest, **more):
        seen.append(new.source_no)
        if len(seen) == 5:
            raise RuntimeError("killed")
        await whole(new, *rest, **more)

    monkeypatch.setattr(import_orders, "store_lead", breaks)
    with pytest.raises(RuntimeError, match="killed"):
        await imported(path, house)
    async with house.store.look() as uow:
        there = await uow.imports.complaints("hotline12345", [f"RX{n:06d}" for n in range(1, 9)])
    assert sorted(there) == ["RX000001", "RX000002", "RX000003"]

    report = await imported(path, house)

    assert (report.skipped, report.created) == (3, 5)


async def test_an_order_that_was_answered_is_kept_and_opens_no_case(lite, tmp_path):
    header = [*HEADER, "办理结果"]
    report = await imported(xlsx(tmp_path / "a.xlsx", [[*line(1), "已答复市民"]], header=header), lite)

    assert counted(report) == (0, 0, 0, 1, 0)
    async with lite.store.look() as uow:
        (item,) = await uow.inbox.earlier("hotline12345", "RX000001")
        assert uow.inbox.content(item)["handle_result"] == "已答复市民"


async def test_no_code_opens_an_imported_case(lite, tmp_path):
    await imported(xlsx(tmp_path / "a.xlsx", [line(1)]), lite)
    async with lite.store.look() as uow:
        complaint = await uow.complaints.by_source("hotline12345", "RX000001")
        number = (await uow.leads.by_complaint(complaint.id)).number

    for code in ("", "nobody", "NOBODY"):
        with pytest.raises(NotFound):
            await after_filing.track(number, code, house=lite)


def test_the_command_imports_and_writes_the_errors_beside_the_file(tmp_path, monkeypatch):
    classifier()
    monkeypatch.setenv("XIANSUO_VAR_DIR", str(tmp_path))
    monkeypatch.setenv("XIANSUO_MODEL_DIR", "var/models")
    path = xlsx(tmp_path / "工单.xlsx", [line(1), line(2, content="")])

    done = CliRunner().invoke(app, ["import", "hotline", str(path)])

    assert done.exit_code == 2, done.output
    assert "新立 1 件" in done.output
    told = (tmp_path / "工单.xlsx.errors.csv").read_text("utf-8-sig")
    assert "4,content," in told
    assert PHONE not in told
