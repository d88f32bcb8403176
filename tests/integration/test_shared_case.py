"""Every row of domain/data/shared_case.csv, tried for real: they change it, we change it, both do at once."""

from __future__ import annotations

import datetime as dt

import pytest

from intake.domain.conflict import Viewer
from intake.domain.shared_case import rules
from intake.domain.sla import LOCAL
from intake.services import after_filing, read_leads, triage
from intake.services.file_complaint import file_complaint
from intake.services.receive_external import receive_event, receive_work_order
from intake.services.tell_hotline import changed_here, tell_hotline
from tests.factories.house import NOON, new_complaint, small_house

SHI = Viewer("shi", "测试", "city_supervisor", "411200-SF", "411200")
OTHER = Viewer("hubin", "测试", "city_supervisor", "411200-SF", "411200")
THEIR_NO, THEIR_DAY = "RX202611230001", "2026-12-31T18:00:00+08:00"
ORDER = {
    "work_order_no": THEIR_NO,
    "source_system": "xiansuo",
    "content": "湖滨区城管昨天没出示证件就把我的三轮车扣走了，也没给扣押清单，要求归还。",
    "urgency": "general",
    "respondent_name": "湖滨区城市管理局",
}
FILE = {"name": "测试.png", "url": "http://127.0.0.1:1/files/1?expires=9", "sha256": "a" * 64}


class Case:
    """One lead of ours that the hotline has; the hotline speaks with the counts that it knows."""

    def __init__(self, house, receipt):
        self.house, self.receipt, self.number = house, receipt, receipt.number
        self.said = 0

    async def lead(self):
        async with self.house.store.look() as uow:
            return await uow.leads.by_number(self.number)

    async def shared(self):
        async with self.house.store.look() as uow:
            lead = await uow.leads.by_number(self.number)
            return await uow.shared.find(lead.id)

    async def details(self):
        """What the lead's history says of their messages."""
        whole = await read_leads.read_lead(self.number, SHI, house=self.house)
        return [line for event in whole.events for line in event.details.get("told", [])]

    async def history(self):
        return (await read_leads.read_lead(self.number, SHI, house=self.house)).events

    async def sent(self):
        async with self.house.store.look() as uow:
            lead = await uow.leads.by_number(self.number)
            return [row.payload for row in await uow.outbox.of_lead(lead.id)][1:]

    async def step(self, name, viewer=SHI, **more):
        lead = await self.lead()
        await triage.take_step(
            self.number, triage.Order(name, **more), version=lead.version, viewer=viewer, house=self.house
        )

    def _revision(self, ours):
        self.said += 1
        return f"xiansuo={ours},hotline12345={self.said}"

    async def event(self, ours, kind, **more):
        body = {"event": kind, "lead_no": self.number, "source_revision": self._revision(ours), **more}
        number = body.pop("by", THEIR_NO)
        return await receive_event("hotline12345", number, body, house=self.house)

    async def order(self, ours, **changes):
        """Their copy of our case as it was, then with a change: what is new in it is the change."""
        first = ORDER | {"lead_no": self.number}
        await receive_work_order("hotline12345", first, house=self.house)
        body = first | {"source_revision": self._revision(ours), **changes}
        return await receive_work_order("hotline12345", body, house=self.house)


async def _assigned(case):
    await case.step("confirm")
    await case.step("assign", assignee="shi")


async def _extended(case):
    await _assigned(case)
    await case.step("extend", reason="E01")
    await case.step("review", viewer=OTHER, decision="approve")


async def _closed(case):
    await case.step("confirm")
    await case.step("reply", note="内部：查明属实", public_text="我方答复：已责令改正。")
    await case.step("close", viewer=OTHER)


async def _replied(case):
    await case.step("confirm")
    await case.step("reply", note="我方内部结论", public_text="答复")


async def _offered(case):
    async with case.house.store.change() as uow:
        lead = await uow.leads.by_number(case.number)
        event = {"event": "supplement", "lead_no": lead.number, "text": "可调取附件副本 1 个"}
        await tell_hotline(lead, "event", event, ("attachments",), at=NOON, uow=uow)


async def _visited(case):
    await _replied(case)
    await case.step("visit", note="投诉人满意")


async def _returned_here(case):
    await case.step("send_back", note="不是执法行为")


async def _supplemented(case):
    await after_filing.supplement(case.number, case.receipt.query_code, "我方收到的补充", house=case.house)


async def _withdrawn(case):
    await after_filing.withdraw(case.number, case.receipt.query_code, house=case.house)


# fact -> (what the hotline does, given how many of our changes it knows; what we do; None: we cannot)
ACTS = {
    "agency": (
        lambda c, n: c.order(n, respondent_name="陕州区公安局"),
        lambda c: c.step("reclassify", labels={"agency_code": "411202-AD02"}),
    ),
    "answer_by": (lambda c, n: c.event(n, "delay", text="延期", deadline=THEIR_DAY), _extended),
    "attachments": (lambda c, n: c.event(n, "supplement", text="照片", attachments=[FILE]), _offered),
    "contact": (lambda c, n: c.order(n, contact_phone="13800138000"), None),
    "content": (lambda c, n: c.event(n, "supplement", text="对方收到的补充"), _supplemented),
    "deadline": (lambda c, n: c.event(n, "delay", text="延期", deadline=THEIR_DAY), None),
    "handle_result": (lambda c, n: c.order(n, handle_result="对方内部情况"), _replied),
    "lead_no": (lambda c, n: c.event(n, "urge", lead_no="XS2222222222B"), None),
    "public_reply": (lambda c, n: c.event(n, "reply", text="热线答复：已协调。"), _closed),
    "returned": (lambda c, n: c.event(n, "return", text="也不归热线"), _returned_here),
    "stage": (lambda c, n: c.event(n, "status", status="已派单"), lambda c: c.step("confirm")),
    "status": (lambda c, n: c.event(n, "status", status="已派单"), lambda c: c.step("confirm")),
    "supervise": (lambda c, n: c.event(n, "supervise"), lambda c: c.step("supervise", note="督办")),
    "urge": (lambda c, n: c.event(n, "urge"), lambda c: c.step("urge")),
    "urgency": (
        lambda c, n: c.order(n, urgency="top"),
        lambda c: c.step("reclassify", labels={"urgency": "U1"}),
    ),
    "visit": (lambda c, n: c.event(n, "visit", text="热线回访：基本满意"), _visited),
    "withdrawn": (lambda c, n: c.event(n, "withdraw"), _withdrawn),
    "work_order_no": (lambda c, n: c.event(n, "urge", by="RX202611239999"), None),
}
ROWS = [pytest.param(one, id=f"{one.fact}-{one.held_by}") for one in rules()]


@pytest.fixture
async def case(tmp_path):
    """A lead with its number at the hotline, which knows our first message."""
    async with small_house(f"sqlite+aiosqlite:///{tmp_path / 'test.db'}", tmp_path) as house:
        receipt = await file_complaint(new_complaint(), house=house)
        async with house.store.change() as uow:
            lead = await uow.leads.by_number(receipt.number)
            lead.hotline_no = THEIR_NO
            uow.leads.save(lead)
        yield Case(house, receipt)


async def held(case):
    """What we hold of every fact that one side's word could move."""
    lead, shared = await case.lead(), await case.shared()
    return {
        "agency": lead.agency_name,
        "answer_by": lead.answer_by,
        "deadline": shared.hotline_deadline if shared else None,
        "handle_result": lead.finding,
        "lead_no": lead.number,
        "public_reply": lead.public_reply,
        "stage": lead.stage,
        "status": lead.hotline_status,
        "urgency": lead.urgency,
        "work_order_no": lead.hotline_no,
    }


THEIRS = {
    "deadline": dt.datetime.fromisoformat(THEIR_DAY),
    "public_reply": "热线答复：已协调。",
    "status": "已派单",
    "work_order_no": "RX202611239999",
}


async def check_done(case, action, fact, before):
    """That `action` of the table is what happened to the fact."""
    lead, now = await case.lead(), await held(case)
    said = [str(event.details) for event in await case.history() if event.actor == "hotline12345"]
    if action in ("take", "theirs"):
        assert now[fact] == THEIRS[fact]
    elif action in ("note", "ours"):
        assert now[fact] == before[fact]
        assert fact in ("stage", "answer_by") or any(line["fact"] == fact for line in await case.details())
        assert said
    elif action in ("flag", "both") and fact in ("urge", "supervise"):
        assert fact in lead.flags
    elif action == "person":
        assert lead.hotline_status in ("退回", "请求撤回")
    elif action == "reopen":
        assert (lead.stage, lead.hotline_status, lead.needs_human) == ("L20", "退回", True)
    elif action == "seal":
        assert "密封保存" in said[-1]
        assert "8000" not in "".join(said)
    else:
        assert action in ("add", "both")
        assert said


async def start(case, row):
    """How many of our changes the hotline knows once the case is held as the row says."""
    if row.held_by == "them":
        await case.step("send_back", note="不是执法行为")
        return 2
    return 1


@pytest.mark.parametrize("row", ROWS)
async def test_they_changed(case, row):
    known = await start(case, row)
    before = await held(case)

    assert (await ACTS[row.fact][0](case, known)).result == "updated"

    await check_done(case, row.they_changed, row.fact, before)
    after = await held(case)
    # Our number and our clock never move because theirs did.
    assert (after["lead_no"], after["answer_by"]) == (before["lead_no"], before["answer_by"])
    if row.fact == "attachments":
        async with case.house.store.look() as uow:
            assert [f.state for f in await uow.their_files.of_lead((await case.lead()).id)] == ["waiting"]


UNTOLD = {"agency": "respondent_name", "handle_result": "我方内部结论", "urgency": "'urgency'"}


@pytest.mark.parametrize("row", ROWS)
async def test_we_changed(case, row):
    from intake.domain.errors import WrongStep

    await start(case, row)
    act, before = ACTS[row.fact][1], await held(case)
    already = len(await case.sent())
    if row.we_changed == "never" and act is not None:
        with pytest.raises(WrongStep):
            await case.step("send_back" if row.fact == "returned" else "reply", note="x", public_text="x")
        return
    await (act or _extended)(case)

    sent = (await case.sent())[already:]
    if row.we_changed == "send":
        assert sent
    elif row.we_changed == "keep":
        assert UNTOLD.get(row.fact, f"'event': '{row.fact}'") not in str(sent)
    else:
        assert (await held(case)).get(row.fact) == before.get(row.fact)
        assert "contact_phone" not in str(sent)


@pytest.mark.parametrize("row", [p for p in ROWS if p.values[0].both_changed != "never"])
async def test_both_changed_at_once(case, row):
    known = await start(case, row)
    if row.held_by != "them":
        await ACTS[row.fact][1](case)
    before = await held(case)

    # They do not know our change: they count one less of ours.
    assert (await ACTS[row.fact][0](case, known - (row.held_by == "them"))).result == "updated"

    await check_done(case, row.both_changed, row.fact, before)
    lines = [line for line in await case.details() if line["fact"] == row.fact and line.get("conflict")]
    assert len(lines) == 1
    assert lines[0]["kept"]
    if row.fact in ("stage", "status", "public_reply", "answer_by", "agency", "urgency"):
        assert lines[0]["ours"]
        assert lines[0]["theirs"]


@pytest.mark.parametrize("row", [p for p in ROWS if p.values[0].both_changed == "never"])
def test_what_we_cannot_change_has_no_conflict(row):
    assert row.we_changed == "never"


def test_every_fact_of_the_table_is_tried():
    assert set(ACTS) == {one.fact for one in rules()}


async def test_an_older_message_does_not_overwrite_a_newer_one_and_is_kept(case):
    late = {"event": "status", "status": "已派单", "lead_no": case.number}
    late["source_revision"] = "xiansuo=1,hotline12345=1"
    newer = late | {"status": "办理中", "source_revision": "xiansuo=1,hotline12345=2"}

    await receive_event("hotline12345", THEIR_NO, newer, house=case.house)
    await receive_event("hotline12345", THEIR_NO, late, house=case.house)

    assert (await case.lead()).hotline_status == "办理中"
    assert [line["theirs"] for line in await case.details() if "迟到" in line["kept"]] == ["已派单"]
    progress = await after_filing.track(case.number, case.receipt.query_code, house=case.house)
    assert [m.label for m in progress.timeline if "已派单" in m.label] == []


async def test_without_a_vector_they_know_what_they_have_acknowledged(case):
    await case.step("confirm")
    body = {"event": "status", "status": "已派单", "lead_no": case.number}
    await receive_event("hotline12345", THEIR_NO, body, house=case.house)
    assert [line["fact"] for line in await case.details() if line.get("conflict")] == ["stage", "status"]

    async with case.house.store.change() as uow:
        shared = await uow.shared.of((await case.lead()).id)
        uow.shared.acknowledged(shared, shared.ours)
    await receive_event("hotline12345", THEIR_NO, body | {"status": "办理中"}, house=case.house)

    assert len([line for line in await case.details() if line.get("conflict")]) == 2


async def test_after_a_restored_backup_no_count_is_given_twice(case):
    await case.event(7, "status", status="办理中")

    async with case.house.store.change() as uow:
        await changed_here(await uow.leads.by_number(case.number), ("urgency",), uow=uow)
    assert (await case.shared()).ours == 8


async def test_our_own_case_never_comes_back_as_a_second_one(case):
    """Loop protection: by their number, by ours, and by the origin tag."""
    known = ORDER | {"lead_no": case.number}
    renumbered = known | {"work_order_no": "RX202611249999"}
    echo = {"event": "status", "status": "已受理", "lead_no": case.number, "origin": "xiansuo"}

    first = await receive_work_order("hotline12345", known, house=case.house)
    second = await receive_work_order("hotline12345", renumbered, house=case.house)
    echoed = await receive_event("hotline12345", THEIR_NO, echo, house=case.house)

    assert {one.number for one in (first, second, echoed)} == {case.number}
    assert echoed.result == "duplicate_same"
    assert (await case.lead()).hotline_no == "RX202611249999"
    assert THEIR_NO in str(await case.details())
    async with case.house.store.look() as uow:
        assert list(await uow.lead_news.shared_cases()) == [case.number]


async def test_every_message_of_ours_carries_the_counts_and_the_origin(case):
    await case.event(1, "status", status="已派单")
    await case.step("confirm")
    await _supplemented(case)

    sent = await case.sent()

    assert [p["source_revision"] for p in sent] == ["xiansuo=2,hotline12345=1", "xiansuo=3,hotline12345=1"]
    assert {p["origin"] for p in sent} == {"xiansuo"}


async def test_a_changed_deadline_of_ours_is_told_and_theirs_stands_beside_it(case):
    await _extended(case)
    await case.event(1, "delay", text="延期", deadline=THEIR_DAY)

    lead, told = await case.lead(), [p["deadline"] for p in await case.sent() if "deadline" in p]
    assert told == [lead.answer_by.astimezone(LOCAL).isoformat(timespec="seconds")]
    assert (await case.shared()).hotline_deadline == THEIRS["deadline"]
