"""Supervision documents of a lead: draft from a template, edit, issue, download. Issued ones never change."""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass

from intake.domain import documents, lifecycle, sla, taxonomy
from intake.domain.conflict import Viewer
from intake.domain.errors import FieldProblem, Forbidden, Malformed, WrongStep
from intake.domain.sla import LOCAL
from intake.domain.workdays import add_working_days
from intake.services import official_paper
from intake.services.house import House
from intake.services.mask_copy import masked_copy
from intake.services.official_paper import Paper
from intake.services.sight import sight_of
from intake.services.tell_hotline import tell_hotline
from intake.services.work_order import event_for
from intake.store.tables import Lead, LeadDocument
from intake.store.unit_of_work import UnitOfWork

WRITERS = frozenset({"supervisor", "city_supervisor", "green_channel_desk"})
LONGEST = 20_000
FACTS_SHOWN = 600


@dataclass(frozen=True, slots=True)
class Documents:
    """The documents of a lead, and the kinds that can be drafted now."""

    items: tuple[LeadDocument, ...]
    kinds: tuple[documents.Kind, ...]


async def documents_of(number: str, *, viewer: Viewer, house: House) -> Documents:
    """raises: NotFound, the same for hidden and unknown"""
    async with house.store.look() as uow:
        lead = await uow.leads.visible(number, await sight_of(viewer, uow, house))
        items = await uow.documents.of_lead(lead.id) if viewer.role in WRITERS else []
    kinds = [k for k in documents.kinds().values() if viewer.role in WRITERS and lead.stage in k.stages]
    return Documents(tuple(items), tuple(kinds))


async def draft_document(number: str, kind: str, *, viewer: Viewer, house: House) -> str:
    """A new draft, filled from the lead; returns its id.

    raises: NotFound, Forbidden, WrongStep when the lead's stage has no such document, Malformed
    """
    _writers_only(viewer)
    if kind not in documents.kinds():
        raise Malformed(FieldProblem("kind", "unknown_kind", "没有这种文书。"))
    now = house.clock()
    async with house.store.change() as uow:
        lead = await uow.leads.visible(number, await sight_of(viewer, uow, house))
        wanted = documents.kinds()[kind]
        if lead.stage not in wanted.stages:
            raise WrongStep(
                f"当前状态“{lifecycle.stages()[lead.stage].label}”不能制作{wanted.name}。",
                legal=lifecycle.legal_steps(lead.stage, viewer.role),
            )
        due = _due(now, house) if wanted.has_deadline else None
        row = LeadDocument(
            lead_id=lead.id,
            kind=kind,
            addressee="" if kind == "rejection" else lead.agency_name or "",
            body=documents.draft(kind, await _facts(lead, due, uow)),
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


def _due(now: dt.datetime, house: House) -> dt.datetime:
    day = add_working_days(now.astimezone(LOCAL).date(), documents.REPORT_WITHIN, house.calendar).day
    return sla.end_of(day)


async def _facts(lead: Lead, due: dt.datetime | None, uow: UnitOfWork) -> dict[str, str]:
    """Everything the templates ask for; whoever complained is in none of it."""
    complaint = await uow.complaints.get(lead.complaint_id)
    told = await masked_copy(lead, complaint, uow)
    shown = told if len(told) <= FACTS_SHOWN else told[:FACTS_SHOWN] + "……〔请填写：删节并概括〕"
    reasons = lifecycle.reasons("reject")
    events = [e for e in await uow.leads.events(lead.id) if e.kind == "reject"]
    code = (events[-1].details.get("reason") or {}).get("code") if events else None
    why = reasons.get(code or "")
    return {
        "number": lead.number,
        "facts": shown,
        "subject": "、".join(taxonomy.label(p) for p in lead.problems) or taxonomy.label(lead.domain),
        "problems": "；".join(taxonomy.label(p) for p in lead.problems) or "〔请填写：问题类型〕",
        "demand": await masked_copy(lead, complaint, uow, text=complaint.demand or "未提出具体要求。"),
        "due": documents.written_day(due) if due else "",
        "reason": why.label if why else "〔请填写：不予受理的理由〕",
        "other_way": why.other_way if why else "〔请填写：可以走的其他途径〕",
    }


async def edit_document(
    number: str, document_id: str, addressee: str, body: str, *, version: int, viewer: Viewer, house: House
) -> None:
    """raises: NotFound, Stale, Forbidden, WrongStep once issued, Malformed"""
    _writers_only(viewer)
    _check(addressee, body)
    async with house.store.change() as uow:
        lead = await uow.leads.visible(number, await sight_of(viewer, uow, house))
        row = await uow.documents.locked(document_id, lead.id, version=version)
        _draft_only(row)
        row.addressee, row.body, row.author = addressee.strip(), body.strip(), viewer.account
        row.version += 1
        uow.documents.save(row)


async def finish_document(
    number: str, document_id: str, decision: str, *, version: int, viewer: Viewer, house: House
) -> None:
    """issue (number, day, history) or drop a draft.

    raises: NotFound, Stale, Forbidden (four eyes), WrongStep, Malformed when gaps are left
    """
    _writers_only(viewer)
    if decision not in ("issue", "drop"):
        raise Malformed(FieldProblem("decision", "unknown_decision", "请选择签发或者作废。"))
    now = house.clock()
    async with house.store.change() as uow:
        lead = await uow.leads.visible(number, await sight_of(viewer, uow, house))
        row = await uow.documents.locked(document_id, lead.id, version=version)
        _draft_only(row)
        row.version += 1
        if decision == "drop":
            row.state = "dropped"
            uow.documents.save(row)
            return
        _may_issue(row, lead, viewer, house)
        if row.due_by is not None:
            # The time to report runs from the day it goes out, not from the day it was drafted.
            row.due_by = _due(now, house)
        row.number = await _free_number(row, lead, now, uow)
        row.state, row.issued_by, row.issued_at = "issued", viewer.account, now
        uow.documents.save(row)
        kind = documents.kinds()[row.kind]
        await uow.leads.record(
            lead,
            at=now,
            actor=viewer.account,
            kind="document_issued",
            label=f"签发{kind.name}",
            details={
                "number": row.number,
                "sha256": hashlib.sha256(f"{row.addressee}\n{row.body}".encode()).hexdigest(),
            },
        )
        if row.kind == "opinion":
            await _move_on(lead, viewer, now, uow)


async def _move_on(lead: Lead, viewer: Viewer, now: dt.datetime, uow: UnitOfWork) -> None:
    """With the opinion (监督意见书) the lead is where the step `document` leads."""
    if lead.stage not in lifecycle.steps()["document"].from_stages:
        return
    lead.stage = lifecycle.take("document", stage=lead.stage, role=viewer.role)
    label = lifecycle.steps()["document"].label
    await uow.leads.record(lead, at=now, actor=viewer.account, kind="document", label=label)
    uow.leads.save(lead)
    payload = event_for(lead.number, lead.stage, now, "")
    if payload is not None:
        await tell_hotline(lead, "event", payload, ("stage", "status"), at=now, uow=uow)


def _may_issue(row: LeadDocument, lead: Lead, viewer: Viewer, house: House) -> None:
    kind = documents.kinds()[row.kind]
    if lead.stage not in kind.stages:
        words = f"当前状态“{lifecycle.stages()[lead.stage].label}”不能签发{kind.name}。"
        raise WrongStep(words, legal=lifecycle.legal_steps(lead.stage, viewer.role))
    if kind.code == "supervise" and viewer.role not in lifecycle.steps()["supervise"].roles:
        raise Forbidden("督办通知书由市级监督员签发。")
    if house.policy.four_eyes and row.author == viewer.account:
        raise Forbidden("文书由另一位工作人员签发：写的人不能自己签发。")
    missing = documents.gaps(row.body)
    if missing:
        words = "还有没填的内容：" + "、".join(missing[:3])
        raise Malformed(FieldProblem("body", "gaps_left", words))
    _check(row.addressee, row.body, needs_addressee=row.kind != "rejection")


async def _free_number(row: LeadDocument, lead: Lead, now: dt.datetime, uow: UnitOfWork) -> str:
    year = now.astimezone(LOCAL).year
    while True:
        serial = secrets.randbelow(90_000) + 10_000
        number = documents.document_number(row.kind, lead.supervisor, year, serial)
        if not await uow.documents.is_taken(number):
            return number


async def read_document(number: str, document_id: str, *, viewer: Viewer, house: House) -> LeadDocument:
    """The document on the screen; the reading is recorded, once a sitting.

    raises: NotFound, Forbidden
    """
    _writers_only(viewer)
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
    _writers_only(viewer)
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


def _writers_only(viewer: Viewer) -> None:
    if viewer.role not in WRITERS:
        raise Forbidden


def _draft_only(row: LeadDocument) -> None:
    if row.state != "draft":
        raise WrongStep("文书已经签发，不能再改。", legal=())


def _check(addressee: str, body: str, *, needs_addressee: bool = False) -> None:
    problems = []
    if len(addressee.strip()) > 128 or (needs_addressee and not addressee.strip()):
        problems.append(FieldProblem("addressee", "addressee_missing", "请填写主送单位（128 字以内）。"))
    if not 1 <= len(body.strip()) <= LONGEST:
        problems.append(FieldProblem("body", "bad_length", f"正文请控制在 {LONGEST} 字以内，不能为空。"))
    if problems:
        raise Malformed(*problems)
