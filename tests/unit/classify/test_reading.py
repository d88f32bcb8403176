"""What is read off a text without any weights: signs, sums, numbers of documents, times."""

import datetime as dt

import pytest

from intake.classify.amounts import find_amounts
from intake.classify.documents import find_documents
from intake.classify.normalise import normalise
from intake.classify.times import find_times, incident_time

TODAY = dt.date(2026, 11, 23)


@pytest.mark.parametrize(("raw", "clean"), [
    pytest.param("罚\x00款", "罚款", id="NUL goes"),
    pytest.param("罚_x000D_款", "罚款", id="the mark of a spreadsheet goes"),
    pytest.param("罚\u200b款", "罚款", id="a space of no width goes"),
    pytest.param("罚款５０００元", "罚款5000元", id="full width becomes half"),
    pytest.param("罰款沒收據", "罚款没收据", id="traditional becomes simplified"),
    pytest.param("\ud800罚", "罚", id="half a surrogate goes"),
])  # fmt: skip
def test_text_is_made_plain(raw, clean):
    assert normalise(raw).text == clean


def test_every_clean_sign_knows_where_it_stood():
    raw = "我\u200b被_x000D_罰５０００元"

    clean = normalise(raw)
    start = clean.text.index("5000")

    assert raw[slice(*clean.raw_span(start, start + 4))] == "５０００"


@pytest.mark.parametrize(("said", "yuan"), [
    ("罚了五千", 5000.0),
    ("要两万块", 20000.0),
    ("罚款1.2万", 12000.0),
    ("收了一百二", 120.0),
    ("罚3000元", 3000.0),
    ("交了12,500元", 12500.0),
    ("违法所得叁仟伍佰元", 3500.0),
])  # fmt: skip
def test_sums_of_money_are_read(said, yuan):
    assert [value for _, _, value in find_amounts(said)] == [yuan]


@pytest.mark.parametrize("said", ["来了三个人", "2024年的事", "一天查五次", "3号楼两户"])
def test_other_numbers_are_no_money(said):
    assert find_amounts(said) == []


@pytest.mark.parametrize(("said", "number"), [
    ("我收到三市监处罚〔2024〕12号", "三市监处罚〔2024〕12号"),
    ("文号为湖城管罚字〔2025〕第003号", "湖城管罚字〔2025〕第003号"),
    ("给我的灵环罚[2025]18号", "灵环罚[2025]18号"),
    ("编号是三公（交）行罚决字〔2024〕第4112001234号", "三公（交）行罚决字〔2024〕第4112001234号"),
    ("渑应急责改（2025）6号", "渑应急责改（2025）6号"),
])  # fmt: skip
def test_document_numbers_lose_what_was_said_before_them(said, number):
    assert [found for _, _, found in find_documents(said)] == [number]


def test_a_notice_of_the_government_is_no_penalty_paper():
    assert find_documents("三政办〔2024〕2号") == []


@pytest.mark.parametrize(("said", "first", "last"), [
    ("昨天来的", "2026-11-22", "2026-11-22"),
    ("上个月三号罚的", "2026-10-03", "2026-10-03"),
    ("腊月二十那天", "2026-02-07", "2026-02-07"),
    ("去年12月", "2025-12-01", "2025-12-31"),
    ("上周五下午", "2026-11-20", "2026-11-20"),
    ("国庆节来查", "2026-10-01", "2026-10-07"),
    ("2026年3月5日", "2026-03-05", "2026-03-05"),
    ("3月5号", "2026-03-05", "2026-03-05"),
])  # fmt: skip
def test_times_are_counted_from_the_day_of_telling(said, first, last):
    found = incident_time(find_times(said, TODAY), TODAY)

    assert found is not None
    assert (found.first.isoformat(), found.last.isoformat()) == (first, last)


def test_a_few_days_ago_is_a_span_before_today():
    found = incident_time(find_times("前几天有人来查", TODAY), TODAY)

    assert found is not None
    assert TODAY - dt.timedelta(days=14) <= found.first < found.last <= TODAY
