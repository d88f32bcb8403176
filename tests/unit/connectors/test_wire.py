"""Work orders as partners write them, well and badly."""

import datetime as dt

import pytest

from connectors.hotline12345 import wire
from connectors.hotline12345.orders import LeadFacts, event_for, order_for
from connectors.hotline12345.simulator.desk import invented_order

NOW = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
GOOD = {**invented_order(NOW), "work_order_no": "RX20261123000001"}


def facts(**changes) -> LeadFacts:
    given = {
        "number": "XS7K2M9P4QW3T",
        "stage": "L20",
        "title": "反映测试区市场监督管理局检查不亮证",
        "content": "测试区市场监督管理局的人昨天来检查，没有出示证件。",
        "received_at": NOW,
        "deadline": NOW + dt.timedelta(days=7),
        "days": 5,
        "region_code": "411202",
        "agency": "测试区市场监督管理局",
        "handle_unit": "测试区司法局",
    }
    return LeadFacts(**(given | changes))


def test_a_whole_order_has_no_problem_and_no_gap():
    reading = wire.read(GOOD, is_from_hotline=True)

    assert (reading.problems, reading.gaps) == ([], [])


def test_labels_are_read_as_codes():
    order = wire.read(
        {**GOOD, "appeal_type": "投诉", "urgency": "特急", "is_secret": "是"}, is_from_hotline=True
    ).order

    assert (order["appeal_type"], order["urgency"], order["is_secret"]) == ("complaint", "top", True)


def test_a_time_without_zone_is_chinas():
    order = wire.read({**GOOD, "call_time": "2026/11/03 09:30:00"}, is_from_hotline=True).order

    assert order["call_time"] == "2026-11-03T09:30:00+08:00"


def test_a_missing_title_is_the_first_sentence():
    order = wire.read({"work_order_no": "1", "content": "没亮证。还罚款"}, is_from_hotline=True).order

    assert order["title"] == "没亮证"


def test_unknown_keys_are_kept():
    assert wire.read({**GOOD, "HOTLINESN": "7"}, is_from_hotline=True).order["HOTLINESN"] == "7"


def test_number_and_text_suffice():
    reading = wire.read({"work_order_no": "1", "content": "没亮证"}, is_from_hotline=True)

    assert reading.problems == []
    assert {"urgency", "deadline", "handle_unit"} <= {gap.field for gap in reading.gaps}


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        pytest.param("content", "", "诉求内容（content）不能为空", id="empty text"),
        pytest.param("content", " \n ", "诉求内容（content）不能为空", id="blank text"),
        pytest.param("content", None, "诉求内容（content）不能为空", id="null"),
        pytest.param("content", {"a": 1}, "诉求内容（content）应为文字", id="object for a text"),
        pytest.param("content", "长" * 20_001, "最多 20000 字，现有 20001 字", id="20,001 characters"),
        pytest.param("content", "a\x00b", "含有不能保存的字符", id="NUL"),
        pytest.param("content", "a\ud83d", "含有不能保存的字符", id="lone surrogate"),
        pytest.param("work_order_no", "", "工单编号（work_order_no）不能为空", id="no number"),
        pytest.param("work_order_no", True, "工单编号（work_order_no）应为文字", id="flag for a number"),
        pytest.param("appeal_type", "骂人", "诉求类型（appeal_type）的取值不认识", id="unknown code"),
        pytest.param(
            "appeal_type", ["complaint"], "诉求类型（appeal_type）的取值不认识", id="list for a code"
        ),
        pytest.param("status", "飞走了", "工单状态（status）的取值不认识", id="unknown state"),
        pytest.param("is_secret", "也许", "是否保密（is_secret）应为 true 或 false", id="maybe"),
        pytest.param("time_limit", -1, "办理时限（time_limit）应为不小于 0 的整数", id="negative"),
        pytest.param("time_limit", True, "办理时限（time_limit）应为不小于 0 的整数", id="flag for a count"),
        pytest.param("call_time", "上个月三号", "来电时间（call_time）应为时间", id="words for a time"),
        pytest.param("call_time", 1700000000, "来电时间（call_time）应为时间", id="number for a time"),
        pytest.param(
            "incident_time", {"from": 3}, "事发时间（incident_time）应为一个时间", id="span of numbers"
        ),
        pytest.param("region_code", "三门峡", "应为 6 位或 9 位行政区划代码", id="name for a region"),
        pytest.param("geo", {"lng": 500, "lat": 1}, "坐标（geo）应为", id="beyond the earth"),
        pytest.param("co_units", "甲、乙", "协办单位（co_units）应为文字列表", id="text for a list"),
        pytest.param("co_units", ["甲"] * 21, "最多 20 项", id="too many"),
        pytest.param("attachments", ["a.jpg"], "附件（attachments）应为附件列表", id="names for files"),
    ],
)
def test_a_bad_field_is_named_in_chinese(key, value, says):
    found = wire.problems({**GOOD, key: value}, is_from_hotline=True)

    assert [problem.field for problem in found] == [key]
    assert says in found[0].message


@pytest.mark.parametrize(
    ("change", "gaps"),
    [
        pytest.param(
            {"call_subject": "企业"}, {"company_name", "company_uscc"}, id="an enterprise has a name"
        ),
        pytest.param({"back_count": 1}, {"back_reason"}, id="sent back for a reason"),
        pytest.param({"delay_days": 3}, {"delay_reason", "delay_new_deadline"}, id="extended until when"),
        pytest.param({"status": "挂起"}, {"suspend_reason", "suspend_time"}, id="suspended since when"),
        pytest.param({"is_solved": "未解决"}, {"unsolved_reason"}, id="unsolved why"),
        pytest.param({"status": "已回访"}, {"satisfaction"}, id="visited and asked"),
        pytest.param(
            {"status": "已结案"},
            {"handle_result", "public_reply", "is_solved", "contacted", "visit_need"},
            id="closed with a result",
        ),
    ],
)
def test_conditional_fields_are_asked_for_when_their_condition_holds(change, gaps):
    assert {gap.field for gap in wire.read({**GOOD, **change}, is_from_hotline=True).gaps} == gaps


@pytest.mark.parametrize(
    ("event", "fields"),
    [
        pytest.param({"event": "urge"}, [], id="urge needs no words"),
        pytest.param({"event": "status", "status": "已受理"}, [], id="status"),
        pytest.param({"event": "status"}, ["status"], id="status without one"),
        pytest.param({"event": "status", "status": "飞走了"}, ["status"], id="unknown status"),
        pytest.param({"event": "status", "status": ["已受理"]}, ["status"], id="list for a status"),
        pytest.param({"event": "supplement"}, ["text"], id="supplement without words"),
        pytest.param({"event": "supplement", "text": 5}, ["text"], id="number for words"),
        pytest.param({"event": "explode"}, ["event"], id="unknown event"),
        pytest.param({"event": ["urge"]}, ["event"], id="list for an event"),
        pytest.param({}, ["event"], id="nothing"),
    ],
)
def test_an_event_is_checked(event, fields):
    assert [problem.field for problem in wire.read_event(event)] == fields


def test_the_order_of_a_lead_is_whole():
    reading = wire.read(order_for(facts()), is_from_hotline=False)

    assert (reading.problems, reading.gaps) == ([], [])


def test_the_order_of_a_lead_names_nobody():
    order = order_for(facts())

    assert not {"caller_name", "caller_phone", "contact_phone", "id_no"} & set(order)


def test_an_enterprises_order_carries_its_code():
    order = order_for(facts(company_name="测试有限公司", company_uscc="91411200MA00000000"))

    assert order["call_subject"] == "enterprise"
    assert wire.read(order, is_from_hotline=False).gaps == []


def test_a_closed_lead_closes_the_work_order():
    event = event_for("XS7K2M9P4QW3T", "L70", NOW, "已核查")

    assert (event["stage"], event["status"], event["at"]) == ("结案", "已结案", "2026-11-23T17:00:00+08:00")
    assert wire.read_event(event) == []
