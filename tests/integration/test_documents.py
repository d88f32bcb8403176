"""Documents of a lead: drafted without the complainant, complete before they go out, never changed afterwards."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest

from intake.domain.conflict import Viewer
from intake.domain.errors import Forbidden, Malformed, NotFound, Stale, WrongStep
from intake.services import after_filing, issue_document, read_leads, triage, write_document
from intake.services.file_complaint import file_complaint
from tests.factories.house import PHONE, TEXT, new_complaint

SHI = Viewer("shi", "测试", "city_supervisor", "411200-SF", "411200")
HUBIN = Viewer("hubin", "测试", "supervisor", "411202-SF", "411202")
AGENCY = Viewer("guanju", "测试", "agency", "411202-AD01", "411202")
INSIDER = Viewer("x", "测试", "city_supervisor", "411202-AD01", "411202")
STORY = f"我叫测试张三，电话{PHONE}。{TEXT}"
BODY = "经查，你单位执法人员未出示证件。请于十五日内改正。#set text(99pt) *粗* $x$"


async def filed(house, *, confirmed=True):
    receipt = await file_complaint(new_complaint(STORY, agency_code="411202-AD01"), house=house)
    if confirmed:
        await triage.take_step(receipt.number, triage.Order("confirm"), version=1, viewer=SHI, house=house)
    return receipt.number


async def written(house, number, kind="opinion", body=BODY, viewer=SHI):
    made = await write_document.draft_document(number, kind, reason="R02", viewer=viewer, house=house)
    await write_document.edit_document(
        number, made, "湖滨区城市管理局", body, version=1, viewer=viewer, house=house
    )
    return made


async def issue(house, number, document, version=2, viewer=SHI):
    await issue_document.finish_document(
        number, document, "issue", version=version, viewer=viewer, house=house
    )


async def test_a_draft_is_filled_from_the_lead_but_does_not_name_the_complainant(lite):
    number = await filed(lite)
    made = await write_document.draft_document(number, "opinion", viewer=HUBIN, house=lite)

    row = await write_document.one_document(number, made, viewer=HUBIN, house=lite)

    assert "扣走了" in row.body
    assert "张三" not in row.body
    assert PHONE not in row.body
    assert row.addressee == "湖滨区城市管理局"
    assert row.due_by is not None


async def test_an_issued_document_has_a_number_moves_the_lead_and_never_changes(house):
    number = await filed(house)
    made = await written(house, number)

    await issue(house, number, made)

    row = await write_document.one_document(number, made, viewer=SHI, house=house)
    assert row.number.startswith("湖司监意〔2026〕")
    whole = await read_leads.read_lead(number, SHI, house=house)
    assert whole.lead.stage == "L40"
    assert [e.kind for e in whole.events if e.kind.startswith("document")] == ["document_issued", "document"]
    with pytest.raises(WrongStep):
        await write_document.edit_document(number, made, "", "改", version=3, viewer=SHI, house=house)
    with pytest.raises(WrongStep):
        await issue(house, number, made, version=3)


async def test_a_document_with_gaps_or_an_old_version_does_not_go_out(house):
    number = await filed(house)
    made = await write_document.draft_document(number, "opinion", viewer=SHI, house=house)
    with pytest.raises(Malformed, match="没填"):
        await issue(house, number, made, version=1)
    await write_document.edit_document(number, made, "甲", BODY, version=1, viewer=SHI, house=house)
    with pytest.raises(Stale):
        await issue(house, number, made, version=1)
    with pytest.raises(Malformed):
        await write_document.edit_document(number, made, "甲", " ", version=2, viewer=SHI, house=house)


async def test_with_four_eyes_the_author_does_not_issue(lite):
    lite.policy = replace(lite.policy, four_eyes=True)
    number = await filed(lite)
    made = await written(lite, number, viewer=HUBIN)

    with pytest.raises(Forbidden):
        await issue(lite, number, made, viewer=HUBIN)
    await issue(lite, number, made, viewer=SHI)


async def test_the_stage_decides_which_documents_can_be_made(lite):
    number = await filed(lite, confirmed=False)

    found = await write_document.documents_of(number, viewer=SHI, house=lite)
    assert {k.code for k in found.kinds} == {"transfer", "rejection"}
    with pytest.raises(WrongStep):
        await write_document.draft_document(number, "opinion", viewer=SHI, house=lite)
    with pytest.raises(Malformed):
        await write_document.draft_document(number, "poem", viewer=SHI, house=lite)


async def test_a_demand_with_name_and_phone_goes_masked_into_the_transfer_letter(lite):
    new = new_complaint(STORY, agency_code="411202-AD01", demand=f"请回电{PHONE}找测试张三，要求归还三轮车")
    number = (await file_complaint(new, house=lite)).number
    made = await write_document.draft_document(number, "transfer", viewer=SHI, house=lite)

    body = (await write_document.one_document(number, made, viewer=SHI, house=lite)).body

    assert "归还三轮车" in body
    assert PHONE not in body
    assert "张三" not in body


async def test_what_was_drafted_is_not_issued_once_the_lead_has_moved_on(lite):
    number = await filed(lite)
    made = await written(lite, number)
    reason = next(iter(read_leads.lifecycle.reasons("terminate")))
    lead = (await read_leads.read_lead(number, SHI, house=lite)).lead
    order = triage.Order("terminate", reason=reason, note="测试")
    await triage.take_step(number, order, version=lead.version, viewer=SHI, house=lite)

    with pytest.raises(WrongStep):
        await issue(lite, number, made)


async def test_the_notice_of_supervision_is_the_citys_to_issue(lite):
    number = await filed(lite)
    made = await written(lite, number, "supervise", viewer=HUBIN)

    with pytest.raises(Forbidden):
        await issue(lite, number, made, viewer=HUBIN)
    await issue(lite, number, made, viewer=SHI)


async def test_a_rejection_says_reason_and_other_way(lite):
    number = await filed(lite, confirmed=False)
    lead = (await read_leads.read_lead(number, SHI, house=lite)).lead
    reason = next(iter(read_leads.lifecycle.reasons("reject")))
    order = triage.Order("reject", reason=reason)
    await triage.take_step(number, order, version=lead.version, viewer=SHI, house=lite)

    made = await write_document.draft_document(number, "rejection", viewer=SHI, house=lite)

    row = await write_document.one_document(number, made, viewer=SHI, house=lite)
    why = read_leads.lifecycle.reasons("reject")[reason]
    assert why.label in row.body
    assert why.other_way in row.body


async def test_word_and_pdf_carry_the_text_as_it_is(lite):
    import docx

    number = await filed(lite)
    made = await written(lite, number)
    await issue(lite, number, made)

    name, word = await write_document.download_document(number, made, "docx", viewer=SHI, house=lite)
    _, pdf = await write_document.download_document(number, made, "pdf", viewer=SHI, house=lite)

    lines = [p.text for p in docx.Document(io.BytesIO(word)).paragraphs]
    assert lines[0] == "行政执法监督意见书"
    assert "湖滨区城市管理局：" in lines
    assert BODY in lines
    assert lines[-2:] == ["湖滨区司法局", "2026年11月23日"]
    assert name.startswith("行政执法监督意见书湖司监意〔2026〕")
    assert pdf.startswith(b"%PDF-")
    assert len(pdf) > 5000
    kinds = [e.kind for e in (await read_leads.read_lead(number, SHI, house=lite)).events]
    assert kinds.count("document_taken") == 2


async def test_nobody_who_must_not_see_the_lead_sees_its_documents(lite):
    number = await filed(lite)
    made = await written(lite, number)

    for viewer in (INSIDER, AGENCY):
        with pytest.raises(NotFound):
            await write_document.documents_of(number, viewer=viewer, house=lite)
    with pytest.raises(NotFound):
        await write_document.one_document(number, made, viewer=INSIDER, house=lite)
    with pytest.raises(Forbidden):
        await write_document.one_document(number, made, viewer=AGENCY, house=lite)
    other = await file_complaint(new_complaint(f"{TEXT}另", key="doc-0002"), house=lite)
    with pytest.raises(NotFound):
        await write_document.one_document(other.number, made, viewer=SHI, house=lite)


async def test_issuing_a_rejection_is_the_decision_with_its_reason(house):
    receipt = await file_complaint(new_complaint(STORY, agency_code="411202-AD01"), house=house)
    number = receipt.number
    with pytest.raises(Malformed, match="理由"):
        await write_document.draft_document(number, "rejection", viewer=SHI, house=house)
    made = await write_document.draft_document(number, "rejection", reason="R02", viewer=SHI, house=house)

    await issue(house, number, made, version=1)

    told = await after_filing.track(number, receipt.query_code, house=house)
    assert (told.stage, "行政复议" in told.public_reply) == ("L29", True)
    events = (await read_leads.read_lead(number, SHI, house=house)).events
    assert [e.kind for e in events[-2:]] == ["document_issued", "reject"]
    assert events[-1].details["reason"]["code"] == "R02"
    with pytest.raises(WrongStep, match="已经签发"):
        again = await write_document.draft_document(number, "rejection", viewer=SHI, house=house)
        await issue(house, number, again, version=1)


async def test_a_rejection_that_no_longer_says_its_reason_does_not_go_out(lite):
    number = await filed(lite, confirmed=False)
    made = await written(lite, number, "rejection")

    with pytest.raises(Malformed, match="登记的理由"):
        await issue(lite, number, made)
    assert (await read_leads.read_lead(number, SHI, house=lite)).lead.stage == "L20"


async def test_a_rejection_drafted_for_another_reason_than_the_lead_got_does_not_go_out(lite):
    number = await filed(lite, confirmed=False)
    made = await write_document.draft_document(number, "rejection", reason="R02", viewer=SHI, house=lite)
    order = triage.Order("reject", reason="R05")
    await triage.take_step(number, order, version=1, viewer=SHI, house=lite)

    with pytest.raises(Malformed, match="不一致"):
        await issue(lite, number, made, version=1)


async def test_issuing_a_transfer_letter_transfers_the_lead_to_its_addressee(house):
    number = await filed(house)
    made = await written(house, number, "transfer")

    await issue(house, number, made)

    whole = await read_leads.read_lead(number, SHI, house=house)
    assert whole.lead.stage == "L28"
    assert whole.events[-1].kind == "transfer"
    assert whole.events[-1].details["target"] == "湖滨区城市管理局"


async def test_a_letter_after_the_transfer_goes_to_the_unit_that_was_named(lite):
    number = await filed(lite, confirmed=False)
    order = triage.Order("transfer", target="湖滨区市场监督管理局", note="属于该局职责")
    await triage.take_step(number, order, version=1, viewer=SHI, house=lite)
    found = await write_document.documents_of(number, viewer=SHI, house=lite)
    assert [k.code for k in found.kinds] == ["transfer"]
    made = await written(lite, number, "transfer")

    with pytest.raises(Malformed, match="主送单位"):
        await issue(lite, number, made)


async def test_the_notice_of_supervision_raises_the_flag(lite):
    number = await filed(lite)
    made = await written(lite, number, "supervise")

    await issue(lite, number, made)

    assert "supervise" in (await read_leads.read_lead(number, SHI, house=lite)).lead.flags


async def test_every_document_names_the_law_it_stands_on(lite):
    number = await filed(lite, confirmed=False)
    for kind in ("transfer", "rejection"):
        made = await write_document.draft_document(number, kind, reason="R02", viewer=SHI, house=lite)
        row = await write_document.one_document(number, made, viewer=SHI, house=lite)
        assert "《行政执法监督条例》（国务院令第825号）" in row.body
