"""Linear intent classifier: TF-IDF of characters and jieba words, logistic regression.

Measured on data of this kind: 0.8–1.2 ms a message where DIET takes 12–16 ms and
is no better (docs/decisions/0002). The same fit chooses the answer of a
question of policy (sub-intents ask_policy/…). Confidences of a linear model are
low and honest: below `threshold`, or with two intents closer than `margin`, the
message becomes nlu_fallback and the bot asks back.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any, Dict, List, Text

import joblib
import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from components.cut import features, normalise

log = logging.getLogger(__name__)
FILE = "intents.joblib"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntents(GraphComponent):
    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        return {"threshold": 0.26, "margin": 0.04, "cut": 600, "C": 20.0}

    def __init__(
        self, config: Dict[Text, Any], storage: ModelStorage, resource: Resource, parts: Dict[Text, Any]
    ) -> None:
        self._config, self._storage, self._resource, self._parts = config, storage, resource, parts

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "LinearIntents":
        return cls(config, model_storage, resource, {})

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_more: Any,
    ) -> "LinearIntents":
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, joblib.load(folder / FILE))

    def train(self, training_data: TrainingData) -> Resource:
        examples = [e for e in training_data.intent_examples if e.get(TEXT)]
        texts = [normalise(e.get(TEXT)) for e in examples]
        vectors = TfidfVectorizer(analyzer=features, sublinear_tf=True, min_df=1)
        rows = vectors.fit_transform(texts)
        intents = [e.get(INTENT) for e in examples]
        self._parts = {"vectors": vectors, "intents": self._fit(rows, intents)}
        keys = [e.get("intent_response_key") for e in examples]
        asked = [i for i, key in enumerate(keys) if key]
        if asked:
            self._parts["answers"] = self._fit(rows[asked], [keys[i] for i in asked])
        with self._storage.write_to(self._resource) as folder:
            joblib.dump(self._parts, folder / FILE)
        return self._resource

    def _fit(self, rows: Any, labels: List[Text]) -> "Scores":
        model = LogisticRegression(C=self._config["C"], max_iter=400, class_weight="balanced", random_state=7)
        model.fit(rows, labels)
        weights = np.ascontiguousarray(model.coef_.T, dtype=np.float32)
        return Scores([str(c) for c in model.classes_], weights, model.intercept_.astype(np.float32))

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            text = message.get(TEXT)
            if text and not (message.get(INTENT) or {}).get("name"):
                self._classify(message, normalise(text)[: self._config["cut"]])
        return messages

    def _classify(self, message: Message, text: Text) -> None:
        row = self._parts["vectors"].transform([text])
        ranking = _ranked(self._parts["intents"], row)
        best, second = ranking[0], ranking[1]
        unsure = best["confidence"] < self._config["threshold"]
        unsure = unsure or best["confidence"] - second["confidence"] < self._config["margin"]
        chosen = {"name": "nlu_fallback", "confidence": 1 - best["confidence"]} if unsure else best
        message.set(INTENT, chosen, add_to_output=True)
        message.set("intent_ranking", ranking[:5], add_to_output=True)
        if best["name"] == "ask_policy" and "answers" in self._parts:
            message.set("answer_ranking", _ranked(self._parts["answers"], row)[:3], add_to_output=True)


@dataclass
class Scores:
    """A fitted softmax: only the rows of a message's own features are read (sklearn copies the matrix each time)."""

    labels: List[Text]
    weights: Any
    bias: Any

    def of(self, row: Any) -> Any:
        raw = row.data.astype(np.float32) @ self.weights[row.indices] + self.bias
        raised = np.exp(raw - raw.max())
        return raised / raised.sum()


def _ranked(model: Scores, row: Any) -> List[Dict[Text, Any]]:
    scores = model.of(row)
    return [{"name": model.labels[i], "confidence": float(scores[i])} for i in np.argsort(-scores)]
