"""The end of the complaint form: the command, or nothing when the person stopped."""

from __future__ import annotations

from dataclasses import fields
from typing import Dict, List, Text

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.draft import Draft


class SubmitComplaint(Action):
    def name(self) -> Text:
        return "action_submit_complaint"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: Dict) -> List[Dict]:
        draft = Draft.of(tracker)
        if draft.outcome == "confirmed":
            dispatcher.utter_message(json_message=draft.command())
        return [SlotSet(f.name, None) for f in fields(Draft)]
