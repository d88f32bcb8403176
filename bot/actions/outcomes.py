"""What became of a command, told by intake as an external event, put into words."""

from __future__ import annotations

from typing import Any, Dict, List, Text

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.message import Said


def tell_outcome(dispatcher: Any, said: Said) -> None:
    """Words for an EXTERNAL_ event; values come as entities."""
    response = "utter_" + said.intent.replace("EXTERNAL_", "")
    if said.intent == "EXTERNAL_filed" and said.entities.get("green") == "yes":
        response = "utter_filed_green"
    dispatcher.utter_message(response=response, **{k: str(v) for k, v in said.entities.items()})


class TellOutcome(Action):
    def name(self) -> Text:
        return "action_tell_outcome"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: Dict) -> List[Dict]:
        said = Said.of(tracker)
        tell_outcome(dispatcher, said)
        if said.intent == "EXTERNAL_filed":
            return [SlotSet("last_number", said.entities.get("number"))]
        return []
