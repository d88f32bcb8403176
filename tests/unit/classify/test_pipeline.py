"""The whole way from a text to what it says, with a model trained on our seed rows and common sentences."""

import datetime as dt
import io
import json
import shutil
from pathlib import Path

import pytest

from intake.classify import command, pipeline, training
from intake.domain import taxonomy

TODAY = dt.date(2026, 11, 23)
SEED = Path("nlu_data/complaints/seed.jsonl")
SENTENCES = Path("nlu_data/sentences/common.tsv")


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    folder = tmp_path_factory.mktemp("nlu_data")
    (folder / "complaints").mkdir()
    shutil.copy(SEED, folder / "complaints")
    (folder / "sentences").mkdir()
    shutil.copy(SENTENCES, folder / "sentences")
    return folder


@pytest.fixture(scope="module")
def models(data_dir, tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    training.train(data_dir, folder)
    return folder


@pytest.fixture(scope="module")
def classifier(models):
    return pipeline.load(models)


def classify(rows, models, data_dir, tmp_path):
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text("\n".join(rows) + "\n", "utf-8")
    code = command.run_classify(str(source), str(target), models=models, data_dir=data_dir, model=None)
    return code, [json.loads(line) for line in target.read_text("utf-8").splitlines()]


def test_the_same_data_is_the_same_model(data_dir, models):
    [folder] = models.iterdir()

    assert training.train(data_dir, models) == folder


def test_everything_a_sentence_says_is_read(classifier):
    text = "湖滨区城管上个月三号把我的水果摊掀了，罚我五千，希望退钱"

    found = classifier.classify(text, today=TODAY).to_json()

    assert found["agency"] == {"code": "411202-AD01", "name": "湖滨区城市管理局", "span": [0, 5]}
    assert found["region"]["code"] == "411202"
    assert found["amounts_yuan"] == [5000.0]
    assert found["incident_time"] == {"from": "2026-10-03", "to": "2026-10-03", "text": "上个月三号"}
    assert found["missing"] == []


def test_all_codes_are_those_of_the_tables(classifier):
    for line in SEED.read_text("utf-8").splitlines()[::7]:
        found = classifier.classify(json.loads(line)["text"], today=TODAY)
        assert found.scope.code in taxonomy.codes("scopes")
        assert {p.code for p in found.problem_types} <= set(taxonomy.codes("problem_types"))
        assert set(found.action_kinds) <= set(taxonomy.codes("action_kinds"))
        assert 0 <= found.scope.score <= 1


@pytest.mark.parametrize(
    "text", ["", " ", "😀😀", "\ud800", "\x00", "<script>alert(1)</script>", "罚" * 20_001]
)
def test_no_text_breaks_the_reading(classifier, text):
    assert classifier.classify(text, today=TODAY).domain.code


def test_the_reason_is_in_the_text(classifier):
    text = "市监所罚我两千，一条街都占道，偏偏只罚我一家"

    found = classifier.classify(text, today=TODAY)

    assert found.problem_types
    assert all(word in text for p in found.problem_types for word in p.evidence)
    assert found.scope.evidence
    assert found.domain.evidence
    assert all(word in text for label in (found.scope, found.domain) for word in label.evidence)


def test_danger_is_told_and_a_person_looks(classifier):
    found = classifier.classify("现在有人在我家门口打人，快来人", today=TODAY)

    assert (found.scope.code, found.urgency.code, found.danger, found.needs_human) == (
        "SC60",
        "U1",
        True,
        True,
    )


def test_an_agency_of_another_city_is_not_ours(classifier):
    assert classifier.classify("洛阳老城区城管张口就罚我五千，不给票", today=TODAY).scope.code == "SC70"


def test_a_masked_city_is_not_another_city(classifier):
    assert classifier.classify("A市A3区城管张口就罚我五千，不给票", today=TODAY).scope.code != "SC70"


def test_rows_come_back_in_order_and_a_bad_one_in_its_place(models, data_dir, tmp_path):
    rows = [
        '{"id": "1", "text": "城管罚我"}',
        "not json",
        '{"id": "3", "text": 5}',
        '{"id": "4", "text": "路灯坏了"}',
    ]

    code, answers = classify(rows, models, data_dir, tmp_path)

    assert code == 1
    assert [a["id"] for a in answers] == ["1", None, "3", "4"]
    assert ["error" in a for a in answers] == [False, True, True, False]


def test_good_rows_end_well(models, data_dir, tmp_path):
    code, answers = classify(['{"id": "1", "text": "城管罚我"}'], models, data_dir, tmp_path)

    assert code == 0
    assert answers[0]["model"] == pipeline.load(models).version


def test_standard_streams_are_dashes(models, data_dir, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO('{"id": "a", "text": "城管罚我"}\n'))

    assert command.run_classify("-", "-", models=models, data_dir=data_dir, model=None) == 0
    assert json.loads(capsys.readouterr().out)["id"] == "a"


def test_no_model_and_no_data_is_one_clear_line(tmp_path, capsys):
    code = command.run_classify("-", "-", models=tmp_path, data_dir=tmp_path, model=None)

    assert code == 1
    assert len(capsys.readouterr().err.splitlines()) == 1
