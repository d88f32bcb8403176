"""JSON in and out, strictly typed; the shapes of the outward contract."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from intake.domain import lifecycle, privacy, taxonomy
from intake.domain.sla import LOCAL
from intake.services.after_filing import Progress
from intake.services.file_complaint import Receipt
from intake.services.new_complaint import Complainant, NewComplaint, clean
from intake.services.read_leads import WholeLead


def local(at: dt.datetime) -> str:
    """RFC 3339 with the offset of Shanghai."""
    return at.astimezone(LOCAL).isoformat(timespec="seconds")


class Input(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")


class ComplainantIn(Input):
    kind: Literal["person", "enterprise"] = "person"
    anonymous: bool = True
    name: str | None = Field(None, max_length=64)
    phone: str | None = Field(None, max_length=32)
    enterprise_name: str | None = Field(None, max_length=128)
    uscc: str | None = Field(None, max_length=64)


class ComplaintIn(Input):
    text: str = Field(max_length=100_000)
    channel: str = Field("api", max_length=16)
    complainant: ComplainantIn = Field(default_factory=ComplainantIn)
    region_code: str | None = Field(None, max_length=16)
    agency_code: str | None = Field(None, max_length=32)
    agency_text: str | None = Field(None, max_length=256)
    incident_time: str | None = Field(None, max_length=128)
    demand: str | None = Field(None, max_length=2000)
    attachment_ids: list[str] = Field(default_factory=list, max_length=20)

    def to_complaint(self, key: str) -> NewComplaint:
        """incident_time: a date (2026-11-03), a range (2026-11-01/2026-11-03) or words."""
        who = self.complainant
        return NewComplaint(
            text=clean(self.text),
            channel=self.channel,
            complainant=Complainant(
                kind=who.kind,
                anonymous=who.anonymous,
                name=None if who.anonymous else (clean(who.name or "") or None),
                phone=None if who.anonymous else (clean(who.phone or "") or None),
                enterprise_name=clean(who.enterprise_name or "") or None,
                uscc=who.uscc or None,
            ),
            idempotency_key=key,
            region_code=self.region_code or None,
            agency_code=self.agency_code or None,
            agency_text=clean(self.agency_text or "") or None,
            incident_time=_days(clean(self.incident_time or "")),
            demand=clean(self.demand or "") or None,
            attachment_ids=tuple(self.attachment_ids),
        )


def _days(text: str) -> tuple[dt.date | None, dt.date | None, str | None] | None:
    if not text:
        return None
    start, _, end = text.partition("/")
    try:
        first = dt.date.fromisoformat(start[:10])
        return first, dt.date.fromisoformat(end[:10]) if end else first, text
    except ValueError:
        return None, None, text


class ReceiptOut(BaseModel):
    number: str
    query_code: str
    received_at: str
    decide_by: str
    answer_by: str
    deadline_provisional: bool
    scope: str
    green_channel: bool

    @classmethod
    def of(cls, receipt: Receipt) -> ReceiptOut:
        return cls(
            number=receipt.number,
            query_code=receipt.query_code,
            received_at=local(receipt.received_at),
            decide_by=local(receipt.decide_by),
            answer_by=local(receipt.answer_by),
            deadline_provisional=receipt.is_provisional,
            scope=receipt.scope,
            green_channel=receipt.is_green,
        )


class LookupIn(Input):
    number: str = Field(max_length=64)
    query_code: str = Field(max_length=64)


class CodeIn(Input):
    query_code: str = Field(max_length=64)


class SupplementIn(CodeIn):
    text: str = Field("", max_length=100_000)
    attachment_ids: list[str] = Field(default_factory=list, max_length=20)


class RatingIn(CodeIn):
    score: int


class ProgressOut(BaseModel):
    number: str
    stage: str
    stage_label: str
    timeline: list[dict[str, str]]
    decide_by: str
    answer_by: str
    deadline_provisional: bool
    public_reply: str | None
    questions: list[str]

    @classmethod
    def of(cls, progress: Progress) -> ProgressOut:
        return cls(
            number=progress.number,
            stage=progress.stage,
            stage_label=progress.stage_label,
            timeline=[{"at": local(m.at), "label": m.label} for m in progress.timeline],
            decide_by=local(progress.decide_by),
            answer_by=local(progress.answer_by),
            deadline_provisional=progress.is_provisional,
            public_reply=progress.public_reply,
            questions=list(progress.questions),
        )


class MessageIn(Input):
    session: str | None = Field(None, max_length=128)
    message_id: str = Field(min_length=1, max_length=128)
    text: str | None = Field(None, max_length=200_000)
    payload: str | None = Field(None, max_length=600)
    attachment_ids: list[str] | None = Field(None, max_length=20)


class ButtonOut(BaseModel):
    title: str
    payload: str


class BotMessageOut(BaseModel):
    text: str
    buttons: list[ButtonOut]


class FiledOut(BaseModel):
    number: str
    query_code: str


class AnswerOut(BaseModel):
    session: str
    messages: list[BotMessageOut]
    filed: FiledOut | None
    handed_over: bool


class StepIn(Input):
    note: str | None = Field(None, max_length=5000)
    public_text: str | None = Field(None, max_length=5000)
    assignee: str | None = Field(None, max_length=64)
    target: str | None = Field(None, max_length=64)
    labels: dict[str, Any] | None = None
    may_train: bool = False
    reason: str | None = Field(None, max_length=500)
    decision: str | None = Field(None, max_length=16)
    part: str | None = Field(None, max_length=100_000)
    verdict: str | None = Field(None, max_length=16)


def lead_json(lead: Any) -> dict[str, Any]:
    """A lead in a list: no text, no identity."""
    return {
        "number": lead.number,
        "stage": lead.stage,
        "stage_label": lifecycle.stages()[lead.stage].label,
        "queue": lead.queue,
        "scope": lead.scope,
        "problem_types": lead.problems,
        "domain": lead.domain,
        "domain_label": taxonomy.label(lead.domain),
        "urgency": lead.urgency,
        "green_channel": lead.is_green,
        "agency": {"code": lead.agency_code, "name": lead.agency_name},
        "region_code": lead.region,
        "needs_human": lead.needs_human,
        "summary": lead.summary,
        "reporter_channel": lead.reporter_channel,
        "assignee": lead.assignee,
        "received_at": local(lead.received_at),
        "decide_by": local(lead.decide_by),
        "answer_by": local(lead.answer_by),
        "deadline_provisional": lead.is_provisional,
        "hotline_no": lead.hotline_no,
        "hotline_status": lead.hotline_status,
        "flags": list(lead.flags),
        "is_overdue": lead.overdue_at is not None,
        "request": lead.request["step"] if lead.request else None,
        "merged_into": lead.merged_into,
        "version": lead.version,
    }


def _masked(details: dict[str, Any]) -> dict[str, Any]:
    """What was told later is masked as the text is."""
    return {key: privacy.mask(value) if key == "text" else value for key, value in details.items()}


def whole_lead_json(whole: WholeLead) -> dict[str, Any]:
    return lead_json(whole.lead) | {
        "text": whole.text,
        "classification": whole.lead.classification,
        "model": whole.lead.model,
        "route_reason": whole.lead.route_reason,
        "channel": whole.complaint.channel,
        "demand": whole.said["demand"],
        "is_anonymous": whole.complaint.is_anonymous,
        "enterprise": {"name": whole.complaint.enterprise_name, "uscc": whole.complaint.uscc},
        "public_reply": whole.lead.public_reply,
        "finding": whole.lead.finding,
        "verdict": whole.lead.verdict,
        "history": [
            {
                "at": local(e.at),
                "actor": e.actor,
                "kind": e.kind,
                "label": e.label,
                "details": _masked(e.details),
            }
            for e in whole.events
        ],
        "notices": [
            {"state": n.state, "reason": n.reason, "at": local(n.done_at or n.created_at)}
            for n in whole.notices
        ],
        "legal_steps": list(whole.legal_steps),
    }
