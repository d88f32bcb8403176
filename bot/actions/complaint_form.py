"""The complaint form: asks only for what is missing, keeps every typed sentence.

One message may hold everything or one word; it may answer, correct, ask back,
stop, or call for help. Whatever it is, the form goes on where it was.
"""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Text

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import enterprise
from actions.answers import answer_policy
from actions.draft import UNKNOWN, Draft
from actions.message import ANONYMOUS, BARE, CORRECT, NO, PERSONAL, SKIP, STOP, YES, Said
from actions.outcomes import tell_outcome

SHORT_ANSWER = 24  # a longer answer tells more of the story
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
        step = _Step(draft, said, requested, dispatcher)
        step.take()
        next_slot = None if draft.outcome else draft.correcting or draft.missing()
        if next_slot is None and not draft.outcome:
            draft.outcome = "confirmed"
        if draft.stopping:
            # The question whether to stop is asked by its own words: nothing else is asked meanwhile.
            next_slot = "correcting"
        events = [SlotSet(name, value) for name, value in draft.slots().items()]
        return [*events, SlotSet("requested_slot", next_slot)]


class _Step:
    """One message taken into the draft."""

    def __init__(self, draft: Draft, said: Said, requested: Optional[Text], dispatcher: Any) -> None:
        self.draft, self.said, self.requested, self.dispatcher = draft, said, requested, dispatcher

    def say(self, response: Text, **values: Any) -> None:
        self.dispatcher.utter_message(response=response, **values)

    def take(self) -> None:
        if self.said.is_event:
            tell_outcome(self.dispatcher, self.said)
        elif self.requested is None:
            self._open()
        elif self._danger() or self._stop() or self._aside() or (self.said.means("correct", CORRECT) and self._correct()):
            return
        elif self.said.means("stay_anonymous", ANONYMOUS):
            self.draft.forget_identity()
            self.draft.correcting = None
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
        if draft.kind == "enterprise" and said.intent != "green_channel":
            self.say("utter_green_channel_applies")

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
            return True
        if said.intent == "talk_to_human" and (said.is_button or said.is_short):
            self.dispatcher.utter_message(json_message={"command": "hand_over", "reason": "请求人工"})
            return True
        if (
            said.intent in ASIDES
            and (said.is_button or said.is_short)
            and not said.understood.get("problem_types")
        ):
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
            return True
        draft.correcting = None
        before = (draft.incident_time, draft.agency, draft.demand)
        if said.text:
            draft.note("更正", said.text)
            draft.take(said.understood, "", again=True)
        if (draft.incident_time, draft.agency, draft.demand) == before:
            self._reopen(field)
        return True

    def _reopen(self, field: Text) -> None:
        draft = self.draft
        draft.correcting = field
        if field == "identity":
            draft.identity, draft.contact = None, None
        elif field == "agency":
            draft.agency_code, draft.region_code = None, None

    def _answer(self) -> None:
        """The message answers what was asked last (or tells more)."""
        slot, said, draft = self.requested, self.said, self.draft
        draft.correcting = None
        is_skip = said.means("skip", SKIP)
        getattr(self, f"_answer_{slot}", self._tell_more)(is_skip)
        del said

    def _tell_more(self, _is_skip: bool) -> None:
        if self.said.text:
            self.draft.tell(self.said.text, self.said.understood)

    def _answer_correcting(self, is_skip: bool) -> None:
        field = self.said.field()
        if field:
            self._reopen(field)
        else:
            self._tell_more(is_skip)

    def _answer_scope_choice(self, _is_skip: bool) -> None:
        said, draft = self.said, self.draft
        route = said.entities.get("route")
        if route in ("file", "hotline"):
            draft.scope_choice = route
        elif said.means("deny", NO):
            draft.stopping = True
            self.say("utter_ask_stop")
        else:
            draft.scope_choice = "file" if not said.means("affirm", YES) else "hotline"
            if said.text and not said.means("affirm", YES):
                draft.tell(said.text, said.understood)

    def _answer_what(self, is_skip: bool) -> None:
        if self.said.text and not is_skip:
            self.draft.told.append(self.said.text)
            self.draft.take(self.said.understood, self.said.text)
            self.draft.what = "told"
        elif is_skip:
            self.say("utter_what_is_needed")

    def _answer_agency(self, is_skip: bool) -> None:
        said, draft = self.said, self.draft
        if is_skip:
            draft.agency = UNKNOWN
            return
        if not said.text:
            return
        if len(said.text) > SHORT_ANSWER:
            draft.tell(said.text, said.understood)
        else:
            draft.note("机关或地点", said.text)
        draft.take(said.understood, said.text, again=True)
        if draft.agency is None or (draft.agency_code is None and len(said.text) <= 40):
            draft.agency = said.text[:80]

    def _answer_incident_time(self, is_skip: bool) -> None:
        said, draft = self.said, self.draft
        value = said.entities.get("value")
        if is_skip or value:
            draft.incident_time = {"from": None, "to": None, "text": str(value or UNKNOWN)}
            return
        if not said.text:
            return
        if len(said.text) > SHORT_ANSWER:
            draft.told.append(said.text)
        else:
            draft.note("时间", said.text)
        draft.incident_time = None
        draft.take(said.understood, said.text)
        if draft.incident_time is None:
            draft.incident_time = {"from": None, "to": None, "text": said.text[:60]}

    def _answer_demand(self, is_skip: bool) -> None:
        said, draft = self.said, self.draft
        value = said.entities.get("value")
        if is_skip:
            draft.demand = "依法处理"
        elif value or said.text:
            draft.demand = str(value or said.text)[:500]
            if said.text:
                draft.note("诉求", said.text)
                draft.take(said.understood, said.text)

    def _answer_enterprise_name(self, is_skip: bool) -> None:
        said, draft = self.said, self.draft
        if said.means("deny") or said.entities.get("value") == "person":
            draft.kind, draft.enterprise_name, draft.uscc = "person", None, None
        elif is_skip:
            draft.enterprise_name = ""
        elif said.text:
            code = enterprise.find(said.text)
            if code and enterprise.is_valid(code):
                draft.uscc = code
            draft.enterprise_name = said.text[:60] if not code else draft.enterprise_name

    def _answer_uscc(self, is_skip: bool) -> None:
        said, draft = self.said, self.draft
        code = enterprise.find(said.text) if said.text else None
        if is_skip or said.means("deny", NO):
            draft.uscc = ""
        elif code and enterprise.is_valid(code):
            draft.uscc = code
        elif said.text:
            self.say("utter_bad_uscc")

    def _answer_identity(self, is_skip: bool) -> None:
        said, draft = self.said, self.draft
        if is_skip or said.means("deny", NO):
            draft.forget_identity()
        elif said.entities.get("value") == "contact" or said.means("affirm", YES) or (said.text and draft.set_contact(said.text)):
            draft.identity = "contact"
        elif said.text:
            draft.tell(said.text, said.understood)

    def _answer_contact(self, is_skip: bool) -> None:
        said, draft = self.said, self.draft
        if is_skip or said.means("deny", NO):
            draft.forget_identity()
        elif said.text and not draft.set_contact(said.text):
            draft.tell(said.text, said.understood)
            self.say("utter_contact_not_found")

    def _answer_confirmed(self, _is_skip: bool) -> None:
        said, draft = self.said, self.draft
        if said.means("affirm", YES):
            draft.confirmed = "yes"
        elif said.means("deny", NO):
            draft.correcting = "correcting"
        elif said.text:
            # More of the story, or the new thing said outright: kept, and read back again.
            draft.tell(said.text, said.understood)
            self.say("utter_added")
