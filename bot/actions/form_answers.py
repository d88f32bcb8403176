"""What an answer to each question of the complaint form does to the draft."""

from __future__ import annotations

from typing import Any, Optional, Text

from actions import enterprise
from actions.draft import UNKNOWN, Draft
from actions.message import NO, YES, Said

SHORT_ANSWER = 24  # a longer answer tells more of the story


class FormAnswers:
    """One message and the draft it goes into; `_answer_<slot>` for each question."""

    def __init__(self, draft: Draft, said: Said, requested: Optional[Text], dispatcher: Any) -> None:
        self.draft, self.said, self.requested, self.dispatcher = draft, said, requested, dispatcher

    def say(self, response: Text, **values: Any) -> None:
        self.dispatcher.utter_message(response=response, **values)

    def _reopen(self, field: Text) -> None:
        draft = self.draft
        draft.correcting = field
        if field == "identity":
            draft.identity, draft.contact = None, None
        elif field == "agency":
            draft.agency_code, draft.region_code = None, None

    def _change(self, field: Text) -> None:
        """Take the new value when it came along, else ask for it."""
        draft, said = self.draft, self.said
        before = (draft.incident_time, draft.agency, draft.demand)
        if said.text:
            draft.note("更正", said.text)
            draft.take(said.understood, "", again=True)
        if (draft.incident_time, draft.agency, draft.demand) == before:
            self._reopen(field)

    def _tell_more(self, _is_skip: bool) -> None:
        if self.said.text:
            self.draft.tell(self.said.text, self.said.understood)

    def _speaks_of_something_else(self, asked: Text, is_found: bool) -> bool:
        """The answer tells of another thing than was asked: it is kept, and the question put once more."""
        understood = self.said.understood
        other = [
            understood.get(name)
            for name in ("incident_time", "agency", "region", "demand", "problem_types")
            if name != asked and not (asked == "agency" and name == "region")
        ]
        return not is_found and any(other) and self.draft.ask_again(asked)

    def _gives_another(self, field: Text) -> bool:
        """The whole answer is a date while the demand was asked."""
        found = self.said.understood.get(field)
        return bool(found) and len(self.said.text) <= 12 and self.draft.ask_again("demand")

    def _answer_correcting(self, is_skip: bool) -> None:
        field = self.said.field()
        if field:
            self._change(field)
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
        draft.take(said.understood, said.text, again=True)
        beside = draft.agency_code is None and self._speaks_of_something_else(
            "agency", bool(draft.region_code)
        )
        if beside or len(said.text) > SHORT_ANSWER:
            draft.tell(said.text, said.understood)
        else:
            draft.note("机关或地点", said.text)
        if beside:
            draft.agency = None
        elif draft.agency is None or (draft.agency_code is None and len(said.text) <= 40):
            draft.agency = said.text[:80]

    def _answer_incident_time(self, is_skip: bool) -> None:
        said, draft = self.said, self.draft
        value = said.entities.get("value")
        if is_skip or value:
            draft.incident_time = {"from": None, "to": None, "text": str(value or UNKNOWN)}
            return
        if not said.text:
            return
        draft.incident_time = None
        draft.take(said.understood, said.text)
        beside = draft.incident_time is None and self._speaks_of_something_else("incident_time", False)
        if beside or len(said.text) > SHORT_ANSWER:
            draft.told.append(said.text)
        else:
            draft.note("时间", said.text)
        if draft.incident_time is None and not beside:
            draft.incident_time = {"from": None, "to": None, "text": said.text[:60]}

    def _answer_demand(self, is_skip: bool) -> None:
        said, draft = self.said, self.draft
        value = said.entities.get("value")
        if is_skip:
            draft.demand = "依法处理"
        elif said.text and not said.understood.get("demand") and self._gives_another("incident_time"):
            draft.note("时间", said.text)
            draft.take(said.understood, said.text, again=True)
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
            if len(said.text) > SHORT_ANSWER:
                draft.tell(said.text, said.understood)
            if not code:
                named = (said.understood.get("enterprise") or {}).get("name")
                draft.enterprise_name = named or said.text[:60]

    def _answer_uscc(self, is_skip: bool) -> None:
        said, draft = self.said, self.draft
        code = enterprise.find(said.text) if said.text else None
        if is_skip or said.means("deny", NO):
            draft.uscc = ""
        elif code and enterprise.is_valid(code):
            draft.uscc = code
        elif said.text:
            if not code:
                draft.tell(said.text, said.understood)
            self.say("utter_bad_uscc")

    def _answer_identity(self, is_skip: bool) -> None:
        said, draft = self.said, self.draft
        if is_skip or said.means("deny", NO):
            draft.forget_identity()
        elif (
            said.entities.get("value") == "contact"
            or said.means("affirm", YES)
            or (said.text and draft.set_contact(said.text))
        ):
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
