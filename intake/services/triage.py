"""The steps a supervisor takes: one function, the table of domain/data/steps.csv decides.

Every step checks the version somebody saw, leaves an event, tells the hotline
what it may know, and never moves a lead in a way the table does not list.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from intake.domain import conflict, lifecycle, routing, taxonomy
from intake.domain.conflict import Viewer
from intake.domain.errors import FieldProblem, Malformed
from intake.services.house import House
from intake.services.work_order import event_for
from intake.store.tables import Correction, Lead
from intake.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Order:
    """What is wanted of one step; unused fields stay None.

    note: reason or internal finding; public_text: what the citizen reads
    labels: {"scope", "problem_types", "domain", "agency_code", "urgency", "is_green"} for reclassify
    """

    step: str
    note: str | None = None
    public_text: str | None = None
    assignee: str | None = None
    target: str | None = None
    labels: dict[str, Any] | None = None
    may_train: bool = False


PUBLIC_LABELS = {
    "confirm": "已受理，开始监督办理",
    "ask": "请您补充信息",
    "transfer": "已转有权处理的单位",
    "close": "已办结，答复见下",
}


async def take_step(number: str, order: Order, *, version: int, viewer: Viewer, house: House) -> Lead:
    """Take one step on a lead and return it.

    version: the one the viewer saw
    raises: NotFound (also when hidden), Stale, WrongStep, Forbidden, Malformed
    """
    if order.step not in lifecycle.steps():
        raise Malformed(FieldProblem("step", "unknown_step", "没有这个操作。"))
    now = house.clock()
    async with house.store.change() as uow:
        lead = await uow.leads.visible(number, conflict.sight(viewer, house.parents), version=version)
        before = lead.stage
        lead.stage = lifecycle.take(order.step, stage=lead.stage, role=viewer.role)
        _check_words(order)
        details = await _apply(order, lead, viewer, now, uow=uow, house=house)
        await uow.leads.record(
            lead,
            at=now,
            actor=viewer.account,
            kind=order.step,
            label=PUBLIC_LABELS.get(order.step, lifecycle.steps()[order.step].label),
            is_public=order.step in PUBLIC_LABELS,
            details=details,
        )
        uow.leads.save(lead)
        if lead.stage != before:
            words = lead.public_reply or "" if order.step == "close" else ""
            payload = event_for(lead.number, lead.stage, now, words)
            if payload is not None:
                await uow.outbox.enqueue("hotline12345", lead.id, "event", payload, now)
    return lead


def _check_words(order: Order) -> None:
    if lifecycle.steps()[order.step].needs_reason and not (order.note or "").strip():
        raise Malformed(FieldProblem("note", "reason_missing", "这一步需要填写说明。"))
    if order.step == "reply" and not (order.public_text or "").strip():
        raise Malformed(
            FieldProblem("public_text", "reply_missing", "请填写给投诉人的答复，并与内部核查结论分开。")
        )
    for name, text in (("note", order.note), ("public_text", order.public_text)):
        if text and len(text) > 5000:
            raise Malformed(FieldProblem(name, "too_long", "请控制在 5000 字以内。"))


async def _apply(
    order: Order, lead: Lead, viewer: Viewer, now: dt.datetime, *, uow: UnitOfWork, house: House
) -> dict[str, Any]:
    """Change the lead's own fields for the step; returns the event's details."""
    details: dict[str, Any] = {"note": order.note} if order.note else {}
    match order.step:
        case "confirm":
            lead.is_confirmed, lead.needs_human = True, False
        case "claim" | "release":
            lead.assignee = viewer.account if order.step == "claim" else None
        case "assign":
            lead.assignee = await _assignee(order, uow)
            details["assignee"] = lead.assignee
        case "ask":
            details["question"] = order.note
        case "reply":
            lead.finding, lead.public_reply = order.note, order.public_text
        case "transfer":
            details["target"] = order.target
        case "reclassify":
            details |= await _reclassify(order, lead, viewer, now, uow=uow, house=house)
    return details


async def _assignee(order: Order, uow: UnitOfWork) -> str:
    account = await uow.accounts.by_login((order.assignee or "").strip().lower())
    if account is None or account.is_disabled:
        raise Malformed(FieldProblem("assignee", "unknown_account", "没有这个账号，或账号已停用。"))
    return account.login


async def _reclassify(
    order: Order, lead: Lead, viewer: Viewer, now: dt.datetime, *, uow: UnitOfWork, house: House
) -> dict[str, Any]:
    """Set the labels a person decided, keep the correction, and route anew."""
    labels = order.labels or {}
    _check_labels(labels, house)
    before = _labels_of(lead)
    agency = house.organisations.get(labels.get("agency_code") or lead.agency_code or "")
    _set_labels(lead, labels)
    if agency is not None:
        lead.agency_code, lead.agency_name = agency.code, agency.name
        lead.region = lead.region or agency.region
        # Agencies that the text names besides stay hidden from the lead too.
        others = {m["code"] for m in lead.classification.get("other_agencies", []) if m}
        await uow.leads.set_respondents(lead.id, frozenset({agency.code, *others}))
    lead.needs_human = False
    level = (
        f"justice_{agency.level}"
        if agency and agency.kind == "justice"
        else agency.level
        if agency
        else "unknown"
    )
    route = routing.route(
        routing.Facts(
            lead.region, level, "enterprise" if lead.is_green else "person", lead.domain, lead.scope
        )
    )
    lead.queue, lead.supervisor, lead.route_reason = route.queue, route.supervisor, route.reason
    after = _labels_of(lead)
    uow.complaints.keep_correction(
        Correction(
            lead_id=lead.id,
            actor=viewer.account,
            before=before,
            after=after,
            model=lead.model,
            may_train=order.may_train,
            at=now,
        )
    )
    return {"before": before, "after": after, "queue": lead.queue}


def _set_labels(lead: Lead, labels: dict[str, Any]) -> None:
    lead.scope = labels.get("scope", lead.scope)
    lead.domain = labels.get("domain", lead.domain)
    lead.problems = list(labels.get("problem_types", lead.problems))
    lead.urgency = labels.get("urgency", lead.urgency)
    lead.is_green = bool(labels.get("is_green", lead.is_green))


def _labels_of(lead: Lead) -> dict[str, Any]:
    return {
        "scope": lead.scope,
        "domain": lead.domain,
        "problem_types": list(lead.problems),
        "urgency": lead.urgency,
        "is_green": lead.is_green,
        "agency_code": lead.agency_code,
    }


def _check_labels(labels: dict[str, Any], house: House) -> None:
    problems = []
    for field, kind in (("scope", "scopes"), ("domain", "domains"), ("urgency", "urgencies")):
        if field in labels and labels[field] not in taxonomy.codes(kind):
            problems.append(FieldProblem(field, "unknown_code", f"代码 {labels[field]} 不存在。"))
    types = labels.get("problem_types", [])
    if len(types) > 3 or any(code not in taxonomy.codes("problem_types") for code in types):
        problems.append(
            FieldProblem("problem_types", "unknown_code", "问题类型最多 3 个，且必须是已有代码。")
        )
    if labels.get("agency_code") and labels["agency_code"] not in house.organisations:
        problems.append(FieldProblem("agency_code", "unknown_agency", "执法机关代码不存在。"))
    if problems:
        raise Malformed(*problems)
