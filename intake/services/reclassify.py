"""A person sets the labels: the correction is kept, the lead routed anew."""

from __future__ import annotations

import datetime as dt
from typing import Any

from intake.domain import taxonomy
from intake.domain.conflict import Viewer
from intake.domain.errors import FieldProblem, Malformed
from intake.services.house import House
from intake.services.index_lead import index_lead
from intake.services.recount import deadlines
from intake.services.respondents import bind, route_anew
from intake.store.tables import Correction, Lead
from intake.store.unit_of_work import UnitOfWork


async def reclassify(
    labels: dict[str, Any],
    lead: Lead,
    viewer: Viewer,
    now: dt.datetime,
    *,
    may_train: bool,
    uow: UnitOfWork,
    house: House,
) -> dict[str, Any]:
    """Set the labels a person decided, keep the correction, and route anew; returns the event's details.

    labels: {"scope", "problem_types", "domain", "agency_code", "urgency", "is_green"}, what is absent stays
    raises: Malformed
    """
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
        await bind(lead, uow, house)
    lead.needs_human = False
    await route_anew(lead, uow, house)
    moved = await _count_again(lead, before, uow, house)
    after = _labels_of(lead)
    await index_lead(lead, uow=uow)
    uow.complaints.keep_correction(
        Correction(
            lead_id=lead.id,
            actor=viewer.account,
            before=before,
            after=after,
            model=lead.model,
            may_train=may_train,
            at=now,
        )
    )
    return {"before": before, "after": after, "queue": lead.queue} | moved


async def _count_again(lead: Lead, before: dict[str, Any], uow: UnitOfWork, house: House) -> dict[str, Any]:
    """Limits follow urgency and channel, from the day of receipt, with what was granted since; old and new when moved."""
    if (before["urgency"], before["is_green"]) == (lead.urgency, lead.is_green):
        return {}
    old, grants = lead.answer_by, (await uow.recounts.grants([lead.id])).get(lead.id, [])
    new = deadlines(lead, grants, limits=house.limits, calendar=house.calendar)
    lead.limits_version, lead.decide_by, lead.answer_by = house.limits.version, new.decide_by, new.answer_by
    lead.is_provisional, lead.warn_at = new.is_provisional, new.warn_at
    if old == lead.answer_by:
        return {}
    return {"answer_by": {"old": old.isoformat(), "new": lead.answer_by.isoformat()}}


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
