"""What a complainant can do with number and query code: look, add, withdraw, rate.

An unknown number and a wrong code give the same answer in about the same time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from intake.domain import lifecycle, privacy, receipts
from intake.domain.errors import FieldProblem, Malformed, NotFound, Withdrawn
from intake.services.attach_evidence import attach_evidence
from intake.services.house import House
from intake.services.index_lead import index_lead
from intake.services.new_complaint import MAX_TEXT, clean
from intake.services.secrets import slow_verify
from intake.services.tell_hotline import tell_hotline
from intake.services.tell_partners import tell_stage
from intake.store.tables import Lead, LeadEvent
from intake.store.unit_of_work import UnitOfWork

# Stages in which what was written for the citizen is the citizen's to read.
ANSWERED = ("L28", "L29", "L70", "L71", "L81", "L82")
WRONG_PAIR = "受理编号或查询码不对，请核对后再试。"


@dataclass(frozen=True, slots=True)
class Moment:
    at: dt.datetime
    label: str


@dataclass(frozen=True, slots=True)
class Progress:
    """What the complainant sees of a lead: no finding, no names of staff, no respondents."""

    number: str
    stage: str
    stage_label: str
    timeline: tuple[Moment, ...]
    decide_by: dt.datetime
    answer_by: dt.datetime
    is_provisional: bool
    public_reply: str | None
    questions: tuple[str, ...]
    hotline_no: str | None
    can_rate: bool
    is_open: bool


async def _proved(number: str, query_code: str, *, house: House) -> str:
    """The number, once the code is proved to belong to it.

    raises: NotFound, the same for both
    """
    number, query_code = receipts.tidy(number), receipts.tidy(query_code)
    async with house.store.look() as uow:
        lead = await uow.leads.by_number(number)
    if not await slow_verify(lead.code_hash if lead else None, query_code, house=house):
        raise NotFound(WRONG_PAIR)
    return number


async def _lead(number: str, uow: UnitOfWork) -> Lead:
    lead = await uow.leads.by_number(number)
    if lead is None:
        raise NotFound(WRONG_PAIR)
    return lead


async def track(number: str, query_code: str, *, house: House) -> Progress:
    """Progress of a complaint.

    raises: NotFound
    """
    number = await _proved(number, query_code, house=house)
    async with house.store.look() as uow:
        lead = await _lead(number, uow)
        return progress_of(lead, await uow.leads.events(lead.id))


def progress_of(lead: Lead, events: Sequence[LeadEvent]) -> Progress:
    """What its author may know of a lead."""
    stage = lifecycle.stages()[lead.stage]
    questions = tuple(e.details["question"] for e in events if e.kind == "ask" and lead.stage == "L11")
    return Progress(
        number=lead.number,
        stage=lead.stage,
        stage_label=stage.citizen_label,
        timeline=tuple(Moment(e.at, e.label) for e in events if e.is_public),
        decide_by=lead.decide_by,
        answer_by=lead.answer_by,
        is_provisional=lead.is_provisional,
        public_reply=lead.public_reply if lead.stage in ANSWERED else None,
        questions=questions[-1:],
        hotline_no=lead.hotline_no,
        can_rate=lead.stage == "L70" and lead.rating is None,
        is_open=stage.is_open,
    )


async def supplement(
    number: str, query_code: str, text: str, *, attachment_ids: Sequence[str] = (), house: House
) -> Progress:
    """Add what the complainant has to say or show; a lead that waited for it goes back to triage.

    attachment_ids: of received files; with one of them `text` may be empty
    raises: NotFound; Malformed; Withdrawn; TooManyFiles
    """
    text = added_words(text, attachment_ids)
    number = await _proved(number, query_code, house=house)
    await add_words(number, text, attachment_ids, house=house)
    return await track(number, query_code, house=house)


async def supplement_here(number: str, text: str, *, conversation_id: str, house: House) -> str:
    """Add to a complaint that this very talk has filed, without its code; returns the number and nothing else of it.

    raises: NotFound when another talk filed it; Malformed; Withdrawn
    """
    text, number = added_words(text, ()), receipts.tidy(number)
    async with house.store.look() as uow:
        lead = await _lead(number, uow)
        if (await uow.complaints.get(lead.complaint_id)).conversation_id != conversation_id:
            raise NotFound(WRONG_PAIR)
    await add_words(number, text, (), house=house)
    return number


def added_words(text: str, attachment_ids: Sequence[str]) -> str:
    """What is added, tidied. raises: Malformed"""
    text = clean(text) or ("（补充了附件）" if attachment_ids else "")
    if not text or len(text) > MAX_TEXT:
        raise Malformed(FieldProblem("text", "empty_or_too_long", f"补充内容应为 1 至 {MAX_TEXT} 字。"))
    return text


async def add_words(
    number: str, text: str, attachment_ids: Sequence[str], *, house: House, actor: str = "citizen"
) -> None:
    """Add to a lead whose author is proved. raises: NotFound; Withdrawn; TooManyFiles"""
    now = house.clock()
    async with house.store.change() as uow:
        lead = await uow.leads.held((await _lead(number, uow)).id)
        if lead.stage == "L80":
            raise Withdrawn
        if lead.stage == "L11":
            lead.stage, lead.stage_before = lead.stage_before or lifecycle.FIRST_STAGE, None
        await uow.leads.record(
            lead,
            at=now,
            actor=actor,
            kind="supplement",
            label="您补充了材料",
            is_public=True,
            details={"text": text},
        )
        await index_lead(lead, uow=uow)
        await attach_evidence(lead, attachment_ids, conversation_id=None, at=now, uow=uow, house=house)
        uow.leads.save(lead)
        payload = {"event": "supplement", "lead_no": lead.number, "text": privacy.mask(text)}
        await tell_hotline(lead, "event", payload, ("content",), at=now, uow=uow)


async def withdraw(number: str, query_code: str, *, house: House) -> Progress:
    """Take the complaint back; nothing is deleted.

    raises: NotFound; WrongStep when it is already decided; Withdrawn when done before
    """
    number = await _proved(number, query_code, house=house)
    now = house.clock()
    async with house.store.change() as uow:
        lead = await uow.leads.held((await _lead(number, uow)).id)
        if lead.stage == "L80":
            raise Withdrawn
        lead.stage = lifecycle.take("withdraw", stage=lead.stage, role="citizen")
        await uow.leads.record(
            lead, at=now, actor="citizen", kind="withdraw", label="您撤回了投诉", is_public=True
        )
        uow.leads.save(lead)
        payload = {"event": "withdraw", "lead_no": lead.number}
        await tell_hotline(lead, "event", payload, ("withdrawn", "stage"), at=now, uow=uow)
        await tell_stage(lead, "反映人已撤回，不再办理。", now, uow=uow, house=house)
    return await track(number, query_code, house=house)


async def rate(number: str, query_code: str, score: int, *, house: House) -> Progress:
    """Rate the closed case from 1 (very bad) to 5 (very good).

    raises: NotFound; Malformed when it is not closed or the score is off
    """
    if not 1 <= score <= 5:
        raise Malformed(FieldProblem("score", "out_of_range", "评分应为 1 至 5。"))
    number = await _proved(number, query_code, house=house)
    now = house.clock()
    async with house.store.change() as uow:
        lead = await uow.leads.held((await _lead(number, uow)).id)
        if lead.stage != "L70":
            raise Malformed(FieldProblem("score", "not_closed", "办结以后才能评价。"))
        lead.rating = score
        await uow.leads.record(
            lead,
            at=now,
            actor="citizen",
            kind="rating",
            label="您作出了评价",
            is_public=True,
            details={"score": score},
        )
        uow.leads.save(lead)
    return await track(number, query_code, house=house)
