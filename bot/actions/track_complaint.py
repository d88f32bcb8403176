"""Progress, supplement, withdrawal, rating: each needs the number and the query code."""

from __future__ import annotations

import re
from typing import Any, Dict, List, Optional, Text

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answers import answer_policy
from actions.message import NO, SKIP, STOP, Said
from actions.outcomes import tell_outcome

NUMBER = re.compile(r"XS[0-9A-Z]{11}", re.IGNORECASE)
CODE = re.compile(r"⟨查询码\d+⟩")
TASKS = {"query_progress": "track", "supplement": "supplement", "withdraw": "withdraw", "rate": "rate"}
SLOTS = ("case_task", "number", "query_code", "case_text", "score", "misses")
# The talk that filed a complaint may add to it without the code: adding tells nothing about it.
THIS_TALK = "this talk"
_ADDS = re.compile(
    r"^(?:对了|哦|噢|还有|另外|那个|[，,、 ])*(?:我|俺)?(?:还)?(?:要|想|得|再|来)*(?:补充|追加|加上?)(?:一下|一点|点|一些|些|个)?(?:材料|内容|情况|说明|证据)?[：:，,。 ]*"
)
_SCORE = re.compile(r"[1-5１-５一二三四五]")
_DIGITS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5}


class ValidateCaseForm(Action):
    def name(self) -> Text:
        return "validate_case_form"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: Dict) -> List[Dict]:
        said = Said.of(tracker)
        values = {slot: tracker.get_slot(slot) for slot in SLOTS}
        requested = tracker.get_slot("requested_slot") if tracker.active_loop.get("name") else None
        stopped = False
        if said.is_event:
            tell_outcome(dispatcher, said)
        elif said.means("stop_filing", STOP) or (requested and said.means("deny", NO)):
            stopped = True
        elif requested and said.asks():
            answer_policy(dispatcher, said)
        else:
            if requested is None:
                values = _opened(said, tracker.get_slot("last_number"))
            _read(values, said, requested, dispatcher)
        next_slot = None if stopped else _missing(values)
        if stopped:
            dispatcher.utter_message(response="utter_bye")
            values = dict.fromkeys(SLOTS)
        return [*(SlotSet(k, v) for k, v in values.items()), SlotSet("requested_slot", next_slot)]


def _opened(said: Said, last_number: Optional[Text]) -> Dict[Text, Any]:
    """Slots at the first words; what adds to the complaint just filed needs neither number nor code."""
    values: Dict[Text, Any] = dict.fromkeys(SLOTS)
    values["case_task"] = TASKS.get(said.intent, "track")
    if values["case_task"] == "supplement" and last_number and not NUMBER.search(said.text):
        values.update(number=last_number, query_code=THIS_TALK)
        more = _ADDS.sub("", said.text)
        if len(more) >= 4:
            values["case_text"] = more
    return values


def _read(values: Dict[Text, Any], said: Said, requested: Optional[Text], dispatcher: Any) -> None:
    number, code = NUMBER.search(said.text), CODE.search(said.text)
    if number:
        values["number"] = number.group().upper()
    if code:
        values["query_code"] = code.group()
    if requested in ("number", "query_code") and said.text and not (number or code):
        values["misses"] = (values["misses"] or 0) + 1
        dispatcher.utter_message(
            response="utter_number_not_found" if requested == "number" else "utter_code_not_found"
        )
    if requested == "case_text" and said.text:
        values["case_text"] = said.text
    elif requested == "score":
        _read_score(values, said)


def _read_score(values: Dict[Text, Any], said: Said) -> None:
    if said.is_button or said.text:
        found = _SCORE.search(str(said.entities.get("score") or said.text))
        if found:
            values["score"] = _DIGITS.get(found.group()) or int(found.group())
        elif said.means("skip", SKIP):
            values["score"] = 3


def _missing(values: Dict[Text, Any]) -> Optional[Text]:
    """The next thing to ask; after three misses a person should help instead."""
    if (values["misses"] or 0) >= 3:
        return None
    for slot, tasks in (
        ("number", None),
        ("query_code", None),
        ("case_text", {"supplement"}),
        ("score", {"rate"}),
    ):
        if values[slot] is None and (tasks is None or values["case_task"] in tasks):
            return slot
    return None


class SubmitCase(Action):
    def name(self) -> Text:
        return "action_submit_case"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: Dict) -> List[Dict]:
        values = {slot: tracker.get_slot(slot) for slot in SLOTS}
        if values["number"] and values["query_code"] and values["case_task"]:
            command = {
                "command": values["case_task"],
                "number": values["number"],
                "query_code": "" if values["query_code"] == THIS_TALK else values["query_code"],
            }
            if values["case_task"] == "supplement":
                command["text"] = values["case_text"]
            if values["case_task"] == "rate":
                command["score"] = values["score"]
            dispatcher.utter_message(json_message=command)
        elif (values["misses"] or 0) >= 3:
            dispatcher.utter_message(response="utter_case_needs_help")
        return [SlotSet(slot, None) for slot in SLOTS]
