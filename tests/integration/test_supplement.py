"""Adding to a complaint: with its code, or in the very talk that filed it; staff read it masked."""

import pytest

from intake.domain.conflict import Viewer
from intake.domain.errors import NotFound
from intake.services import after_filing
from intake.services.file_complaint import file_complaint
from intake.services.read_leads import read_lead
from intake.store.tables import Conversation
from tests.factories.house import PHONE, new_complaint

SHI = Viewer("shi", "测试", "city_supervisor", "411200-SF", "411200")


async def talk_and_receipt(house):
    async with house.store.change() as uow:
        talks = [Conversation(id=name, session_hash=name, channel="web", started_at=house.clock(), seen_at=house.clock()) for name in ("a", "b")]  # fmt: skip
        for talk in talks:
            uow.conversations.save(talk)
    return await file_complaint(new_complaint(conversation_id="a"), house=house)


async def test_the_talk_that_filed_adds_without_the_code_and_another_talk_does_not(lite):
    receipt = await talk_and_receipt(lite)

    with pytest.raises(NotFound):
        await after_filing.supplement_here(receipt.number, "他们没穿制服", conversation_id="b", house=lite)
    number = await after_filing.supplement_here(
        receipt.number, "他们没穿制服", conversation_id="a", house=lite
    )

    whole = await read_lead(receipt.number, SHI, house=lite)
    assert number == receipt.number
    assert [e.details["text"] for e in whole.events if e.kind == "supplement"] == ["他们没穿制服"]


async def test_a_complaint_that_no_talk_filed_takes_nothing_without_its_code(lite):
    receipt = await file_complaint(new_complaint(), house=lite)

    with pytest.raises(NotFound):
        await after_filing.supplement_here(receipt.number, "他们没穿制服", conversation_id="", house=lite)


async def test_staff_read_a_phone_in_a_supplement_masked(lite):
    from intake.api.schemas import whole_lead_json

    receipt = await file_complaint(new_complaint(), house=lite)
    await after_filing.supplement(receipt.number, receipt.query_code, f"请打{PHONE}", house=lite)

    told = whole_lead_json(await read_lead(receipt.number, SHI, house=lite))

    assert PHONE not in str(told["history"])
    assert "138****8000" in str(told["history"])
