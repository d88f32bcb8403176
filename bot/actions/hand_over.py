"""A person, danger, questions, and what was not understood."""

from __future__ import annotations

from typing import Dict, List, Text

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answers import answer_policy
from actions.message import Said


class HandOver(Action):
    def name(self) -> Text:
        return "action_hand_over"

    def run(self, dispatcher: CollectingDispatcher, _tracker: Tracker, _domain: Dict) -> List[Dict]:
        dispatcher.utter_message(json_message={"command": "hand_over", "reason": "请求人工"})
        return []


class Emergency(Action):
    def name(self) -> Text:
        return "action_emergency"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: Dict) -> List[Dict]:
        said = Said.of(tracker)
        dispatcher.utter_message(response="utter_emergency")
        dispatcher.utter_message(response="utter_emergency_later")
        dispatcher.utter_message(json_message={"command": "emergency"})
        return [SlotSet("told", [*(tracker.get_slot("told") or []), said.text])] if said.text else []


class AnswerPolicy(Action):
    def name(self) -> Text:
        return "action_answer_policy"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: Dict) -> List[Dict]:
        answer_policy(dispatcher, Said.of(tracker))
        return []


class Clarify(Action):
    """Two stages: ask back with buttons, then offer a person and the form. The sentence is kept."""

    def name(self) -> Text:
        return "action_clarify"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: Dict) -> List[Dict]:
        misses = (tracker.get_slot("misses") or 0) + 1
        dispatcher.utter_message(response="utter_clarify" if misses == 1 else "utter_clarify_again")
        said = Said.of(tracker)
        kept = [*(tracker.get_slot("told") or []), *([said.text] if said.text else [])]
        return [SlotSet("misses", misses % 3), SlotSet("told", kept)]
