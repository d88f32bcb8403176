"""Take in what the hotline says of a shared case, fact by fact, as domain/data/shared_case.csv says.

Nothing said is lost: what does not hold stands in the lead's history, and what both sides changed at the
same time is listed there with both values.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from connectors.hotline12345.tables import state_of_lead
from intake.domain import lifecycle, privacy
from intake.domain.shared_case import Rule, Vector, Verdict, rule, verdict
from intake.domain.sla import LOCAL
from intake.services.plan_fetches import plan_fetches
from intake.services.tell_hotline import read_vector
from intake.store.lead_filters import ASKS_A_PERSON, RETURNED, TAKEN_BACK
from intake.store.tables import Lead, SharedCase
from intake.store.unit_of_work import UnitOfWork

MOST_WORDS = 2000
# Facts of ours that one and the same word of theirs speaks of too.
ALSO_THEIRS = {"stage": "status", "answer_by": "deadline"}
KEPT = {
    "ours": "两边同时改动，以我方为准",
    "theirs": "两边同时改动，以对方为准",
    "both": "两边同时改动，都保留",
    "take": "已更新",
    "note": "只记录，以我方为准",
    "seal": "已更新",
    "late": "迟到的旧消息，只记录",
    "person": "需要人工处理",
    "reopen": "两边都退回，已回到待研判",
}


@dataclass(frozen=True, slots=True)
class Message:
    """told: fact to what they say of it (domain/shared_case.py); revision: their 来源版本."""

    told: dict[str, Any]
    revision: object
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Heard:
    """words: for the history, [{"fact", "label", "theirs", "kept", "ours"?}]; is_news: their state is news to the citizen.

    has_reply: their answer is now the citizen's answer
    """

    words: list[dict[str, str]]
    is_news: bool = False
    has_reply: bool = False


async def hear(lead: Lead, message: Message, *, source: str, uow: UnitOfWork) -> Heard:
    """Apply one message of theirs; the caller records it."""
    case = await uow.shared.of(lead.id)
    # Without a vector they are taken to know what they have acknowledged, and nothing later.
    told = read_vector(message.revision) or Vector(case.acked, case.theirs + 1)
    scene = _Scene(lead, case, message, source, uow)
    words: list[dict[str, str]] = []
    actions: dict[str, str] = {}
    for fact, value in message.told.items():
        found = rule(fact, case.held_by)
        judged = verdict(found, uow.shared.changed(case, fact), told)
        before = our_words(fact, lead, case)
        actions[fact] = _action(found, judged)
        await _apply(actions[fact], fact, value, scene)
        if not _is_said_already(found, judged, message.told, actions[fact]):
            words.append(_words(found, judged, value, before))
    uow.shared.they_changed(case, message.told, told)
    return Heard(
        words,
        is_news=actions.get("status") == "take",
        has_reply=actions.get("public_reply") == "take",
    )


def _is_said_already(found: Rule, judged: Verdict, told: dict[str, Any], action: str) -> bool:
    """Whether the record of the message says it: their state is its label, and what we only note of it is theirs."""
    if judged.is_conflict:
        return False
    if found.fact == "status" and action == "take":
        return True
    if action in ("add", "flag"):
        return True
    return ALSO_THEIRS.get(found.fact) in told


def known_facts(lead: Lead, case: SharedCase) -> dict[str, Any]:
    """What we hold of the facts that only count when they differ."""
    return {"lead_no": lead.number, "work_order_no": lead.hotline_no, "status": lead.hotline_status}


def _action(found: Rule, judged: Verdict) -> str:
    """What is done: a conflict that they win is taken, one that we win is noted, the rest is as if only they changed."""
    if not judged.is_conflict:
        return judged.action
    # Both sides saying the same, as when the complainant withdrew at both, leaves nothing to decide.
    beside = "note" if found.they_changed == "person" else found.they_changed
    return {"theirs": "take", "ours": "note", "both": beside}.get(judged.action, judged.action)


@dataclass(frozen=True, slots=True)
class _Scene:
    lead: Lead
    case: SharedCase
    message: Message
    source: str
    uow: UnitOfWork


async def _apply(action: str, fact: str, value: Any, scene: _Scene) -> None:
    lead, case = scene.lead, scene.case
    if action == "take":
        _TAKEN[fact](lead, case, value)
    elif action == "flag" and fact not in lead.flags:
        lead.flags = [*lead.flags, fact]
    elif action == "person":
        lead.hotline_status = TAKEN_BACK if fact == "withdrawn" else RETURNED
    elif action == "reopen":
        _reopen(lead, case)
    elif action == "add" and fact == "attachments":
        await plan_fetches(lead, scene.source, value, at=scene.message.at, uow=scene.uow)
    elif action == "add" and fact == "content" and lead.stage == "L11":
        # What a person asked for has come, by the other way.
        lead.stage, lead.stage_before = lead.stage_before or lifecycle.FIRST_STAGE, None


def _reopen(lead: Lead, case: SharedCase) -> None:
    """The clocks go on as they were: they began with the complaint."""
    lead.stage, lead.hotline_status, case.held_by = lifecycle.FIRST_STAGE, RETURNED, "us"
    lead.is_confirmed, lead.needs_human = False, True


def _take_status(lead: Lead, _case: SharedCase, value: Any) -> None:
    if lead.hotline_status not in ASKS_A_PERSON:
        lead.hotline_status = str(value)[:32]


def _take_reply(lead: Lead, _case: SharedCase, value: Any) -> None:
    lead.public_reply = privacy.mask(str(value))[:MOST_WORDS]


def _take_deadline(_lead: Lead, case: SharedCase, value: Any) -> None:
    case.hotline_deadline = dt.datetime.fromisoformat(str(value)).astimezone(dt.UTC)


def _take_number(lead: Lead, _case: SharedCase, value: Any) -> None:
    lead.hotline_no = str(value)[:64]


_TAKEN: dict[str, Callable[[Lead, SharedCase, Any], None]] = {
    "status": _take_status,
    "public_reply": _take_reply,
    "deadline": _take_deadline,
    "work_order_no": _take_number,
}


def our_words(fact: str, lead: Lead, case: SharedCase) -> str:
    """What we hold of a fact, in words for the history; "" where there is nothing to show."""
    told = state_of_lead(lead.stage)
    held: dict[str, Any] = {
        "stage": lifecycle.stages()[lead.stage].label,
        "status": told.status if told else "",
        "public_reply": lead.public_reply,
        "answer_by": _day(lead.answer_by),
        "deadline": _day(case.hotline_deadline),
        "urgency": lead.urgency,
        "agency": lead.agency_name,
        "work_order_no": lead.hotline_no,
        "lead_no": lead.number,
    }
    return str(held.get(fact) or "")


def _day(at: dt.datetime | None) -> str:
    return at.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M") if at else ""


def _words(found: Rule, judged: Verdict, value: Any, before: str) -> dict[str, str]:
    """One line of the history."""
    key = "late" if judged.is_late and judged.action == "note" else judged.action
    line = {
        "fact": found.fact,
        "label": found.label,
        "theirs": _theirs(found, value),
        "kept": KEPT[key],
    }
    if judged.is_conflict:
        return line | {"ours": before, "conflict": "1"}
    return line | {"before": before} if key == "take" and before else line


def _theirs(found: Rule, value: Any) -> str:
    if found.they_changed == "seal":
        return "（密封保存）"
    if isinstance(value, list):
        return f"{len(value)} 项"
    if found.fact in ("deadline", "answer_by"):
        return _day(dt.datetime.fromisoformat(str(value)))
    return privacy.mask(str(value))[:MOST_WORDS]
