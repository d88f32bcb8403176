"""Whatever stands in a text in one piece is found by its words, and nothing but letters and digits is ever a word."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.classify.search_words import LONGEST, words_asked, words_of
from intake.services.index_lead import findable

LINES = [
    json.loads(line)["text"]
    for file in sorted(Path("nlu_data/complaints").glob("*.jsonl"))
    for line in file.read_text("utf-8").splitlines()[:300]
]


@given(st.sampled_from(LINES), st.data())
@settings(max_examples=400, deadline=None)
def test_a_piece_of_chinese_text_is_found(text, data):
    run = data.draw(st.sampled_from(re.findall(r"[\u4e00-\u9fff]+", text) or ["税务"]))
    start = data.draw(st.integers(0, len(run) - 1))
    piece = run[start : start + data.draw(st.integers(1, 12))]

    assert words_asked(piece)
    assert set(words_asked(piece)) <= words_of(text + run)


@given(st.text(max_size=200))
@settings(max_examples=400, deadline=None)
def test_words_are_letters_and_digits_only(text):
    for word in {*words_asked(text), *words_of(text)}:
        assert word.isalnum()
        assert 0 < len(word) <= LONGEST
        word.encode()


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("国家税务总局三门峡市税务局", "税务"),
        ("公安局长期不理", "公安局"),
        ("ＡＢＣ１２３公司", "abc123"),
        ("鑫旺达烧烤店", "旺达"),
        ("打了我", "打"),
    ],
)
def test_short_words_inside_longer_ones_are_found(text, asked):
    assert set(words_asked(asked)) <= words_of(text)


def test_private_numbers_give_no_words():
    words = findable("找张三，13800138000，0398-2812345，2812345，test@example.com，罚500元")

    assert "500" in words
    assert not words & {"13800138000", "138", "8000", "0398", "2812345", "test", "example", "com", "t"}
