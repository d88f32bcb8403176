"""Import a file of work orders: a batch is one transaction, a stopped import goes on where it stopped.

Each row takes the way of a work order that comes by the interface: the same rules, the same de-duplication, the same
classifier. No query code is made for it: the caller has the hotline's number and asks there. An order that the file
says is answered already is kept with what came in, and opens no case.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from connectors.hotline12345.file_drop import FileRow, open_rows
from intake.domain import receipts
from intake.domain.errors import Malformed
from intake.services.file_complaint import complaint_of, lead_from, store_lead
from intake.services.house import House
from intake.services.new_complaint import NewComplaint, clean
from intake.services.secrets import new_token
from intake.services.their_order import as_complaint, must_be_fine
from intake.services.understand import understand
from intake.store.inbox import content_hash
from intake.store.tables import ImportedFile
from intake.store.unit_of_work import UnitOfWork

BATCH = 200
HISTORY = "history"
REGION_COLUMNS = ("诉求区域", "所属区域", "区域", "所属区县")


@dataclass
class Report:
    """Rows by what became of them; errors: (row, field, reason) without any words of the row."""

    rows: int = 0
    created: int = 0
    updated: int = 0
    same: int = 0
    finished: int = 0
    refused: int = 0
    skipped: int = 0
    is_dry: bool = False
    errors: list[tuple[int, str, str]] = field(default_factory=list)


async def import_orders(
    path: Path,
    *,
    source: str = "hotline12345",
    is_dry: bool = False,
    told: Callable[[Report], None] = lambda _: None,
    house: House,
) -> Report:
    """Take in every row of the file; told: called after each batch.

    raises: WrongTable; OSError; StoreUnavailable (what is done stays done)
    """
    file_hash = await asyncio.to_thread(_hash, path)
    progress = await _progress(file_hash, source, house)
    report = Report(skipped=progress.rows_done, is_dry=is_dry)
    if progress.is_whole:
        return report
    with open_rows(path) as rows:
        for _ in islice(rows, progress.rows_done):
            pass
        for batch in _batches(rows):
            await _take(batch, source, progress, report, house)
            told(report)
    if not is_dry:
        async with house.store.change() as uow:
            progress.is_whole, progress.done_at = True, house.clock()
            uow.imports.save(progress)
    return report


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


async def _progress(file_hash: str, source: str, house: House) -> ImportedFile:
    async with house.store.look() as uow:
        row = await uow.imports.file(file_hash)
    return row or ImportedFile(file_hash=file_hash, source=source, started_at=house.clock())


def _batches(rows: Iterator[FileRow]) -> Iterator[list[FileRow]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


@dataclass
class _Batch:
    """What is known of the numbers of a batch; grows while it is taken, for numbers that stand in it twice."""

    source: str
    complaints: dict[str, str]
    known: set[tuple[str, str]]


async def _take(
    rows: Sequence[FileRow], source: str, progress: ImportedFile, report: Report, house: House
) -> None:
    before = (report.created, report.updated, report.same, report.finished, report.refused)
    good = [(row, new) for row in rows if (new := _checked(row, source, report, house)) is not None]
    numbers = [str(row.order["work_order_no"]) for row, _ in good]
    if report.is_dry:
        async with house.store.look() as uow:
            batch = await _looked_up(source, numbers, uow)
        for row, _ in good:
            _count(_fate(row, batch), report)
            _remember(row, "", batch)
    else:
        async with house.store.change() as uow:
            batch = await _looked_up(source, numbers, uow)
            for row, new in good:
                await _take_row(row, new, batch, report, uow, house)
            progress.rows_done += len(rows)
            _add_up(progress, report, before)
            uow.imports.save(progress)
    report.rows += len(rows)


def _add_up(progress: ImportedFile, report: Report, before: tuple[int, ...]) -> None:
    names = ("created", "updated", "same", "finished", "refused")
    for name, old in zip(names, before, strict=True):
        setattr(progress, name, getattr(progress, name) + getattr(report, name) - old)


async def _looked_up(source: str, numbers: Sequence[str], uow: UnitOfWork) -> _Batch:
    complaints = await uow.imports.complaints(source, numbers)
    return _Batch(source, complaints, await uow.imports.known(source, numbers))


def _checked(row: FileRow, source: str, report: Report, house: House) -> NewComplaint | None:
    """The row as a complaint; None, and told in the report, when it cannot be one."""
    problems = [(p.field, p.message) for p in row.problems]
    new = None
    if not problems:
        try:
            new = as_complaint(
                source, str(row.order["work_order_no"]), _located(row.order, house), house=house
            )
            must_be_fine(new, house=house)
        except Malformed as error:
            problems = [(f.field, f.detail) for f in error.fields]
    if problems:
        report.refused += 1
        report.errors += [(row.number, name, words) for name, words in problems]
        return None
    return new


def _located(order: dict[str, Any], house: House) -> dict[str, Any]:
    """The county of a column that only names it."""
    other = order.get("source_payload", {})
    said = next((other[column] for column in REGION_COLUMNS if other.get(column)), "")
    codes = [code for code, name in house.region_names.items() if len(code) == 6 and name and name in said]
    return order | {"region_code": codes[0]} if codes and not order.get("region_code") else order


def _fate(row: FileRow, batch: _Batch) -> str:
    number = str(row.order["work_order_no"])
    if (number, content_hash(row.order)) in batch.known:
        return "same"
    if number in batch.complaints:
        return "updated"
    return "finished" if row.order.get("handle_result") else "created"


def _count(fate: str, report: Report) -> None:
    setattr(report, fate, getattr(report, fate) + 1)


def _remember(row: FileRow, complaint_id: str, batch: _Batch) -> None:
    number = str(row.order["work_order_no"])
    batch.known.add((number, content_hash(row.order)))
    if not row.order.get("handle_result"):
        batch.complaints.setdefault(number, complaint_id)


async def _take_row(
    row: FileRow, new: NewComplaint, batch: _Batch, report: Report, uow: UnitOfWork, house: House
) -> None:
    fate, number, now = _fate(row, batch), str(row.order["work_order_no"]), house.clock()
    _count(fate, report)
    if fate == "same":
        return
    complaint_id, lead_id = batch.complaints.get(number, ""), None
    if fate == "created":
        complaint_id, lead_id = await _file(new, row, uow, house)
    elif fate == "updated":
        lead = await uow.leads.by_complaint(complaint_id)
        lead_id = lead.id
        await uow.leads.record(
            lead,
            at=now,
            actor=batch.source,
            kind="hotline_updated",
            label="来源系统更新了工单",
            details={"content": clean(str(row.order["content"]))[:2000]},
        )
        uow.leads.save(lead)
    kind = HISTORY if fate == "finished" else "work_order"
    await uow.inbox.keep(batch.source, number, kind, row.order, lead_id=lead_id, at=now)
    await uow.flush()
    _remember(row, complaint_id, batch)


async def _file(new: NewComplaint, row: FileRow, uow: UnitOfWork, house: House) -> tuple[str, str]:
    """(id of the complaint, id of the lead)"""
    understood = await asyncio.to_thread(understand, new.text, house=house)
    complaint = complaint_of(new, _received(row, house.clock()))
    lead = lead_from(new, complaint, understood, number=receipts.new_number(), house=house)
    lead.code_salt = new_token()
    await store_lead(new, complaint, lead, understood, uow=uow, house=house)
    return complaint.id, lead.id


def _received(row: FileRow, now: dt.datetime) -> dt.datetime:
    """When the hotline took it, from which the clocks run; now when the file does not say, or says what cannot be."""
    told = row.order.get("call_time")
    at = dt.datetime.fromisoformat(told).astimezone(dt.UTC) if told else now
    return at if dt.datetime(2019, 1, 1, tzinfo=dt.UTC) <= at <= now else now
