"""The complaint form: asks only for what is missing, keeps every typed sentence.

One message may hold everything or one word; it may answer, correct, ask back,
stop, or call for help. Whatever it is, the form goes on where it was.
"""

from __future__ import annotations

from typing import Dict, List, Text

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answers import answer_policy
from actions.draft import Draft
from actions.form_answers import FormAnswers
from actions.message import ANONYMOUS, BARE, CORRECT, NO, PERSONAL, SKIP, STOP, YES, Said
from actions.outcomes import tell_outcome

BARE_CALL = 8  # "还是匿名吧", "改一下时间": longer ones also tell something
ASIDES = {
    "bot_challenge": "utter_bot_challenge",
    "thanks": "utter_thanks_in_form",
    "abuse": "utter_abuse",
    "greet": "utter_greet_in_form",
}


class ValidateComplaintForm(Action):
    def name(self) -> Text:
        return "validate_complaint_form"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: Dict) -> List[Dict]:
        draft, said = Draft.of(tracker), Said.of(tracker)
        requested = tracker.get_slot("requested_slot") if tracker.active_loop.get("name") else None
        was_firm = draft.kind == "enterprise"
        step = _Step(draft, said, requested, dispatcher)
        step.take()
        if draft.kind == "enterprise" and not was_firm and said.intent != "green_channel":
            step.say("utter_green_channel_applies")
        next_slot = None if draft.outcome else draft.correcting or draft.missing()
        if next_slot is None and not draft.outcome:
            draft.outcome = "confirmed"
        if draft.stopping:
            # The question whether to stop is asked by its own words: nothing else is asked meanwhile.
            next_slot = "correcting"
        events = [SlotSet(name, value) for name, value in draft.slots().items()]
        return [*events, SlotSet("requested_slot", next_slot)]


class _Step(FormAnswers):
    """One message taken into the draft."""

    def take(self) -> None:
        if self.said.is_event:
            tell_outcome(self.dispatcher, self.said)
        elif self.requested is None:
            self._open()
        elif (
            self._danger()
            or self._stop()
            or self._aside()
            or (self.said.means("correct", CORRECT) and self._correct())
        ):
            return
        elif self.said.means("stay_anonymous", ANONYMOUS):
            self.draft.forget_identity()
            self.draft.correcting = None
            if len(self.said.text) > BARE_CALL:
                self.draft.tell(self.said.text, self.said.understood)
            self.say("utter_anonymous_is_fine")
        else:
            self._answer()

    def _open(self) -> None:
        said, draft = self.said, self.draft
        if said.intent == "green_channel":
            draft.kind = "enterprise"
            self.say("utter_green_channel_starts")
        self._danger()
        if said.text and not BARE.match(said.text):
            draft.tell(said.text, said.understood)
            if PERSONAL.match(said.text):
                draft.what = None
            if ANONYMOUS.search(said.text):
                draft.forget_identity()
            if draft.missing() == "confirmed":
                return
            if draft.what:
                self.say("utter_heard")
        else:
            self.say("utter_form_starts")

    def _danger(self) -> bool:
        said, draft = self.said, self.draft
        if not (said.understood.get("danger") or said.intent == "emergency") or draft.danger_shown:
            return False
        draft.danger_shown = True
        self.say("utter_emergency")
        self.dispatcher.utter_message(json_message={"command": "emergency"})
        if self.requested is not None and said.text:
            draft.tell(said.text, said.understood)
        return self.requested is not None

    def _stop(self) -> bool:
        said, draft = self.said, self.draft
        if draft.stopping:
            draft.stopping = None
            if said.means("stop_filing", STOP) or said.means("affirm", YES):
                draft.outcome = "stopped"
                self.say("utter_stopped")
                return True
            if said.is_button or said.means("deny", NO):
                self.say("utter_goes_on")
                return True
            self.say("utter_goes_on")
            draft.tell(said.text, said.understood)
            return True
        if said.means("stop_filing", STOP):
            draft.stopping = True
            self.say("utter_ask_stop")
            return True
        return False

    def _aside(self) -> bool:
        """A question or a word beside the matter: answered, then the form goes on."""
        said = self.said
        if said.asks():
            answer_policy(self.dispatcher, said)
            if said.text:
                self.draft.note("提问", said.text)
            return True
        if said.intent == "talk_to_human" and (said.is_button or said.is_short):
            self.dispatcher.utter_message(json_message={"command": "hand_over", "reason": "请求人工"})
            if len(said.text) > BARE_CALL:
                self.draft.tell(said.text, said.understood)
            return True
        is_beside = said.intent == "abuse" or not said.understood.get("problem_types")
        if said.intent in ASIDES and (said.is_button or said.is_short) and is_beside:
            if self.requested in ("contact", "agency", "enterprise_name") and not said.is_button:
                return False
            self.say(ASIDES[said.intent])
            if said.intent == "abuse":
                self.draft.tell(said.text, {})
            return True
        return False

    def _correct(self) -> bool:
        """Change an item: at once when the new value came along, else by asking for it."""
        said, draft = self.said, self.draft
        field = said.field()
        if field is None:
            if self.requested != "confirmed":
                return False
            draft.correcting = "correcting"
            if len(said.text) > BARE_CALL:
                draft.note("更正", said.text)
            return True
        draft.correcting = None
        self._change(field)
        return True

    def _answer(self) -> None:
        """The message answers what was asked last (or tells more)."""
        slot, said, draft = self.requested, self.said, self.draft
        draft.correcting = None
        is_skip = said.means("skip", SKIP)
        getattr(self, f"_answer_{slot}", self._tell_more)(is_skip)
        del said
