"""Issue or drop a draft of a supervision document. Issuing and the step it means are one transaction.

So the paper and the lead never say different things: a notice of rejection (不予受理告知书) ends the lead with the
reason that stands in it, a transfer letter (转办函) with the unit it is addressed to, a notice of supervision
(督办通知书) raises the flag, an opinion (监督意见书) moves it to 已发监督文书.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets

from intake.domain import documents, lifecycle
from intake.domain.conflict import Viewer
from intake.domain.errors import FieldProblem, Forbidden, Malformed, WrongStep
from intake.domain.sla import LOCAL
from intake.services.house import House
from intake.services.sight import sight_of
from intake.services.tell_partners import tell_document
from intake.services.triage import Order, step_on
from intake.services.write_document import (
    NEEDS_STEP,
    check_words,
    draft_only,
    due_day,
    step_taken,
    writers_only,
)
from intake.store.tables import Lead, LeadDocument
from intake.store.unit_of_work import UnitOfWork

# Of these one is enough: the lead has ended with it.
ONCE = frozenset({"transfer", "rejection"})


async def finish_document(
    number: str, document_id: str, decision: str, *, version: int, viewer: Viewer, house: House
) -> None:
    """issue (number, day, history, step) or drop a draft.

    raises: NotFound, Stale, Forbidden (four eyes), WrongStep, Malformed when gaps are left or paper and lead differ
    """
    writers_only(viewer)
    if decision not in ("issue", "drop"):
        raise Malformed(FieldProblem("decision", "unknown_decision", "请选择签发或者作废。"))
    async with house.store.change() as uow:
        lead = await uow.leads.visible(number, await sight_of(viewer, uow, house))
        row = await uow.documents.locked(document_id, lead.id, version=version)
        draft_only(row)
        row.version += 1
        if decision == "drop":
            row.state = "dropped"
        else:
            await _may_issue(row, lead, viewer, uow, house=house)
            await _issue(row, lead, viewer, uow, house=house)
        uow.documents.save(row)


async def _issue(row: LeadDocument, lead: Lead, viewer: Viewer, uow: UnitOfWork, *, house: House) -> None:
    now, kind = house.clock(), documents.kinds()[row.kind]
    if row.due_by is not None:
        # The time to report runs from the day it goes out, not from the day it was drafted.
        row.due_by = due_day(now, house)
    row.number = await _free_number(row, lead, now, uow)
    row.state, row.issued_by, row.issued_at = "issued", viewer.account, now
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
    if lead.stage in lifecycle.steps()[kind.step].from_stages:
        target = row.addressee.strip() if kind.step == "transfer" else None
        order = Order(kind.step, note=f"{kind.name}{row.number}", reason=row.reason, target=target)
        await step_on(lead, order, viewer=viewer, uow=uow, house=house)
    await tell_document(lead, row, now, uow=uow, house=house)


async def _may_issue(row: LeadDocument, lead: Lead, viewer: Viewer, uow: UnitOfWork, *, house: House) -> None:
    kind = documents.kinds()[row.kind]
    if lead.stage not in kind.stages:
        words = f"当前状态“{lifecycle.stages()[lead.stage].label}”不能签发{kind.name}。"
        raise WrongStep(words, legal=lifecycle.legal_steps(lead.stage, viewer.role))
    if viewer.role not in lifecycle.steps()[kind.step].roles:
        raise Forbidden("督办通知书由市级监督员签发。")
    if house.policy.four_eyes and row.author == viewer.account:
        raise Forbidden("文书由另一位工作人员签发：写的人不能自己签发。")
    missing = documents.gaps(row.body)
    if missing:
        words = "还有没填的内容：" + "、".join(missing[:3])
        raise Malformed(FieldProblem("body", "gaps_left", words))
    check_words(row.addressee, row.body, needs_addressee=row.kind != "rejection")
    others = await uow.documents.of_lead(lead.id)
    if row.kind in ONCE and any(o.kind == row.kind and o.state == "issued" for o in others):
        raise WrongStep(f"这条线索已经签发过{kind.name}。", legal=())
    await _says_what_was_decided(row, lead, uow)


async def _says_what_was_decided(row: LeadDocument, lead: Lead, uow: UnitOfWork) -> None:
    """The reason of a rejection stands in it; after the step, reason and addressee are the step's.

    raises: Malformed, WrongStep
    """
    taken = await step_taken(lead, row.kind, uow)
    if lead.stage in NEEDS_STEP and taken is None:
        raise WrongStep("线索的办理结果与这份文书不一致，请作废后重新起草。", legal=())
    if row.kind == "rejection":
        _check_reason(row, ((taken or {}).get("reason") or {}).get("code"))
    target = (taken or {}).get("target")
    if row.kind == "transfer" and target and target.strip() != row.addressee.strip():
        words = f"线索已登记转给“{target}”，主送单位要与它一致。"
        raise Malformed(FieldProblem("addressee", "other_unit", words))


def _check_reason(row: LeadDocument, decided: str | None) -> None:
    """decided: the code that the step was taken with, None before it. raises: Malformed"""
    why = lifecycle.reasons("reject").get(row.reason or decided or "")
    if why is None or (decided and decided != why.code):
        words = "不予受理的理由与线索上登记的不一致，请作废后重新起草。"
        raise Malformed(FieldProblem("body", "other_reason", words))
    row.reason = why.code
    for part in (why.label, why.other_way):
        if not documents.says(row.body, part):
            words = f"正文要写明登记的理由和其他途径，不能删改：“{part}”。要换理由，请作废后重新起草。"
            raise Malformed(FieldProblem("body", "reason_not_in_text", words))


async def _free_number(row: LeadDocument, lead: Lead, now: dt.datetime, uow: UnitOfWork) -> str:
    year = now.astimezone(LOCAL).year
    while True:
        serial = secrets.randbelow(90_000) + 10_000
        number = documents.document_number(row.kind, lead.supervisor, year, serial)
        if not await uow.documents.is_taken(number):
            return number
