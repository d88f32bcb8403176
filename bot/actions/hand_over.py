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


# What can be offered as a button when a sentence was not understood.
OFFERS = {
    "file_complaint": "我要投诉",
    "green_channel": "民企绿色通道",
    "query_progress": "查进度",
    "supplement": "补充材料",
    "withdraw": "撤回投诉",
    "rate": "评价办理结果",
    "talk_to_human": "找人工",
    "stay_anonymous": "问问能不能匿名",
}


def likeliest(tracker: Tracker, most: int = 2) -> List[Dict[Text, Text]]:
    """Buttons for what the sentence most likely meant; filing a complaint when nothing stands out."""
    ranking = tracker.latest_message.get("intent_ranking") or []
    names = [r["name"] for r in ranking if r["name"] in OFFERS][:most]
    if len(names) < most and "file_complaint" not in names:
        names.append("file_complaint")
    return [{"title": OFFERS[name], "payload": f"/{name}"} for name in names]


class Clarify(Action):
    """Two stages: ask back with the two likeliest meanings, then offer a person and the form. The sentence is kept."""

    def name(self) -> Text:
        return "action_clarify"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: Dict) -> List[Dict]:
        misses = (tracker.get_slot("misses") or 0) + 1
        if misses == 1:
            dispatcher.utter_message(response="utter_clarify", buttons=likeliest(tracker))
        else:
            dispatcher.utter_message(response="utter_clarify_again")
        said = Said.of(tracker)
        kept = [*(tracker.get_slot("told") or []), *([said.text] if said.text else [])]
        return [SlotSet("misses", misses % 3), SlotSet("told", kept)]
