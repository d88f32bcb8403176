"""Supervisors' corrections teach, with consent, and a model that got worse does not serve by itself."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from intake.classify import command, in_service, pipeline, rows
from intake.domain.conflict import Viewer
from intake.services.after_filing import withdraw
from intake.services.file_complaint import file_complaint
from intake.services.labelled_corrections import labelled_corrections
from intake.services.triage import Order, take_step
from tests.factories.house import NOON, PHONE, TEXT, new_complaint

CITY = Viewer("shi", "市监督员", "city_supervisor", "411200-SF", "411200")


async def corrected(house, key, text, *, may_train):
    receipt = await file_complaint(new_complaint(text, key=key), house=house)
    labels = {"scope": "SC11", "domain": "AD02", "problem_types": []}
    order = Order("reclassify", labels=labels, may_train=may_train)
    await take_step(receipt.number, order, version=1, viewer=CITY, house=house)
    return receipt


async def test_only_corrections_with_consent_are_learnt_masked_and_the_last_word_counts(lite):
    kept = await corrected(lite, "a-0001", f"{TEXT}我电话{PHONE}。", may_train=True)
    await corrected(lite, "a-0002", f"{TEXT}另一件。", may_train=False)
    gone = await corrected(lite, "a-0003", f"{TEXT}第三件。", may_train=True)
    await withdraw(gone.number, gone.query_code, house=lite)

    [row] = await labelled_corrections(lite)

    assert PHONE not in row.text
    assert "138****8000" in row.text
    assert row.labels["scope"] == ("SC11",)
    assert row.labels["gate"] == ()
    lite.clock = lambda: NOON + dt.timedelta(minutes=5)
    order = Order("reclassify", labels={"scope": "SC00", "problem_types": ["PT104"]}, may_train=False)
    await take_step(kept.number, order, version=2, viewer=CITY, house=lite)
    assert await labelled_corrections(lite) == []


@pytest.fixture
def small_data(tmp_path):
    """Our own rows thinned out: training in seconds."""
    (tmp_path / "data/complaints").mkdir(parents=True)
    lines = [
        line
        for p in sorted(Path("nlu_data/complaints").glob("*.jsonl"))
        for line in p.read_text("utf-8").splitlines()
    ]
    (tmp_path / "data/complaints/few.jsonl").write_text("\n".join(lines[::9]), "utf-8")
    (tmp_path / "models").mkdir()
    return tmp_path / "data", tmp_path / "models"


def test_a_model_that_learnt_serves_and_a_worse_one_waits_for_a_person(small_data, capsys):
    data, models = small_data
    assert command.run_train(data, models) == 0
    first = in_service.read(models)
    # What the rows teach already, said once more: no figure can fall much.
    taught = [row for row in rows.read_rows(data) if not rows.is_held_out(row.group)]
    harmless = [rows.Row(f"case-{i}", row.text, row.labels) for i, row in enumerate(taught[:2])]
    assert command.run_train(data, models, harmless) == 0
    second = in_service.read(models)
    poison = [
        rows.Row(f"bad-{i}", json.loads(line)["text"], {"scope": ("SC91",), "gate": (), "domain": ("AD27",)})
        for i, line in enumerate((data / "complaints/few.jsonl").read_text("utf-8").splitlines())
    ]
    assert command.run_train(data, models, poison) == 0
    said = capsys.readouterr().err

    assert first.version == first.base
    assert second.version.startswith(first.base + "-")
    assert in_service.read(models) == second
    assert "变差" in said
    assert "没有启用" in said
    refused = said.split("--accept ")[1].split()[0]
    assert pipeline.load(models).version == second.version
    assert command.run_accept(data, models, "nothing") == 1
    assert command.run_accept(data, models, refused) == 0
    assert pipeline.load(models).version == refused
