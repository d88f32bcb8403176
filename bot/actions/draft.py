"""The complaint as told so far: the form's slots as one value."""

from __future__ import annotations

import re
import uuid
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Dict, List, Optional, Text, Tuple

from actions import enterprise

PHONE = re.compile(r"⟨手机号\d+⟩")
UNKNOWN = "不清楚"
# Scopes that a supervision desk takes anyway: the form asks no choice about them.
OURS = {"SC00", "SC40", "SC41", "SC71", "SC80", "SC81", "SC60", "SC82"}
LABELLED = re.compile(r"(机关或地点|时间|诉求|更正|提问)：")
# What makes a few words a name rather than a remark: said so, or a title, or as short as a name.
_NAMED = re.compile(r"我叫|我姓|姓名|名字|叫我|称呼|(女士|先生|老师|师傅)$")
_NOT_NAMED = re.compile(r"[了过着来去]|还有|他们|她们|没|不")
_CLAUSE = re.compile(r"[，。；！？,;!?\n]+")
_CONTACT_WORDS = re.compile(r"我叫|我姓|姓名|名字|叫做|电话|手机号?|号码|联系方式|是|：|:|，|,|。|；|;|\s")


@dataclass
class Draft:
    """A field is None until it is known; an answer that a person does not want to give is UNKNOWN or ""."""

    told: List[Text] = field(default_factory=list)
    what: Optional[Text] = None
    agency: Optional[Text] = None
    agency_code: Optional[Text] = None
    region_code: Optional[Text] = None
    incident_time: Optional[Dict[Text, Any]] = None
    demand: Optional[Text] = None
    kind: Optional[Text] = None
    enterprise_name: Optional[Text] = None
    uscc: Optional[Text] = None
    identity: Optional[Text] = None
    contact: Optional[Dict[Text, Any]] = None
    scope: Optional[Text] = None
    scope_choice: Optional[Text] = None
    danger_shown: Optional[bool] = None
    stopping: Optional[bool] = None
    correcting: Optional[Text] = None
    form_run: Optional[Text] = None
    outcome: Optional[Text] = None
    confirmed: Optional[Text] = None
    # Questions that were put a second time because the answer spoke of something else.
    asked_again: List[Text] = field(default_factory=list)

    @classmethod
    def of(cls, tracker: Any) -> "Draft":
        """The draft in a tracker's slots; a new run id when there is none."""
        values = {f.name: tracker.get_slot(f.name) for f in fields(cls)}
        values["told"] = list(values["told"] or [])
        values["asked_again"] = list(values["asked_again"] or [])
        values["form_run"] = values["form_run"] or uuid.uuid4().hex
        return cls(**values)

    def slots(self) -> Dict[Text, Any]:
        return asdict(self)

    def missing(self) -> Optional[Text]:
        """The next thing to ask, None when everything is there and confirmed."""
        for slot, is_needed in (
            ("scope_choice", self.scope is not None and self.scope_choice is None),
            ("what", self.what is None),
            ("agency", self.agency is None),
            ("incident_time", self.incident_time is None),
            ("demand", self.demand is None),
            ("enterprise_name", self.kind == "enterprise" and self.enterprise_name is None),
            ("uscc", self.kind == "enterprise" and self.uscc is None),
            ("identity", self.identity is None),
            ("contact", self.identity == "contact" and self.contact is None),
            ("confirmed", self.confirmed is None),
        ):
            if is_needed:
                return slot
        return None

    def note(self, label: Text, text: Text) -> None:
        """Keep the words of a short answer, marked by what they answer."""
        line = f"{label}：{text}" if len(text) <= 60 else text
        if line not in self.told:
            self.told.append(line)

    def story(self) -> Text:
        """What was told freely, without the short answers."""
        return "；".join(t.replace("\n", " ") for t in self.told if not LABELLED.match(t))

    def tell(self, text: Text, understood: Dict[Text, Any]) -> None:
        """Keep a sentence and take from it whatever is still missing."""
        if text not in self.told:
            self.told.append(text)
        self.take(understood, text)
        if self.what is None and self._is_told(understood):
            self.what = "told"

    def _is_told(self, understood: Dict[Text, Any]) -> bool:
        """Something happened in what was told; a mere opening (我想反映个事情) is no story yet."""
        if understood.get("problem_types"):
            return True
        if understood and "conduct" in (understood.get("missing") or []):
            return len("".join(self.told)) >= 30
        return len("".join(self.told)) >= 12

    def ask_again(self, question: Text) -> bool:
        """Whether a question may be put once more; never a third time."""
        if question in self.asked_again:
            return False
        self.asked_again.append(question)
        return True

    def take(self, understood: Dict[Text, Any], text: Text, *, again: bool = False) -> None:
        """Fill from what was understood; `again` overwrites what was there (a correction)."""
        self._take_agency(understood, again)
        when = understood.get("incident_time")
        if when and (again or self.incident_time is None):
            self.incident_time = when
        demand = understood.get("demand")
        if demand and (again or self.demand is None):
            self.demand = demand
        self._take_enterprise(understood)
        scope = (understood.get("scope") or {}).get("code")
        score = (understood.get("scope") or {}).get("score") or 0.0
        if self.scope is None and scope and scope not in OURS and score >= 0.5 and len(text) >= 8:
            self.scope = scope
        if PHONE.search(text) and self.identity is None:
            self.identity, self.contact = "contact", {"name": None, "phone": PHONE.search(text).group()}

    def _take_agency(self, understood: Dict[Text, Any], again: bool) -> None:
        agency, region = understood.get("agency"), understood.get("region")
        if agency and (again or self.agency is None or self.agency_code is None):
            self.agency, self.agency_code = agency["name"], agency["code"]
        if region and (again or self.region_code is None):
            self.region_code = region["code"]
        if self.agency is None and understood and "agency" not in (understood.get("missing") or ["agency"]):
            self.agency = region["name"] if region else "投诉内容中已说明"

    def _take_enterprise(self, understood: Dict[Text, Any]) -> None:
        green = understood.get("green_channel") or {}
        named = understood.get("enterprise") or {}
        # GC08, a vendor who may have no licence: the ordinary way, unless the person says otherwise.
        is_firm = green.get("result") in ("eligible", "eligible_pending") and green.get("code") != "GC08"
        if is_firm and self.kind is None:
            self.kind = "enterprise"
        if self.kind == "enterprise" and named.get("name") and self.enterprise_name is None:
            self.enterprise_name = named["name"]
        if named.get("uscc") and enterprise.is_valid(named["uscc"]):
            self.kind, self.uscc = "enterprise", named["uscc"]

    def set_contact(self, text: Text) -> bool:
        """Name and phone out of an answer, the rest of it into the story; False when there is neither."""
        phone = PHONE.search(text)
        about, rest = _contact_and_rest(text)
        name = _CONTACT_WORDS.sub("", about)
        if not (1 if _NAMED.search(about) else 2) <= len(name) <= 12:
            name = ""
        if not phone and not name:
            return False
        if rest and rest not in self.told:
            self.told.append(rest)
        self.contact = {"name": name or None, "phone": phone.group() if phone else None}
        return True

    def forget_identity(self) -> None:
        self.identity, self.contact = "anonymous", None

    def command(self) -> Dict[Text, Any]:
        """The one command of a filed form, for intake."""
        contact = self.contact or {}
        return {
            "command": "file_complaint",
            "form_run": self.form_run,
            "complaint": {
                "text": "\n".join(self.told),
                "agency_text": None if self.agency == UNKNOWN else self.agency,
                "agency_code": self.agency_code,
                "region_code": self.region_code,
                "incident_time": self.incident_time
                if self.incident_time and self.incident_time.get("from")
                else None,
                "demand": self.demand or None,
                "kind": self.kind or "person",
                "anonymous": self.identity != "contact",
                "name": contact.get("name"),
                "phone": contact.get("phone"),
                "enterprise_name": self.enterprise_name or None,
                "uscc": self.uscc or None,
            },
        }


def _contact_and_rest(text: Text) -> Tuple[Text, Text]:
    """The clause that names the person, and the clauses that tell something else; phones in neither."""
    names, rest = [], []
    for clause in _CLAUSE.split(PHONE.sub("", text)):
        bare = _CONTACT_WORDS.sub("", clause)
        is_name = bool(_NAMED.search(clause)) or (len(bare) <= 4 and not _NOT_NAMED.search(bare))
        if bare:
            (names if is_name and not names and len(bare) <= 12 else rest).append(clause.strip())
    return "".join(names), "，".join(rest)
