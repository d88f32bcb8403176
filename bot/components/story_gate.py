"""What `intake` understood decides whether a message tells a complaint.

The bot's own classifier knows talk, not law: a story of enforcement conduct, or
any long message, starts the complaint form whatever the intent says. A receipt
number starts a look at progress.
"""

from __future__ import annotations

import re
from typing import Any, Dict, List, Sequence, Text

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message

LONG = 45
# How likely an answer must be to be given.
SURE_ANSWER = 0.12
NUMBER = re.compile(r"XS[0-9A-Z]{11}", re.IGNORECASE)
# Talk that stays what it is although a word of the law occurs in it.
KEPT = {"query_progress", "supplement", "withdraw", "rate", "emergency", "talk_to_human", "ask_policy"}
# Not ours to supervise, but somebody's: the form says whose, and lets the person choose.
REFERRED = ("SC10", "SC11", "SC20", "SC30", "SC50", "SC70", "SC71")
ASKS = re.compile(r"[？?]|吗$|怎么办|能不能|可以不可以|可不可以|多久|是什么|怎么申请|在哪|如何")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class StoryGate(GraphComponent):
    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "StoryGate":
        return cls()

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            text = message.get(TEXT) or ""
            if text and not text.startswith("/"):
                metadata, answers = message.get(METADATA) or {}, message.get("answer_ranking") or []
                intent = decide(text, message.get(INTENT) or {}, metadata, answers)
                message.set(INTENT, intent, add_to_output=True)
        return messages


def decide(
    text: Text, intent: Dict[Text, Any], metadata: Dict[Text, Any], answers: Sequence[Dict[Text, Any]] = ()
) -> Dict[Text, Any]:
    """The intent to act on. answers: what the bot could say to a question, likeliest first"""
    understood = metadata.get("understood") or {}
    if understood.get("danger"):
        return {"name": "emergency", "confidence": 1.0}
    name = intent.get("name")
    if NUMBER.search(text) and name not in ("supplement", "withdraw", "rate"):
        return {"name": "query_progress", "confidence": 1.0}
    asks_in_vain = name == "ask_policy" and (not answers or answers[0]["confidence"] < SURE_ANSWER)
    if tells(text, name, understood) or (asks_in_vain and is_matter_of_others(text, understood)):
        return {"name": "green_channel" if name == "green_channel" else "file_complaint", "confidence": 1.0}
    return intent


def is_matter_of_others(text: Text, understood: Dict[Text, Any]) -> bool:
    """A trouble told as a question (小区停水三天了，什么时候来水？): no answer fits, but somebody's desk does."""
    return len(text) >= 15 and (understood.get("scope") or {}).get("code") in REFERRED


def tells(text: Text, intent: Any, understood: Dict[Text, Any]) -> bool:
    """Whether the message tells something that happened, rather than talks to the bot."""
    scope = (understood.get("scope") or {}).get("code")
    score = (understood.get("scope") or {}).get("score") or 0.0
    if len(text) >= 2 * LONG:
        return True
    if len(text) >= LONG:
        return not (intent in KEPT and (ASKS.search(text) or scope in ("SC90", "SC92")))
    if intent in KEPT and ASKS.search(text):
        return False
    if scope in REFERRED and score >= 0.5 and len(text) >= 10 and not ASKS.search(text):
        return intent not in KEPT
    if scope == "SC00" and score >= 0.6 and understood.get("problem_types") and len(text) >= 8:
        return intent not in (
            "withdraw",
            "supplement",
            "rate",
            "query_progress",
            "emergency",
            "talk_to_human",
        )
    return False
