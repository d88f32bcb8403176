"""Where the blame stands in a text: clauses, windows, and what teaches them."""

import numpy as np
import pytest

from intake.classify import remarks, rows, tokenizer
from intake.classify.cues import KINDS, meet
from intake.classify.features import Vocabulary, count, fold, spans
from intake.classify.learn_remarks import sentences_of

TEXT = "楼下烧烤店油烟大，打了12次电话，城管来了拍个照就走，没人管"


def read(text):
    return spans(text, *tokenizer.measures(tokenizer.blank()(text)))


@pytest.fixture(scope="module")
def vocabulary():
    counted = [count(read(fold(TEXT).text))] * 2
    return Vocabulary.fit(counted, min_rows=2, limit=5000)


@pytest.fixture(scope="module")
def learnt(vocabulary):
    chance = np.random.default_rng(7)
    k = len(KINDS)
    return remarks.Remarks(
        [remarks.BLAME, "PT501"],
        chance.normal(size=(len(vocabulary.keys), 2)).astype(np.float32),
        np.array([-1.0, 0.5], np.float32),
        chance.normal(size=k + k * k).astype(np.float32),
        chance.normal(size=k * k).astype(np.float32),
    )


def windows(text, vocabulary, learnt):
    found = read(text)
    split = remarks.split(found, vocabulary.columns(found.keys), meet(text))
    return learnt.windows(split, vocabulary.idf)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        pytest.param("没人管，都在推。", ["没人管", "都在推"], id="at every mark"),
        pytest.param("城" * 130, ["城" * 60, "城" * 60, "城" * 10], id="a clause without marks is cut"),
        pytest.param("，，", ["，，"], id="nothing but marks is one clause"),
    ],
)
def test_a_text_is_cut_into_clauses(text, pieces):
    found = remarks.clauses(text)

    assert [text[a:b] for a, b in zip(found.starts, found.ends, strict=True)] == pieces


def test_a_window_scores_as_its_words_alone_would(vocabulary, learnt):
    folded = fold(TEXT).text
    whole = windows(folded, vocabulary, learnt)
    alone = windows("城管来了拍个照就走，没人管", vocabulary, learnt)

    at = int(np.flatnonzero((whole.starts == 2) & (whole.ends == 4))[0])
    same = int(np.flatnonzero((alone.starts == 0) & (alone.ends == 2))[0])

    assert whole.scores[at] == pytest.approx(alone.scores[same], abs=1e-4)


def test_every_window_has_at_most_three_clauses(vocabulary, learnt):
    found = windows(fold(TEXT).text, vocabulary, learnt)

    widths = found.ends - found.starts

    assert sorted(widths.tolist()) == [1, 1, 1, 1, 2, 2, 2, 3, 3]


def test_a_folded_sign_knows_where_it_stood():
    text = "K3县  打了12次12345，城管没来"

    folded = fold(text)

    assert folded.text == "某县 打了0次0，城管没来"
    assert text[folded.origin(folded.text.index("城")) :] == "城管没来"


def test_long_texts_are_cut_at_commas_and_lose_nothing():
    text = "，".join(["打了电话没有人来"] * 20) + "。" + "谢谢"

    pieces = list(sentences_of(text))

    assert "".join(pieces) == text
    assert max(map(len, pieces)) <= 70


@pytest.mark.parametrize(
    "line", ["PT999X\t没人管", "PT501\t  ", "没人管"], ids=["unknown code", "no sentence", "no tab"]
)
def test_a_sentence_that_cannot_be_used_is_named(tmp_path, line):
    (tmp_path / "sentences").mkdir()
    (tmp_path / "sentences" / "a.tsv").write_text(f"-\t路灯不亮\n{line}\n", "utf-8")

    with pytest.raises(ValueError, match=r"a\.tsv:2"):
        rows.read_sentences(tmp_path)
