"""Every connector to a government system against its local counterpart, over real HTTP."""

from __future__ import annotations

import datetime as dt

import pytest

from connectors.errors import Garbled, Refused, Unreachable
from connectors.moj_suggestions.simulator import enter
from connectors.partners.client import Question
from connectors.partners.samples import AGENCY, DOCUMENT, FIRM, USCC
from connectors.partners.systems import SYSTEMS
from tests.factories.partners import partners

YEAR = dt.datetime.now(dt.UTC).year
ASKED = Question(
    uscc=USCC, name=FIRM, document_no=DOCUMENT, year=YEAR, request_no="DJ-1", reason="核查需要调阅案卷"
)
LOOK_UPS = ("credit_platform", "random_inspection", "internet_supervision", "case_system")
CONDUCT = {
    "lead_no": "XS0000000001A",
    "agency": AGENCY,
    "problems": ["PT103 乱检查、扰企检查"],
    "verdict": "属实",
    "closed_at": "2026-11-23T12:00:00+08:00",
}
RESULT = {
    "number": "PY-0001",
    "lead_no": "XS0000000001A",
    "outcome": "办结",
    "reply": "已核查，已责令改正。",
    "handled_by": "测试司法局",
    "done_at": "2026-11-23T12:00:00+08:00",
}
LEAD = {
    "lead_no": "XS0000000001A",
    "domain": "城市管理",
    "urgency": "一般",
    "is_green": False,
    "channel": "接口",
    "content": "测试：检查时没有出示证件。",
    "supervisor": "测试司法局",
    "received_at": "2026-11-23T12:00:00+08:00",
    "accepted_at": "2026-11-23T13:00:00+08:00",
    "answer_by": "2026-12-23T23:59:59+08:00",
}
PUSHES = {
    ("internet_supervision", "conduct"): CONDUCT,
    ("moj_suggestions", "result"): RESULT,
    ("province_platform", "lead"): LEAD,
}


async def call(client):
    """One call of any kind: a look-up where the system answers any, else a push."""
    if client.system in LOOK_UPS:
        return await client.look_up(ASKED)
    if client.system == "discipline":
        return await client.send("JY-1", client.seal(b"{}"), message_id="m-0001")
    (kind, payload) = next((k, p) for (s, k), p in PUSHES.items() if s == client.system)
    return await client.deliver(kind, payload, message_id="m-0001")


@pytest.fixture
async def theirs():
    async with partners() as opened:
        enter(opened.counterparts["moj_suggestions"].book, {"suggestionNo": "PY-0001", "content": "测试内容"})
        yield opened


async def test_the_credit_platform_tells_penalty_licence_and_repair(theirs):
    found = await theirs.clients["credit_platform"].look_up(ASKED)

    penalty, licence, repair = found.records
    assert (penalty.document_no, penalty.fine_yuan, penalty.agency) == (DOCUMENT, 5000.0, AGENCY)
    assert penalty.published_on is None
    assert licence.decided_on == dt.datetime.now(dt.UTC).date() - dt.timedelta(days=200)
    assert (repair.state, repair.finished_on) == ("办理中", None)
    assert found.problems == ()


async def test_the_credit_platform_is_asked_by_document_number_alone(theirs):
    found = await theirs.clients["credit_platform"].look_up(Question(document_no=DOCUMENT))

    assert [r.document_no for r in found.records] == [DOCUMENT]
    assert theirs.counterparts["credit_platform"].book.asked == [{"CF_WSH": DOCUMENT}]


async def test_inspections_of_a_year_are_told(theirs):
    found = await theirs.clients["random_inspection"].look_up(ASKED)

    assert [r.is_planned for r in found.records] == [False, True, True]
    assert found.records[0].items == ("市容环境卫生", "门前三包")
    last_year = Question(uscc=USCC, year=YEAR - 2)
    assert (await theirs.clients["random_inspection"].look_up(last_year)).records == ()


async def test_acts_of_supervision_are_told_by_code_or_by_name(theirs):
    client = theirs.clients["internet_supervision"]

    by_code, by_name = await client.look_up(ASKED), await client.look_up(Question(name=FIRM, year=YEAR))

    assert by_code == by_name
    assert [r.officers for r in by_code.records] == [2, 2]


async def test_a_case_file_needs_a_formal_request(theirs):
    client = theirs.clients["case_system"]

    found = await client.look_up(ASKED)

    assert (found.records[0].officers, found.records[0].is_reviewed) == (1, False)
    with pytest.raises(ValueError, match="调卷理由"):
        await client.look_up(Question(document_no=DOCUMENT, request_no="DJ-1"))


@pytest.mark.parametrize("system", LOOK_UPS)
async def test_nothing_known_is_an_empty_answer(theirs, system):
    nothing = Question(
        uscc="92411202TE5T00002F", document_no="测〔2026〕1号", year=YEAR, request_no="1", reason="测试理由"
    )

    assert (await theirs.clients[system].look_up(nothing)).records == ()


@pytest.mark.parametrize("system", LOOK_UPS)
async def test_a_question_without_anything_to_ask_by_is_refused_here(theirs, system):
    with pytest.raises(ValueError, match=r"needed|不能为空"):
        await theirs.clients[system].look_up(Question(year=YEAR))
    assert theirs.counterparts[system].book.asked == []


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize(
    ("mode", "error"),
    [("500", Unreachable), ("error_in_200", Unreachable), ("html_login", Garbled), ("drop", Unreachable)],
)
async def test_a_bad_day_there_is_an_error_that_may_be_tried_again(theirs, system, mode, error):
    theirs.fault(system, mode)

    with pytest.raises(error) as caught:
        await call(theirs.clients[system])

    assert caught.value.retryable
    assert caught.value.system == system


@pytest.mark.parametrize("system", SYSTEMS)
async def test_a_slow_system_costs_no_more_than_its_time(theirs, system):
    theirs.fault(system, "slow", delay_s=3)
    client = theirs.client(system, timeout_s=0.2)

    with pytest.raises(Unreachable):
        await call(client)
    await client.close()


@pytest.mark.parametrize("system", SYSTEMS)
async def test_a_system_that_is_not_there_is_unreachable(theirs, system):
    client = theirs.client(system, url="http://127.0.0.1:9")

    with pytest.raises(Unreachable):
        await call(client)
    await client.close()


@pytest.mark.parametrize("system", SYSTEMS)
async def test_a_wrong_secret_is_refused_for_good(theirs, system):
    client = theirs.client(system, secret="another-secret-altogether")

    with pytest.raises(Refused) as caught:
        await call(client)
    await client.close()

    assert caught.value.code == "40101"
    assert "another-secret" not in repr(client.access) + str(caught.value)


@pytest.mark.parametrize(("system", "kind"), PUSHES)
async def test_a_message_sent_twice_is_one_message_there(theirs, system, kind):
    client = theirs.clients[system]

    first = await client.deliver(kind, PUSHES[system, kind], message_id="m-1")
    again = await client.deliver(kind, PUSHES[system, kind], message_id="m-1")

    assert (first.result, again.result, first.number) == ("created", "duplicate_same", again.number)
    assert len(theirs.counterparts[system].book.taken) == 1
    with pytest.raises(Refused):
        await client.deliver("something_else", {}, message_id="m-2")


async def test_names_paths_and_envelope_can_be_the_citys_own(theirs):
    """A platform that calls everything differently, reached with configuration alone."""
    from connectors.partners.access import Envelope

    book = theirs.counterparts["credit_platform"].book
    book.rows["penalties"] = [{"CF_WSH": DOCUMENT, "本地": {"金额": "1.2"}, "CF_XDR_SHXYM": USCC}]
    client = theirs.client(
        "credit_platform",
        fields={"penalty.fine_yuan": "本地.金额"},
        paths={"penalties": "/api/v1/penalties"},
        envelope=Envelope(message="message", rows="items", ok=("0",)),
    )

    found = await client.look_up(Question(document_no=DOCUMENT))
    await client.close()

    assert found.records[0].fine_yuan == 12000.0


async def test_a_field_that_cannot_be_read_is_named_and_the_rest_is_used(theirs):
    book = theirs.counterparts["credit_platform"].book
    book.rows["penalties"] = [
        {"CF_WSH": DOCUMENT, "CF_JDRQ": "某日", "CF_NR_FK": "很多"},
        {"CF_WSH": "", "CF_XDR_MC": FIRM},
    ]

    found = await theirs.clients["credit_platform"].look_up(Question(document_no=DOCUMENT))

    assert [(r.document_no, r.decided_on) for r in found.records] == [(DOCUMENT, None)]
    assert found.problems == (
        "第 1 条：罚款金额（元）（CF_NR_FK）应为金额，例如 5000.00",
        "第 1 条：处罚决定日期（CF_JDRQ）应为日期，例如 2026-11-03",
    )
