"""Filing on SQLite and PostgreSQL: one transaction, idempotent, sealed."""

import asyncio

import pytest
from sqlalchemy import text as sql

from intake.domain.errors import KeyReused, Malformed, NotFound
from intake.services import after_filing
from intake.services.file_complaint import file_complaint
from intake.services.new_complaint import Complainant
from tests.factories.house import PHONE, new_complaint


async def count(house, table):
    async with house.store.database.read() as session:
        return (await session.execute(sql(f"SELECT count(*) FROM {table}"))).scalar_one()


async def test_everything_lands_in_one_transaction(house):
    receipt = await file_complaint(new_complaint(), house=house)

    assert [await count(house, t) for t in ("complaint", "identity", "lead", "lead_event", "outbox")] == [
        1
    ] * 5
    progress = await after_filing.track(receipt.number, receipt.query_code, house=house)
    assert progress.stage == "L20"


async def test_nothing_lands_when_a_part_fails(house, monkeypatch):
    async def broken(*_args, **_more):
        raise RuntimeError("no outbox")

    monkeypatch.setattr("intake.store.outbox.OutboxRows.enqueue", broken)

    with pytest.raises(RuntimeError):
        await file_complaint(new_complaint(), house=house)
    assert [await count(house, t) for t in ("complaint", "identity", "lead", "lead_event", "outbox")] == [
        0
    ] * 5


async def test_the_same_key_gives_the_same_receipt(house):
    first = await file_complaint(new_complaint(), house=house)
    second = await file_complaint(new_complaint(), house=house)

    assert first == second
    assert await count(house, "lead") == 1


async def test_the_same_key_with_another_text_is_refused(house):
    await file_complaint(new_complaint(), house=house)

    with pytest.raises(KeyReused):
        await file_complaint(new_complaint("灵宝市交警罚款不开票。"), house=house)


async def test_identical_concurrent_requests_give_one_lead(house):
    receipts = await asyncio.gather(*(file_complaint(new_complaint(), house=house) for _ in range(8)))

    assert len({(r.number, r.query_code) for r in receipts}) == 1
    assert await count(house, "lead") == 1


async def test_who_complained_is_nowhere_in_clear(house):
    person = Complainant(anonymous=False, name="测试王五", phone=PHONE)
    await file_complaint(new_complaint(complainant=person), house=house)

    async with house.store.database.read() as session:
        rows = [
            str(row)
            for table in ("complaint", "identity", "lead", "lead_event", "outbox")
            for row in (await session.execute(sql(f"SELECT * FROM {table}"))).all()
        ]
    assert not any("王五" in row or PHONE in row for row in rows)


async def test_an_unknown_number_and_a_wrong_code_answer_alike(house):
    receipt = await file_complaint(new_complaint(), house=house)

    with pytest.raises(NotFound) as wrong_code:
        await after_filing.track(receipt.number, "A" * 15, house=house)
    with pytest.raises(NotFound) as unknown:
        await after_filing.track("XS2222222222222", receipt.query_code, house=house)
    assert wrong_code.value.detail == unknown.value.detail


async def test_a_missing_model_never_refuses_a_complaint(house):
    house.understanding = None

    receipt = await file_complaint(new_complaint(), house=house)

    assert receipt.number


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("", "empty", id="empty"),
        pytest.param("😀😀😀", "no_words", id="emoji only"),
        pytest.param("。，！", "no_words", id="signs only"),
        pytest.param("长" * 20_001, "too_long", id="one sign too long"),
    ],
)
async def test_what_cannot_be_a_complaint_is_refused_with_a_code(lite, text, code):
    with pytest.raises(Malformed) as refusal:
        await file_complaint(new_complaint(text), house=lite)

    assert [f.code for f in refusal.value.fields] == [code]


async def test_20000_signs_are_accepted(lite):
    assert (await file_complaint(new_complaint("城管罚款" * 5000), house=lite)).number
