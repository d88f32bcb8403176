"""Steps of supervisors and who may never see what, on both databases."""

import pytest

from intake.domain.conflict import Viewer
from intake.domain.errors import Forbidden, Malformed, NotFound, Stale, WrongStep
from intake.services import after_filing, read_leads, triage
from intake.services.file_complaint import file_complaint
from intake.services.lead_filter import lead_filter
from intake.services.reveal_identity import reveal_identity
from tests.factories.house import new_complaint

SHI = Viewer("shi", "测试", "city_supervisor", "411200-SF", "411200")
HUBIN = Viewer("hubin", "测试", "supervisor", "411202-SF", "411202")
SHANZHOU = Viewer("shanzhou", "测试", "supervisor", "411203-SF", "411203")
AGENCY = Viewer("guanju", "测试", "agency", "411202-AD01", "411202")
# A made-up case: a supervisor's account that belongs to the respondent itself.
INSIDER = Viewer("insider", "测试", "city_supervisor", "411202-AD01", "411200")


async def step(house, number, name, viewer=SHI, **more):
    whole = await read_leads.read_lead(number, viewer, house=house)
    return await triage.take_step(
        number, triage.Order(name, **more), version=whole.lead.version, viewer=viewer, house=house
    )


@pytest.fixture
async def number(house):
    return (await file_complaint(new_complaint(), house=house)).number


async def test_a_lead_walks_from_triage_to_closed(house):
    receipt = await file_complaint(new_complaint(), house=house)

    await step(house, receipt.number, "confirm")
    await step(house, receipt.number, "assign", assignee="hubin")
    await step(house, receipt.number, "reply", note="属实", public_text="已责令归还")
    await step(house, receipt.number, "close")

    progress = await after_filing.track(receipt.number, receipt.query_code, house=house)
    assert (progress.stage, progress.public_reply) == ("L70", "已责令归还")


async def test_the_reply_is_not_public_before_it_is_approved(house):
    receipt = await file_complaint(new_complaint(), house=house)
    await step(house, receipt.number, "confirm")
    await step(house, receipt.number, "reply", note="属实", public_text="已责令归还")

    progress = await after_filing.track(receipt.number, receipt.query_code, house=house)

    assert progress.public_reply is None


async def test_an_illegal_step_names_the_legal_ones(house, number):
    with pytest.raises(WrongStep) as refusal:
        await step(house, number, "close")

    assert "confirm" in refusal.value.legal


async def test_an_old_version_is_refused(house, number):
    whole = await read_leads.read_lead(number, SHI, house=house)
    await step(house, number, "claim")

    with pytest.raises(Stale):
        await triage.take_step(
            number, triage.Order("confirm"), version=whole.lead.version, viewer=SHI, house=house
        )


@pytest.mark.parametrize("viewer", [SHANZHOU, AGENCY, INSIDER], ids=["other region", "respondent", "insider"])
async def test_a_hidden_lead_does_not_exist(house, number, viewer):
    page = await read_leads.list_leads(viewer, lead_filter(stage="all"), cursor=None, limit=50, house=house)

    assert page.items == ()
    assert await read_leads.queue_counts(viewer, house=house) == ()
    assert await read_leads.count_leads(viewer, lead_filter(q=number), house=house) == 0
    with pytest.raises(NotFound):
        await read_leads.read_lead(number, viewer, house=house)
    with pytest.raises(NotFound):
        await triage.take_step(number, triage.Order("confirm"), version=1, viewer=viewer, house=house)


async def test_a_respondent_named_later_ends_access_at_once(house):
    number = (await file_complaint(new_complaint("在湖滨区有人不亮证就把我的货拿走了"), house=house)).number
    colleague = Viewer("x", "测试", "supervisor", "411202-AD02", "411202")
    assert (await read_leads.read_lead(number, colleague, house=house)).lead.number == number

    await step(house, number, "reclassify", labels={"agency_code": "411202-AD02"})

    with pytest.raises(NotFound):
        await read_leads.read_lead(number, colleague, house=house)


async def test_a_correction_is_kept_and_routes_anew(house, number):
    lead = await step(house, number, "reclassify", labels={"scope": "SC11", "problem_types": []})

    assert (lead.scope, lead.queue) == ("SC11", "transfer-411202")


@pytest.mark.parametrize(
    "labels",
    [{"scope": "SC99"}, {"problem_types": ["PT301"] * 4}, {"agency_code": "nowhere"}, {"urgency": "U9"}],
)
async def test_unknown_codes_are_refused(house, number, labels):
    with pytest.raises(Malformed):
        await step(house, number, "reclassify", labels=labels)


async def test_opening_an_identity_needs_a_reason_and_leaves_a_trace(house, number):
    with pytest.raises(Malformed):
        await reveal_identity(number, "想看", viewer=SHI, house=house)

    person = await reveal_identity(number, "需要电话核实车辆信息", viewer=SHI, house=house)

    events = (await read_leads.read_lead(number, SHI, house=house)).events
    assert person == {"name": "测试张三", "phone": "13800138000"}
    assert [e.details["reason"] for e in events if e.kind == "reveal_identity"] == ["需要电话核实车辆信息"]


async def test_an_operator_cannot_open_identities(house, number):
    operator = Viewer("rexian", "测试", "hotline_operator", "411200-HOTLINE", "411200")

    with pytest.raises(Forbidden):
        await reveal_identity(number, "需要电话核实车辆信息", viewer=operator, house=house)


async def test_lists_find_by_word_and_page_without_gaps(house):
    for i in range(7):
        await file_complaint(
            new_complaint(f"湖滨区城管第{i}次扣车不给单子", key=f"page-key-{i}"), house=house
        )
    await file_complaint(new_complaint("灵宝市税务所锁票", key="noise-key-1"), house=house)

    found, cursor = [], None
    while True:
        page = await read_leads.list_leads(SHI, lead_filter(q="扣车"), cursor=cursor, limit=3, house=house)
        found += [lead.number for lead in page.items]
        cursor = page.next
        if cursor is None:
            break

    assert len(found) == len(set(found)) == 7
