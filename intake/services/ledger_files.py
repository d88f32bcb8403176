"""A ledger written as CSV or XLSX: text cells only, so that no spreadsheet takes what somebody typed for a formula."""

from __future__ import annotations

import asyncio
import csv
import io
import re
from collections.abc import AsyncIterator, Iterable
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from intake.services.export_ledger import Ledger

BOM = "\ufeff"
CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Spreadsheets strip blanks and fold full-width signs before they look for a formula.
_FORMULA = re.compile(r"[\t\r]|\s*[=+\-@＝＋－﹣−＠]")
BATCH = 200
WIDTHS = (16, 17, 12, 20, 14, 24, 24, 16, 10, 10, 14, 12, 17, 17, 10, 20, 8)


def harmless(text: str) -> str:
    """The text with a quote before what could be a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


async def as_csv(ledger: Ledger) -> AsyncIterator[bytes]:
    """Row by row, with a byte order mark for spreadsheets."""
    yield BOM.encode()
    for line in ledger.watermark:
        yield _line((line,))
    async for row in ledger.rows:
        yield _line(row)


def _line(row: Iterable[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerow([harmless(cell) for cell in row])
    return out.getvalue().encode()


async def as_xlsx(ledger: Ledger) -> bytes:
    """The workbook; its rows lie in a temporary file while it is written, not in memory."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("台账")
    for place, width in enumerate(WIDTHS):
        sheet.column_dimensions[chr(ord("A") + place)].width = width
    # On every printed page, whatever is cut out of the table.
    sheet.oddFooter.center.text = " ".join(ledger.watermark[1:3]).replace("&", "&&")

    def cells(row: Iterable[str]) -> list[Any]:
        found = []
        for text in row:
            cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", harmless(text)))
            cell.data_type = "s"
            found.append(cell)
        return found

    for line in ledger.watermark:
        sheet.append(cells((line,)))
    # Row by row on the loop, a thousand leads would hold up everybody else: in threads, some at a time.
    batch: list[Iterable[str]] = []
    async for row in ledger.rows:
        batch.append(row)
        if len(batch) == BATCH:
            await asyncio.to_thread(_append, sheet, map(cells, batch))
            batch = []
    await asyncio.to_thread(_append, sheet, map(cells, batch))
    out = io.BytesIO()
    await asyncio.to_thread(book.save, out)
    return out.getvalue()


def _append(sheet: Any, rows: Iterable[list[Any]]) -> None:
    for row in rows:
        sheet.append(row)
