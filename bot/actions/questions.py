"""Questions whose words depend on what was told: the summary, what to change, whose business it is."""

from __future__ import annotations

from typing import Any, Dict, List, Text

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.draft import Draft

REFERRED = {"SC10", "SC11", "SC20", "SC30", "SC50", "SC70", "SC90", "SC91", "SC92"}
LONGEST = 180


def summary(draft: Draft) -> Text:
    """What will be filed, line by line, with the numbers the buttons use."""
    story = draft.story()
    if len(story) > LONGEST:
        story = story[:LONGEST] + f"……（共 {sum(len(t) for t in draft.told)} 字，全文都会提交）"
    contact = draft.contact or {}
    who = (
        "匿名"
        if draft.identity != "contact"
        else "、".join(v for v in (contact.get("name"), contact.get("phone")) if v)
    )
    lines = [
        f"事情：{story}",
        f"机关或地点：{draft.agency or '未说明'}",
        f"时间：{(draft.incident_time or {}).get('text') or '未说明'}",
        f"诉求：{draft.demand or '未说明'}",
    ]
    if draft.kind == "enterprise":
        code = f"（{draft.uscc}）" if draft.uscc else ""
        lines.append(f"企业：{draft.enterprise_name or '未填名称'}{code}，走民企绿色通道")
    return "\n".join([*lines, f"联系：{who}"])


class AskConfirmed(Action):
    def name(self) -> Text:
        return "action_ask_confirmed"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: Dict) -> List[Dict]:
        dispatcher.utter_message(response="utter_ask_confirm", summary_text=summary(Draft.of(tracker)))
        return []


class AskCorrecting(Action):
    def name(self) -> Text:
        return "action_ask_correcting"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: Dict) -> List[Dict]:
        if not tracker.get_slot("stopping"):
            dispatcher.utter_message(response="utter_which_item")
        return []


class AskScopeChoice(Action):
    def name(self) -> Text:
        return "action_ask_scope_choice"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: Dict) -> List[Dict]:
        scope: Any = tracker.get_slot("scope")
        dispatcher.utter_message(response=f"utter_refer_{scope if scope in REFERRED else 'SC10'}")
        return []
