"""Any change, deletion or reordering of a history is found and its first broken link named."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import text as sql

from intake.domain.conflict import Viewer
from intake.services import read_leads
from intake.services.audit import anchor, verify
from intake.services.file_complaint import file_complaint
from intake.services.triage import Order, take_step
from tests.factories.house import new_complaint

SHI = Viewer("shi", "测试", "city_supervisor", "411200-SF", "411200")


@pytest.fixture
async def numbers(house):
    found = []
    for i in range(3):
        number = (await file_complaint(new_complaint(key=f"audit-{i:04d}"), house=house)).number
        await take_step(number, Order("confirm"), version=1, viewer=SHI, house=house)
        await read_leads.read_lead(number, SHI, house=house)
        found.append(number)
    return found


async def run(house, statement, number):
    async with house.store.change() as uow:
        lead = await uow.leads.by_number(number)
        await uow._session.execute(sql(statement), {"lead": lead.id})


CHANGES = {
    "words": ("UPDATE lead_event SET label = 'x' WHERE lead_id = :lead AND seq = 2", 2, "changed"),
    "actor": ("UPDATE lead_event SET actor = 'nobody' WHERE lead_id = :lead AND seq = 1", 1, "changed"),
    "deleted": ("DELETE FROM lead_event WHERE lead_id = :lead AND seq = 2", 2, "missing"),
    "cut": ("DELETE FROM lead_event WHERE lead_id = :lead AND seq = 3", 3, "cut"),
    "emptied": ("DELETE FROM lead_event WHERE lead_id = :lead", 1, "missing"),
}


async def test_a_whole_history_holds(house, numbers, tmp_path):
    assert await anchor(tmp_path, house=house) is not None
    assert await anchor(tmp_path, house=house) is None

    verdict = await verify(tmp_path, house=house)

    assert (verdict.leads, verdict.anchors, verdict.breaks) == (3, 1, ())
    assert verdict.events == 9


@pytest.mark.parametrize("change", CHANGES)
async def test_every_change_is_found(house, numbers, tmp_path, change):
    statement, seq, kind = CHANGES[change]
    await anchor(tmp_path, house=house)
    await run(house, statement, numbers[1])

    [found] = (await verify(tmp_path, house=house)).breaks

    assert (found.number, found.seq, found.kind) == (numbers[1], seq, kind)


async def test_an_event_cut_off_at_the_end_is_found_before_there_is_an_anchor(house, numbers, tmp_path):
    await run(house, CHANGES["cut"][0], numbers[1])

    [found] = (await verify(tmp_path, house=house)).breaks

    assert (found.number, found.seq, found.kind) == (numbers[1], 3, "cut")


async def test_two_events_that_changed_places_are_found(house, numbers, tmp_path):
    for change in ("seq = 99 WHERE lead_id = :lead AND seq = 1", "seq = 1 WHERE lead_id = :lead AND seq = 2",
                   "seq = 2 WHERE lead_id = :lead AND seq = 99"):  # fmt: skip
        await run(house, f"UPDATE lead_event SET {change}", numbers[0])

    [found] = (await verify(tmp_path, house=house)).breaks

    assert (found.number, found.seq) == (numbers[0], 1)


async def test_a_lead_that_is_gone_and_an_altered_anchor_are_found(house, numbers, tmp_path):
    path = await anchor(tmp_path, house=house)
    for table in ("lead_event", "lead_respondent", "lead_search", "outbox", "shared_case"):
        await run(house, f"DELETE FROM {table} WHERE lead_id = :lead", numbers[2])
    await run(house, "DELETE FROM lead WHERE id = :lead", numbers[2])
    assert [(b.number, b.kind) for b in (await verify(tmp_path, house=house)).breaks] == [
        (numbers[2], "gone")
    ]

    kept = json.loads(path.read_text())
    path.write_text(json.dumps(kept | {"heads": "{}"}))

    assert [b.kind for b in (await verify(tmp_path, house=house)).breaks] == ["altered"]
