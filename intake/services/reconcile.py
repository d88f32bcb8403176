"""Compare all that the hotline knows with all that we share with it, and mend what differs.

Their changes are read from the first to the last; nothing is taken from memory. So nothing lost on the way, by a restored
backup or by a defect on either side stays unnoticed.
"""

from __future__ import annotations

import asyncio
import csv
import datetime as dt
import logging
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from connectors.base import Change
from connectors.errors import ConnectorError
from intake.domain.errors import XiansuoError
from intake.domain.sla import LOCAL
from intake.services.house import House
from intake.services.receive_external import HOTLINE, receive_work_order
from intake.services.tell_hotline import tell_hotline
from intake.services.triage import TAKEN_UP
from intake.services.work_order import work_order
from intake.store.lead_filters import ASKS_A_PERSON
from intake.store.lead_news import SharedCase

log = logging.getLogger(__name__)

PAGE = 500
NIGHT = (2, 5)
# Younger than this a message may simply be on its way.
SETTLED = dt.timedelta(minutes=10)
LABELS = {
    "not_there": "热线没有这张工单",
    "not_sent": "还没有送到热线，也没有在排队",
    "number_lost": "热线已登记，这里没有记下工单号",
    "status": "工单状态不一致",
    "not_here": "热线有这张工单，这里没有",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """kind: key of LABELS; number: ours, "" when we have none; theirs: the hotline's; details: the two statuses"""

    kind: str
    number: str
    theirs: str
    details: str = ""


@dataclass
class Comparison:
    """compared: cases on either side; mended: numbers of differences that were repaired, by kind"""

    compared: int = 0
    differences: list[Difference] = field(default_factory=list)
    mended: Counter[str] = field(default_factory=Counter)
    failed: list[tuple[Difference, str]] = field(default_factory=list)


async def reconcile(*, repair: bool = False, house: House) -> Comparison:
    """raises: ConnectorError when the hotline cannot be asked; StoreUnavailable"""
    theirs = await _theirs(house)
    async with house.store.look() as uow:
        ours = await uow.lead_news.shared_cases()
    found = Comparison(len(ours.keys() | {c.our_number or c.number for c in theirs.values()}))
    found.differences = _differences(ours, theirs, house.clock() - SETTLED)
    if repair:
        for one in found.differences:
            await _mend(one, found, house)
        # What came back just now has their number, and not yet their status.
        async with house.store.look() as uow:
            ours = await uow.lead_news.shared_cases()
        for one in _differences(ours, theirs, house.clock() - SETTLED):
            if one.kind == "status" and one not in found.differences:
                found.differences.append(one)
                await _mend(one, found, house)
    return found


async def write_differences(folder: Path, *, house: House) -> int:
    """Between two and five at night, the first worker of the day writes reconcile-DAY.csv; returns 0.

    raises: ConnectorError (asked again ten minutes later); StoreUnavailable
    """
    now = house.clock().astimezone(LOCAL)
    file = folder / f"hotline12345-{now.date().isoformat()}.csv"
    if not NIGHT[0] <= now.hour < NIGHT[1] or file.exists():
        return 0
    found = await reconcile(house=house)
    await asyncio.to_thread(_write, file, found.differences)
    log.info("reconciled", extra={"cases": found.compared, "differences": len(found.differences)})
    return 0


def _write(file: Path, differences: list[Difference]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    with part.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(("本系统编号", "12345 工单号", "差异", "说明"))
        writer.writerows((one.number, one.theirs, LABELS[one.kind], one.details) for one in differences)
    part.replace(file)


async def _theirs(house: House) -> dict[str, Change]:
    """The last change of each of their numbers."""
    latest: dict[str, Change] = {}
    since: str | None = None
    while True:
        page = await house.hotline.changes(since, PAGE)
        for change in page.changes:
            known = latest.get(change.number)
            if change.status or known is None:
                latest[change.number] = change
        if not page.has_more or not page.changes:
            return latest
        since = page.next


def _differences(
    ours: dict[str, SharedCase], theirs: dict[str, Change], settled: dt.datetime
) -> list[Difference]:
    arrived = {change.our_number for change in theirs.values()}
    found = [one for case in ours.values() if (one := _of_ours(case, theirs, arrived, settled))]
    by_theirs = {case.hotline_no: case for case in ours.values() if case.hotline_no}
    return found + [
        one
        for change in theirs.values()
        if (one := _of_theirs(change, by_theirs.get(change.number), ours.get(change.our_number)))
    ]


def _of_ours(
    case: SharedCase, theirs: dict[str, Change], arrived: set[str], settled: dt.datetime
) -> Difference | None:
    if case.hotline_no:
        is_there = case.hotline_no in theirs
        return None if is_there else Difference("not_there", case.number, case.hotline_no)
    is_lost = not case.is_waiting and case.received_at < settled and case.number not in arrived
    return Difference("not_sent", case.number, "") if is_lost else None


def _of_theirs(change: Change, same: SharedCase | None, named: SharedCase | None) -> Difference | None:
    """same: our case with their number; named: the one of ours that they name"""
    if same is not None:
        words = f"{same.hotline_status or '—'} / {change.status}"
        return Difference("status", same.number, change.number, words) if _differs(same, change) else None
    if named is None:
        return Difference("not_here", change.our_number, change.number)
    return None if named.hotline_no else Difference("number_lost", named.number, change.number)


def _differs(case: SharedCase, change: Change) -> bool:
    """What a person here took up after a return is ours to say, not theirs."""
    own = case.hotline_status in (*ASKS_A_PERSON, TAKEN_UP)
    return bool(change.status) and not own and case.hotline_status != change.status


async def _mend(one: Difference, found: Comparison, house: House) -> None:
    try:
        await _MENDERS[one.kind](one, house)
    except (ConnectorError, XiansuoError) as error:
        words = error.message if isinstance(error, ConnectorError) else error.detail
        found.failed.append((one, words))
        log.warning("difference not mended", extra={"difference": one.kind, "kind": type(error).__name__})
        return
    found.mended[one.kind] += 1


async def _send_again(one: Difference, house: House) -> None:
    """The work order goes out anew under a new message id; the hotline knows the case by our number."""
    async with house.store.change() as uow:
        lead = await uow.leads.by_number(one.number)
        if lead is None:
            return
        complaint = await uow.complaints.get(lead.complaint_id)
        order = work_order(lead, complaint, house=house)
        await uow.outbox.put_aside(HOTLINE, lead.id)
        await tell_hotline(lead, "work_order", order, at=house.clock(), uow=uow)


async def _note_number(one: Difference, house: House) -> None:
    async with house.store.change() as uow:
        lead = await uow.leads.by_number(one.number)
        if lead is not None:
            lead.hotline_no = one.theirs
            await _noted(lead, "对账时补记 12345 工单号", {"hotline_no": one.theirs}, uow, house)


async def _note_status(one: Difference, house: House) -> None:
    status = one.details.rpartition(" / ")[2]
    async with house.store.change() as uow:
        lead = await uow.leads.by_number(one.number)
        if lead is not None:
            lead.hotline_status = status
            await _noted(lead, f"对账时更新 12345 状态：{status}", {}, uow, house)


async def _noted(lead: Any, label: str, details: dict[str, Any], uow: Any, house: House) -> None:
    await uow.leads.record(
        lead, at=house.clock(), actor=HOTLINE, kind="hotline_reconciled", label=label[:64], details=details
    )
    uow.leads.save(lead)


async def _fetch(one: Difference, house: House) -> None:
    """Also a case that was ours before a restore: it comes back as theirs."""
    order = await house.hotline.work_order(one.theirs)
    await receive_work_order(HOTLINE, order | {"work_order_no": one.theirs}, house=house)


_MENDERS = {
    "not_there": _send_again,
    "not_sent": _send_again,
    "number_lost": _note_number,
    "status": _note_status,
    "not_here": _fetch,
}
