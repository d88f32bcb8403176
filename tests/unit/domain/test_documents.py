"""Supervision documents: every kind has a template whose names are all filled, gaps are found, numbers are right."""

import datetime as dt
import re

import pytest

from intake.domain import documents, lifecycle

FACTS = {name: f"测试{name}" for name in
         ("number", "facts", "subject", "problems", "demand", "due", "reason", "other_way")}  # fmt: skip


@pytest.mark.parametrize("kind", sorted(documents.kinds()))
def test_every_template_is_filled_completely(kind):
    text = documents.draft(kind, FACTS)

    assert not re.search(r"[{}]", text)
    assert documents.kinds()[kind].stages <= set(lifecycle.stages())


def test_what_a_fact_says_is_never_read_as_a_name_of_another():
    text = documents.draft("transfer", FACTS | {"facts": "他写了{demand}两个字"})

    assert "他写了{demand}两个字" in text


def test_gaps_are_what_a_person_must_fill_in():
    assert documents.gaps("甲〔请填写：事实〕乙〔2026〕丙〔期限以法规规定为准，请核对〕") == (
        "〔请填写：事实〕",
        "〔期限以法规规定为准，请核对〕",
    )
    assert documents.gaps("三司监意〔2026〕48312号，〔投诉人〕反映") == ()


def test_numbers_name_bureau_kind_and_year():
    assert documents.document_number("supervise", "411202-SF", 2026, 48312) == "湖司督办〔2026〕48312号"


def test_days_are_local_and_in_figures():
    assert documents.written_day(dt.datetime(2026, 11, 22, 17, 0, tzinfo=dt.UTC)) == "2026年11月23日"
