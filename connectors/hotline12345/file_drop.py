"""Work orders from a file: XLSX and CSV exports as hotlines write them (domain study §1.4).

Columns are known by aliases (data/file_headers.csv); columns that are not known stay with the order as
`source_payload`. A file without a column for the number or the content is refused as a whole.
"""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import re
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from connectors.hotline12345 import wire
from connectors.hotline12345.wire import CHINA, Problem

MUST = {"work_order_no": "工单编号", "content": "诉求内容"}
LOOKED_AT = 10
LONGEST_CELL = 40_000
_SAMPLE = 65_536
_NOISE = re.compile(r"[\s\u200b\ufeff]|[（(【\[].*?[)）】\]]|[:：*]")


class WrongTable(Exception):
    """The file as a whole cannot be read; the message says why, in Chinese."""


@dataclass(frozen=True, slots=True)
class FileRow:
    """One row: its number as a person counts it, the order in canonical form, and what makes it unusable."""

    number: int
    order: dict[str, Any]
    problems: tuple[Problem, ...]


@contextmanager
def open_rows(path: Path) -> Iterator[Iterator[FileRow]]:
    """The rows of a file, read as they are asked for.

    raises: WrongTable; OSError
    """
    kind = path.suffix.lower()
    if kind == ".xlsx":
        with _sheet(path) as cells:
            yield _rows(cells)
    elif kind in (".csv", ".txt"):
        with path.open(encoding=_encoding(path), errors="replace", newline="") as file:
            csv.field_size_limit(LONGEST_CELL * 4)
            yield _rows(enumerate(csv.reader(file, _dialect(path)), 1))
    else:
        raise WrongTable("只能导入 .xlsx 或 .csv 文件；旧的 .xls 请先在表格软件里另存为 .xlsx")


@contextmanager
def _sheet(path: Path) -> Iterator[Iterable[tuple[int, Iterable[Any]]]]:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError) as wrong:
        raise WrongTable("文件打不开：不是有效的 .xlsx，或者设了密码") from wrong
    try:
        sheet = book.worksheets[0] if book.worksheets else None
        if sheet is None:
            raise WrongTable("表格里没有工作表")
        # Exports often declare a size of one cell; the true one shows while reading.
        sheet.reset_dimensions()
        yield enumerate(sheet.iter_rows(values_only=True), 1)
    finally:
        book.close()


def _encoding(path: Path) -> str:
    """UTF-8 when it is that, else what Chinese office software writes."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            for part in iter(lambda: file.read(_SAMPLE * 16), b""):
                decoder.decode(part)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "gb18030"
    return "utf-8-sig"


def _dialect(path: Path) -> type[csv.Dialect]:
    with path.open(encoding=_encoding(path), errors="replace", newline="") as file:
        head = file.read(_SAMPLE).partition("\n")[0]
    tabs = head.count("\t") > head.count(",")
    return csv.excel_tab if tabs else csv.excel


def _rows(cells: Iterable[tuple[int, Iterable[Any]]]) -> Iterator[FileRow]:
    """raises: WrongTable when the header is not found, at the first row asked for"""
    lines = iter(cells)
    header = _header(lines)
    for number, line in lines:
        values = [_cell(value) for value in line]
        if any(values):
            yield _row(number, header, values)


def _header(lines: Iterator[tuple[int, Iterable[Any]]]) -> list[tuple[str, str]]:
    """(key or "", header as written) of each column; a title above the header is passed over."""
    best: list[tuple[str, str]] = []
    for _, line in zip(range(LOOKED_AT), lines, strict=False):
        written = [_cell(value) for value in line[1]]
        found = _keys(written)
        if {key for key, _ in found} >= MUST.keys():
            return found
        if sum(bool(key) for key, _ in found) > sum(bool(key) for key, _ in best):
            best = found
    missing = [label for key, label in MUST.items() if key not in {k for k, _ in best}]
    seen = "、".join(words for _, words in best if words)[:200] or "没有认得的列"
    raise WrongTable(f"找不到必需的列：{'、'.join(missing)}。文件里的列：{seen}")


def _keys(written: list[str]) -> list[tuple[str, str]]:
    taken: set[str] = set()
    found = []
    for words in written:
        key = aliases().get(_plain(words), "")
        # The first column of a meaning counts; a second one stays as it came.
        found.append(("" if key in taken else key, words))
        taken.add(key)
    return found


@cache
def aliases() -> dict[str, str]:
    """Plain header to key."""
    text = resources.files("connectors.hotline12345").joinpath("data/file_headers.csv").read_text("utf-8")
    return {_plain(row["header"]): row["key"] for row in csv.DictReader(text.splitlines())}


def _plain(words: str) -> str:
    return _NOISE.sub("", words).lower()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # a number of a work order, typed as a number
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=value.tzinfo or CHINA).isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value).replace("_x000D_", "").replace("\x00", "").strip()[:LONGEST_CELL]


def _row(number: int, header: list[tuple[str, str]], values: list[str]) -> FileRow:
    order: dict[str, Any] = {}
    other: dict[str, str] = {}
    for (key, words), value in zip(header, values, strict=False):
        if value and key:
            order[key] = value
        elif value and words:
            other[words[:64]] = value
    reading = wire.read(order, is_from_hotline=True)
    # A column we need not have, in words we don't know, is no reason to lose the case.
    for problem in reading.problems:
        if problem.field in order and problem.field not in MUST:
            other[problem.field] = order.pop(problem.field)
    reading = wire.read(order, is_from_hotline=True)
    return FileRow(number, reading.order | {"source_payload": other}, tuple(reading.problems))
