"""Supervision documents of a lead: draft from a template, edit, read, download. Issuing: `issue_document`."""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import dataclass
from typing import Any

from intake.domain import documents, lifecycle, sla, taxonomy
from intake.domain.conflict import Viewer
from intake.domain.errors import FieldProblem, Forbidden, Malformed, WrongStep
from intake.domain.lifecycle import Reason
from intake.domain.sla import LOCAL
from intake.domain.workdays import add_working_days
from intake.services import official_paper
from intake.services.house import House
from intake.services.mask_copy import masked_copy
from intake.services.official_paper import Paper
from intake.services.sight import sight_of
from intake.store.tables import Lead, LeadDocument
from intake.store.unit_of_work import UnitOfWork

WRITERS = frozenset({"supervisor", "city_supervisor", "green_channel_desk"})
LONGEST = 20_000
# Where a lead ends with a paper: written there, it must say what was decided.
NEEDS_STEP = frozenset({"L28", "L29"})
FACTS_SHOWN = 600


@dataclass(frozen=True, slots=True)
class Documents:
    """The documents of a lead, and the kinds that can be drafted now; asks_reason: a rejection needs one chosen."""

    items: tuple[LeadDocument, ...]
    kinds: tuple[documents.Kind, ...]
    asks_reason: bool


async def documents_of(number: str, *, viewer: Viewer, house: House) -> Documents:
    """raises: NotFound, the same for hidden and unknown"""
    async with house.store.look() as uow:
        lead = await uow.leads.visible(number, await sight_of(viewer, uow, house))
        if viewer.role not in WRITERS:
            return Documents((), (), asks_reason=False)
        items = await uow.documents.of_lead(lead.id)
        kinds = [k for k in documents.kinds().values() if await _fits(lead, k, uow)]
    return Documents(tuple(items), tuple(kinds), asks_reason=lead.stage not in NEEDS_STEP)


async def _fits(lead: Lead, kind: documents.Kind, uow: UnitOfWork) -> bool:
    """Whether the lead's stage has such a document: where it ended, only the one that says how."""
    if lead.stage not in kind.stages:
        return False
    return lead.stage not in NEEDS_STEP or await step_taken(lead, kind.code, uow) is not None


async def draft_document(number: str, kind: str, *, reason: str = "", viewer: Viewer, house: House) -> str:
    """A new draft, filled from the lead; returns its id.

    reason: of a rejection, code of data/reasons.csv; one that the lead already has goes before it
    raises: NotFound, Forbidden, WrongStep when the lead's stage has no such document, Malformed
    """
    writers_only(viewer)
    if kind not in documents.kinds():
        raise Malformed(FieldProblem("kind", "unknown_kind", "没有这种文书。"))
    now = house.clock()
    async with house.store.change() as uow:
        lead = await uow.leads.visible(number, await sight_of(viewer, uow, house))
        wanted, taken = documents.kinds()[kind], await step_taken(lead, kind, uow)
        if not await _fits(lead, wanted, uow):
            raise WrongStep(
                f"当前状态“{lifecycle.stages()[lead.stage].label}”不能制作{wanted.name}。",
                legal=lifecycle.legal_steps(lead.stage, viewer.role),
            )
        why = _reason(kind, reason, taken)
        due = due_day(now, house) if wanted.has_deadline else None
        row = LeadDocument(
            lead_id=lead.id,
            kind=kind,
            addressee="" if kind == "rejection" else (taken or {}).get("target") or lead.agency_name or "",
            body=documents.draft(kind, await _facts(lead, due, why, uow)),
            reason=why.code if why else None,
            bureau=house.organisations[lead.supervisor].name
            if lead.supervisor in house.organisations
            else "",
            author=viewer.account,
            made_at=now,
            due_by=due,
        )
        uow.documents.save(row)
        await uow.flush()
    return row.id


async def step_taken(lead: Lead, kind: str, uow: UnitOfWork) -> dict[str, Any] | None:
    """What the history says of the step that this kind of document goes with; None when it was not taken."""
    if lead.stage not in NEEDS_STEP:
        return None
    step = documents.kinds()[kind].step
    events = [e for e in await uow.leads.events(lead.id) if e.kind in ("reject", "transfer", "send_back")]
    return dict(events[-1].details) if events and events[-1].kind == step else None


def _reason(kind: str, wanted: str, taken: dict[str, Any] | None) -> Reason | None:
    """Why it is not accepted. raises: Malformed when a rejection has no reason"""
    if kind != "rejection":
        return None
    code = ((taken or {}).get("reason") or {}).get("code") or wanted
    return lifecycle.reason("reject", code)


def due_day(now: dt.datetime, house: House) -> dt.datetime:
    """When the addressee has to report, from today."""
    day = add_working_days(now.astimezone(LOCAL).date(), documents.REPORT_WITHIN, house.calendar).day
    return sla.end_of(day)


async def _facts(lead: Lead, due: dt.datetime | None, why: Reason | None, uow: UnitOfWork) -> dict[str, str]:
    """Everything the templates ask for; whoever complained is in none of it."""
    complaint = await uow.complaints.get(lead.complaint_id)
    told = await masked_copy(lead, complaint, uow)
    shown = told if len(told) <= FACTS_SHOWN else told[:FACTS_SHOWN] + "……〔请填写：删节并概括〕"
    return {
        "number": lead.number,
        "facts": shown,
        "subject": "、".join(taxonomy.label(p) for p in lead.problems) or taxonomy.label(lead.domain),
        "problems": "；".join(taxonomy.label(p) for p in lead.problems) or "〔请填写：问题类型〕",
        "demand": await masked_copy(lead, complaint, uow, text=complaint.demand or "未提出具体要求。"),
        "due": documents.written_day(due) if due else "",
        "reason": why.label if why else "",
        "other_way": why.other_way if why else "",
    }


async def edit_document(
    number: str, document_id: str, addressee: str, body: str, *, version: int, viewer: Viewer, house: House
) -> None:
    """raises: NotFound, Stale, Forbidden, WrongStep once issued, Malformed"""
    writers_only(viewer)
    check_words(addressee, body)
    async with house.store.change() as uow:
        lead = await uow.leads.visible(number, await sight_of(viewer, uow, house))
        row = await uow.documents.locked(document_id, lead.id, version=version)
        draft_only(row)
        row.addressee, row.body, row.author = addressee.strip(), body.strip(), viewer.account
        row.version += 1
        uow.documents.save(row)


async def read_document(number: str, document_id: str, *, viewer: Viewer, house: House) -> LeadDocument:
    """The document on the screen; the reading is recorded, once a sitting.

    raises: NotFound, Forbidden
    """
    writers_only(viewer)
    async with house.store.change() as uow:
        lead = await uow.leads.visible(number, await sight_of(viewer, uow, house))
        row = await uow.documents.locked(document_id, lead.id)
        last = (await uow.leads.events(lead.id))[-1]
        if (last.kind, last.actor, last.details.get("document")) != ("document_read", viewer.account, row.id):
            await uow.leads.record(
                lead,
                at=house.clock(),
                actor=viewer.account,
                kind="document_read",
                label="查看文书",
                details={"document": row.id},
            )
    return row


async def one_document(number: str, document_id: str, *, viewer: Viewer, house: House) -> LeadDocument:
    """raises: NotFound, Forbidden"""
    writers_only(viewer)
    async with house.store.change() as uow:
        lead = await uow.leads.visible(number, await sight_of(viewer, uow, house))
        return await uow.documents.locked(document_id, lead.id)


async def download_document(
    number: str, document_id: str, form: str, *, viewer: Viewer, house: House
) -> tuple[str, bytes]:
    """(file name, file) as docx or pdf; taking it out of the house is recorded.

    raises: NotFound, Forbidden, Malformed (also without a Chinese font for PDF)
    """
    if form not in ("docx", "pdf"):
        raise Malformed(FieldProblem("form", "unknown_form", "只能下载 DOCX 或 PDF。"))
    row = await one_document(number, document_id, viewer=viewer, house=house)
    kind = documents.kinds()[row.kind]
    paper = Paper(
        title=kind.name,
        number=row.number or "（草稿，未编号）",
        addressee=f"{row.addressee or '反映人'}：",
        paragraphs=tuple(line.strip() for line in row.body.splitlines() if line.strip()),
        signature=row.bureau,
        date=documents.written_day(row.issued_at or house.clock()),
    )
    render = official_paper.docx if form == "docx" else official_paper.pdf
    made = await asyncio.to_thread(render, paper)
    async with house.store.change() as uow:
        lead = await uow.leads.visible(number, await sight_of(viewer, uow, house))
        await uow.leads.record(
            lead,
            at=house.clock(),
            actor=viewer.account,
            kind="document_taken",
            label=f"下载{kind.name}",
            details={"number": row.number or "草稿"},
        )
    return f"{kind.name}{row.number or '草稿'}.{form}", made


def writers_only(viewer: Viewer) -> None:
    """raises: Forbidden"""
    if viewer.role not in WRITERS:
        raise Forbidden


def draft_only(row: LeadDocument) -> None:
    """raises: WrongStep"""
    if row.state != "draft":
        raise WrongStep("文书已经签发，不能再改。", legal=())


def check_words(addressee: str, body: str, *, needs_addressee: bool = False) -> None:
    """raises: Malformed"""
    problems = []
    if len(addressee.strip()) > 128 or (needs_addressee and not addressee.strip()):
        problems.append(FieldProblem("addressee", "addressee_missing", "请填写主送单位（128 字以内）。"))
    if not 1 <= len(body.strip()) <= LONGEST:
        problems.append(FieldProblem("body", "bad_length", f"正文请控制在 {LONGEST} 字以内，不能为空。"))
    if problems:
        raise Malformed(*problems)
