"""Enter a complaint for somebody who calls, writes or comes by (话务登记): understanding while one types, then filing.

Nothing of a draft is stored or logged. Similar leads are those the member of staff may see anyway.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from intake.domain.classification import Classification
from intake.domain.conflict import Viewer
from intake.domain.errors import FieldProblem, Forbidden, Malformed
from intake.services.file_complaint import Receipt, file_complaint, lead_from
from intake.services.house import House
from intake.services.new_complaint import NewComplaint
from intake.services.similar_leads import Similar, similar_leads
from intake.services.understand import understand
from intake.store.crypto import CannotOpen
from intake.store.tables import Complaint

MAY_ENTER = frozenset({"hotline_operator", "supervisor", "city_supervisor", "green_channel_desk"})
CHANNELS = {"phone": "电话", "letter": "来信", "visit": "来访"}
# What to ask next, by what is missing (see domain/classification.py).
QUESTIONS = {
    "agency": "是哪个单位的人，在什么地方？",
    "conduct": "他们具体做了什么，或者该做什么没有做？",
    "time": "是什么时候的事？",
    "demand": "您希望怎么解决？",
}
SHORTEST = 6


@dataclass(frozen=True, slots=True)
class Draft:
    """understood: None while there is too little text; similar: perhaps the same matter."""

    understood: Classification | None
    questions: tuple[str, ...]
    similar: tuple[Similar, ...]


async def read_draft(new: NewComplaint, *, viewer: Viewer, house: House) -> Draft:
    """What the words typed so far say. raises: Forbidden"""
    check_operator(viewer)
    if len(new.text) < SHORTEST:
        return Draft(None, (), ())
    understood = understand(new.text, house=house)
    # Neither row is ever stored: they carry what the comparison looks at.
    complaint = Complaint(
        text=new.text,
        channel=new.channel,
        complainant_kind=new.complainant.kind,
        is_anonymous=True,
        enterprise_name=new.complainant.enterprise_name,
        uscc=new.complainant.uscc,
        idempotency_key="",
        request_hash="",
        received_at=house.clock(),
    )
    lead = lead_from(new, complaint, understood, number="", house=house)
    similar = await similar_leads(lead, complaint, viewer, house=house)
    missing = [m for m in understood.missing if not (m == "demand" and new.demand)]
    return Draft(understood, tuple(QUESTIONS[m] for m in missing if m in QUESTIONS), similar)


async def take_call(new: NewComplaint, *, viewer: Viewer, house: House) -> Receipt:
    """File it; the same form sent twice is one complaint. The history names who entered it.

    raises: Forbidden, Malformed, KeyReused
    """
    check_operator(viewer)
    if new.channel not in CHANNELS:
        raise Malformed(FieldProblem("channel", "unknown_channel", "请选择电话、来信或者来访。"))
    return await file_complaint(new, house=house, entered_by=viewer.account)


def put_aside(phone: str, *, viewer: Viewer, house: House) -> str:
    """The caller's number as a sealed word for the form: a page that comes back never shows it again."""
    return base64.urlsafe_b64encode(house.store.keys.seal(phone, f"desk.phone:{viewer.account}")).decode()


def take_again(sealed: str, *, viewer: Viewer, house: House) -> str | None:
    """The number put aside by the same account; None when the word is not one of ours."""
    try:
        return str(house.store.keys.open(base64.urlsafe_b64decode(sealed), f"desk.phone:{viewer.account}"))
    except (CannotOpen, binascii.Error, IndexError, UnicodeDecodeError):
        return None


def check_operator(viewer: Viewer) -> None:
    """raises: Forbidden"""
    if viewer.role not in MAY_ENTER:
        raise Forbidden("您的角色不登记来电。")
