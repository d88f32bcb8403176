"""Facts with spans, and the whole extraction measured on sentences written apart from the code."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from intake.classify.extraction import extract
from intake.classify.extraction_score import read_cases, score
from intake.classify.normalise import normalise
from tests.factories.house import classifier

TODAY = dt.date(2026, 11, 23)
CASES = Path("nlu_data/extraction/cases.txt")
# A little under what was measured when this was written: a fall is a fault, not bad luck.
FLOORS = {
    "agency": 0.92,
    "amount": 0.95,
    "clock": 0.90,
    "document": 0.95,
    "enterprise": 0.95,
    "id_number": 0.98,
    "officer": 0.92,
    "phone": 0.95,
    "plate": 0.95,
    "region": 0.93,
    "time": 0.92,
    "tried": 0.90,
    "uscc": 0.98,
}


def facts(text):
    return extract(text, normalise(text), TODAY)


@pytest.mark.parametrize(
    ("said", "kind", "words", "value"),
    [
        ("交警队的王队长说的", "officer", "王队长", "王队长"),
        ("一个姓李的所长", "officer", "一个姓李的所长", "一个姓李的所长"),
        ("限我十五日内缴清", "clock", "十五日内缴", "缴款"),
        ("三日内可以陈述申辩", "clock", "三日内可以陈述", "告知"),
        ("我已经申请了行政复议", "tried", "行政复议", "复议"),
        ("罚我三千二，没票", "amount", "三千二", "3200"),
        ("扣了豫M12345", "plate", "豫M12345", "豫M12345"),
    ],
)
def test_facts_are_found_where_they_stand(said, kind, words, value):
    [span] = [s for s in facts(said).spans if s.kind == kind]

    assert said[span.start : span.end] == words
    assert span.value == value


def test_spans_point_into_the_raw_text_also_behind_signs_that_go():
    said = "\u200b罰\u200b我\u200b三千二，没票"
    [span] = [s for s in facts(said).spans if s.kind == "amount"]

    assert said[span.start : span.end] == "三千二"


def test_what_identifies_a_person_is_pointed_at_and_not_repeated():
    said = "电话138 0013 8000，身份证11010519491231002X"
    found = facts(said).spans

    assert {s.kind: s.value for s in found} == {"phone": None, "id_number": None}
    assert said[found[0].start : found[0].end] == "138 0013 8000"


@pytest.mark.parametrize("said", ["没有去复议", "能不能去复议", "我要去法院告他们", "不想打官司"])
def test_a_plan_or_a_denial_is_no_way_tried(said):
    assert facts(said).tried == ()


def test_the_firm_of_the_writer_is_told_from_the_others():
    found = facts("我举报康福来保健品体验店，我是渑池县仰韶老窖酒坊的老板")

    assert found.enterprise == "渑池县仰韶老窖酒坊"
    assert {s.value for s in found.spans if s.kind == "enterprise"} == {
        "康福来保健品体验店",
        "渑池县仰韶老窖酒坊",
    }


def test_the_whole_extraction_holds_its_level():
    cases = read_cases(CASES)
    scores = score(classifier(), cases)

    assert len(cases) >= 300
    low = {kind: scores[kind]["f1"] for kind, floor in FLOORS.items() if scores[kind]["f1"] < floor}
    assert not low


def test_a_broken_mark_is_named_by_its_line(tmp_path):
    (tmp_path / "cases.txt").write_text(
        "2026-01-01\t好的{amount=5|五}元\n2026-01-02\t坏的{amount=5|五元\n", "utf-8"
    )

    with pytest.raises(ValueError, match=r"cases\.txt:2"):
        read_cases(tmp_path / "cases.txt")
