"""What can be asked about a lead in other systems, and what is asked by itself after filing (联查).

Planning writes rows and calls nobody: no other system can hold up a filing. Nothing is asked by
itself for an anonymous complaint: a question about a small firm would tell who may have complained.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from intake.domain.enterprise import is_valid_uscc, normalise_uscc
from intake.domain.sla import LOCAL
from intake.services.house import House
from intake.store.tables import Complaint, Lead, Lookup
from intake.store.unit_of_work import UnitOfWork

MOST_DOCUMENTS = 3
SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Kind:
    """label: of the button; title: of the system; is_formal: only with a reason, never by itself."""

    label: str
    title: str
    is_formal: bool = False


KINDS: dict[str, Kind] = {
    "credit_platform": Kind("查信用", "信用信息共享平台"),
    "random_inspection": Kind("查检查计划", "“双随机、一公开”系统"),
    "internet_supervision": Kind("查监管记录", "“互联网+监管”系统"),
    "case_system": Kind("调取案卷", "部门行政执法办案系统", is_formal=True),
}

TITLES = {system: kind.title for system, kind in KINDS.items()}


def question_of(system: str, lead: Lead, complaint: Complaint, now: dt.datetime) -> dict[str, Any] | None:
    """What one system can be asked about a lead; None when the lead names nothing to ask by."""
    said = lead.classification.get("enterprise") or {}
    code = normalise_uscc(complaint.uscc or said.get("uscc") or "")
    uscc = code if is_valid_uscc(code) else ""
    name = str(complaint.enterprise_name or said.get("name") or "")[:128]
    documents = [str(n) for n in lead.classification.get("document_numbers", [])][:MOST_DOCUMENTS]
    if system == "credit_platform":
        return {"uscc": uscc, "documents": documents} if uscc or documents else None
    if system == "case_system":
        return {"documents": documents} if documents else None
    year = now.astimezone(LOCAL).year
    return {"uscc": uscc, "name": "" if uscc else name, "year": year} if uscc or name else None


async def plan_look_ups(lead: Lead, complaint: Complaint, *, uow: UnitOfWork, house: House) -> None:
    """Plan the automatic look-ups of a new lead in the systems that are switched on."""
    if complaint.is_anonymous:
        return
    now = complaint.received_at
    for system, kind in KINDS.items():
        question = question_of(system, lead, complaint, now)
        if system in house.partners and not kind.is_formal and question is not None:
            uow.lookups.add(
                Lookup(
                    lead_id=lead.id,
                    system=system,
                    asked_by=SYSTEM,
                    asked_at=now,
                    question=question,
                    run_at=now,
                )
            )
