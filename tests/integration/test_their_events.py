"""Each kind of event of the hotline does what its table says; what belongs to the hotline becomes its case again."""

from __future__ import annotations

import pytest
from aiohttp.test_utils import TestServer

from connectors.hotline12345.connector import HotlineClient
from connectors.hotline12345.simulator.server import HOUSE, make_app
from connectors.hotline12345.tables import events
from intake.domain.conflict import Viewer
from intake.services import after_filing, read_leads, triage
from intake.services.deliver import deliver_due
from intake.services.file_complaint import file_complaint
from intake.services.receive_external import receive_event, receive_work_order
from intake.services.reconcile import reconcile
from intake.store.lead_filters import LeadFilter
from tests.factories.house import new_complaint, small_house

SHI = Viewer("shi", "测试", "city_supervisor", "411200-SF", "411200")
OPERATOR = Viewer("rexian", "测试", "hotline_operator", "411200-HOTLINE", "411200")
ORDER = {"work_order_no": "RX-1", "content": "市民来电反映湖滨区城管罚款不开票据，请核实处理。"}
DAY = "2026-12-31T18:00:00+08:00"
# kind -> (what it brings, what is so afterwards)
KINDS = {
    "delay": ({"text": "承办单位申请延期", "deadline": DAY}, lambda lead, shared: shared.hotline_deadline),
    "reply": ({"text": "热线已答复"}, lambda lead, shared: lead.public_reply is None),
    "return": ({"text": "不属于本部门"}, lambda lead, shared: lead.hotline_status == "退回"),
    "status": ({"status": "办理中"}, lambda lead, shared: lead.hotline_status == "办理中"),
    "supervise": ({}, lambda lead, shared: lead.flags == ["supervise"]),
    "supplement": ({"text": "又来电：有录像"}, lambda lead, shared: lead.stage == "L20"),
    "urge": ({}, lambda lead, shared: lead.flags == ["urge"]),
    "visit": ({"text": "回访：不满意"}, lambda lead, shared: lead.stage == "L20"),
    "withdraw": ({}, lambda lead, shared: (lead.hotline_status, lead.stage) == ("请求撤回", "L20")),
}


def test_every_kind_of_event_is_in_this_table():
    assert set(KINDS) == set(events())


@pytest.mark.parametrize("kind", list(KINDS))
async def test_an_event_does_what_it_must_and_stands_in_the_history(lite, kind):
    number = (await receive_work_order("hotline12345", ORDER, house=lite)).number
    brings, is_so = KINDS[kind]

    first = await receive_event("hotline12345", "RX-1", {"event": kind, **brings}, house=lite)
    again = await receive_event("hotline12345", "RX-1", {"event": kind, **brings}, house=lite)

    assert (first.result, again.result) == ("updated", "duplicate_same")
    whole = await read_leads.read_lead(number, OPERATOR, house=lite)
    assert is_so(whole.lead, whole.shared)
    (event,) = [e for e in whole.events if e.kind == f"hotline_{kind}"]
    assert event.details["text"] == brings.get("text", "")


@pytest.mark.parametrize("kind", ["return", "withdraw"])
async def test_what_a_person_must_decide_stands_in_its_own_list_until_then(lite, kind):
    number = (await receive_work_order("hotline12345", ORDER, house=lite)).number
    await receive_event("hotline12345", "RX-1", {"event": kind, "text": "说明"}, house=lite)
    listed = await read_leads.list_leads(SHI, LeadFilter(returned=True), cursor=None, limit=9, house=lite)
    assert [lead.number for lead in listed.items] == [number]

    order = triage.Order("confirm")
    version = listed.items[0].version
    await triage.take_step(number, order, version=version, viewer=SHI, house=lite)

    listed = await read_leads.list_leads(SHI, LeadFilter(returned=True), cursor=None, limit=9, house=lite)
    assert listed.items == ()


@pytest.fixture
async def town(tmp_path):
    """(house, the hotline's book) over real HTTP."""
    server = TestServer(make_app(secret="hotline-secret", app_id="xiansuo", pace=0))
    await server.start_server()
    client = HotlineClient(str(server.make_url("")), "xiansuo", "hotline-secret")
    url = f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"
    async with small_house(url, tmp_path, hotline=client) as house:
        yield house, server.app[HOUSE].book
    await client.close()
    await server.close()


async def test_what_the_bot_took_and_belongs_to_the_hotline_is_answered_by_the_hotline(town):
    """SC10: their work order from the first minute, sent back by one step, and the citizen reads all of it."""
    house, book = town
    text = "小区路灯坏了一个月没人修，晚上出门看不见路，希望尽快修好。"
    receipt = await file_complaint(new_complaint(text, channel="web"), house=house)
    await deliver_due("w", house=house)
    lead = (await read_leads.read_lead(receipt.number, OPERATOR, house=house)).lead
    assert lead.scope in ("SC10", "SC11")
    assert lead.queue.startswith("transfer-")

    order = triage.Order("send_back", note="路灯报修，不是执法行为")
    await triage.take_step(receipt.number, order, version=lead.version, viewer=OPERATOR, house=house)
    await deliver_due("w", house=house)
    told = [change for change in book.changes if change["event"] == "return"]
    reply = {"event": "reply", "text": "路灯已修好。", "lead_no": receipt.number}
    await receive_event("hotline12345", lead.hotline_no, reply, house=house)

    assert [change["our_number"] for change in told] == [receipt.number]
    progress = await after_filing.track(receipt.number, receipt.query_code, house=house)
    assert f"已转 12345 热线办理，工单号 {lead.hotline_no}" in progress.timeline[-2].label
    assert progress.timeline[-1].label == "12345 热线已答复，答复见下"
    assert progress.public_reply == "路灯已修好。"


async def test_two_that_both_send_a_case_back_leave_it_with_a_person(town):
    house, _ = town
    receipt = await file_complaint(new_complaint(), house=house)
    await deliver_due("w", house=house)
    lead = (await read_leads.read_lead(receipt.number, SHI, house=house)).lead
    order = triage.Order("send_back", note="不是执法行为")
    await triage.take_step(receipt.number, order, version=lead.version, viewer=SHI, house=house)

    back = {"event": "return", "text": "是执法问题，不归热线"}
    await receive_event("hotline12345", lead.hotline_no, back, house=house)

    after = (await read_leads.read_lead(receipt.number, SHI, house=house)).lead
    assert (after.stage, after.needs_human, after.answer_by) == ("L20", True, lead.answer_by)
    listed = await read_leads.list_leads(SHI, LeadFilter(returned=True), cursor=None, limit=9, house=house)
    assert [one.number for one in listed.items] == [receipt.number]


async def test_a_state_that_we_told_is_theirs_once_they_have_it(town):
    house, _ = town
    receipt = await file_complaint(new_complaint(), house=house)
    lead = (await read_leads.read_lead(receipt.number, SHI, house=house)).lead
    order = triage.Order("confirm")
    await triage.take_step(receipt.number, order, version=lead.version, viewer=SHI, house=house)
    order = triage.Order("assign", assignee="shi")
    await triage.take_step(receipt.number, order, version=lead.version + 1, viewer=SHI, house=house)

    while await deliver_due("w", house=house):
        pass

    assert (await read_leads.read_lead(receipt.number, SHI, house=house)).lead.hotline_status == "已派单"
    assert (await reconcile(house=house)).differences == []


async def test_the_local_hotline_tells_its_own_changes_with_the_counts_of_both(town):
    house, book = town
    receipt = await file_complaint(new_complaint(), house=house)
    await deliver_due("w", house=house)

    ticket = book.say(receipt.number, {"event": "urge"})

    assert book.changes[-1]["source_revision"] == "xiansuo=1,hotline12345=1"
    assert ticket.versions == {"xiansuo": 1, "hotline12345": 1}
