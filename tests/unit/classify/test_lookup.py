"""Large expressions tried only where they can match find what a plain search finds."""

import json
import re
from pathlib import Path

import pytest

from intake.classify import people, remedies, rules, times
from intake.classify.lookup import Anchored, Behind, Gated
from intake.classify.normalise import normalise

ROWS = [
    json.loads(line)["text"] for line in Path("nlu_data/complaints/w1.jsonl").read_text("utf-8").splitlines()
]
TEXTS = [normalise(text).text for text in ROWS]


@pytest.mark.parametrize(
    "expression", [people._BUSINESS, rules.U2, remedies._LIMIT], ids=["business", "urgent", "limit"]
)
def test_an_expression_finds_as_much_as_when_searched_for_plainly(expression):
    ours = [[m.span() for m in expression.finditer(text)] for text in TEXTS]

    assert ours == [[m.span() for m in expression._pattern.finditer(text)] for text in TEXTS]
    assert any(ours)


def test_an_expression_without_beginning_is_found_before_its_last_signs():
    expressions = [pattern for _, pattern, _ in times._GRAMMAR if isinstance(pattern, Behind)]

    for expression in expressions:
        ours = [[m.group() for m in expression.finditer(text)] for text in TEXTS]
        assert ours == [[m.group() for m in expression._pattern.finditer(text)] for text in TEXTS]
    assert expressions


def test_matches_do_not_overlap():
    assert [m.group() for m in Anchored("[一二]", "[一二]{2}").finditer("一二一二一")] == ["一二", "一二"]


def test_without_a_word_nothing_is_tried():
    assert list(Gated("甲 乙", ".").finditer("丙丁")) == []
    assert [m.group() for m in Gated("甲 乙", "[丙甲]").finditer("丙甲")] == ["丙", "甲"]


def test_the_first_signs_are_those_of_the_expression():
    assert re.fullmatch("一二", next(Anchored("一", "一二").finditer("三一二")).group())
