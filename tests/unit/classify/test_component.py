"""A text read without spaCy is read as the spaCy component reads it."""

import json
from pathlib import Path

import numpy as np

from intake.classify import component
from intake.classify.features import fold
from intake.classify.normalise import normalise
from intake.classify.reading import read
from tests.factories.house import classifier

ROWS = Path("nlu_data/complaints/w1.jsonl").read_text("utf-8").splitlines()[:60]


def test_both_ways_of_reading_agree():
    model = classifier().model
    nlp = component.pipeline(model)

    for line in [*ROWS, json.dumps({"text": "城管  扣 了 我的车"})]:
        text = fold(normalise(json.loads(line)["text"]).text).text
        ours, theirs = read(model, text), component.reading(nlp(text))
        assert np.array_equal(ours.spans.keys, theirs.spans.keys)
        assert np.array_equal(ours.logits, theirs.logits)
