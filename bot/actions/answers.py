"""Answers to questions of policy, and which one a question means."""

from __future__ import annotations

from typing import Any

from actions.message import Said
from components.story_gate import SURE_ANSWER


def answer_policy(dispatcher: Any, said: Said) -> None:
    """Utter the best answer, or say that a person knows better."""
    if said.entities.get("value"):
        dispatcher.utter_message(response=f"utter_ask_policy/{said.entities['value']}")
        return
    best = said.answers[0] if said.answers else None
    if best is None or best["confidence"] < SURE_ANSWER:
        dispatcher.utter_message(response="utter_no_answer")
        return
    dispatcher.utter_message(response=f"utter_{best['name']}")
