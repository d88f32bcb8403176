"""What the other systems are told of a lead, written into the outbox with the step that is its cause.

The province's platform: the lead when it is accepted, its documents, its result. The ministry's platform: the result
of what it transferred. “Internet + supervision”: conduct that was found substantiated. Masked copies; the internal
finding goes to nobody. A system that is switched off is told nothing.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from intake.domain import documents, taxonomy, verdicts
from intake.domain.channels import LABELS as CHANNELS
from intake.domain.sla import LOCAL
from intake.services.house import House
from intake.services.mask_copy import masked_copy
from intake.services.transfer_facts import MINISTRY_SOURCE, transfer_of
from intake.store.tables import Lead, LeadDocument
from intake.store.unit_of_work import UnitOfWork

PROVINCE = "province_platform"
MINISTRY = "moj_suggestions"
SUPERVISION = "internet_supervision"
ACCEPTED = "L30"
CLOSED = "L70"
# Stages that end a lead here, and what the others are told it came to.
OUTCOMES = {
    CLOSED: "办结",
    "L82": "终止办理",
    "L29": "不予受理",
    "L28": "已转有权处理的单位",
    "L80": "反映人撤回",
}
MERGED_TOO = frozenset({CLOSED, "L82", "L29", "L28"})


async def tell_stage(lead: Lead, words: str, at: dt.datetime, *, uow: UnitOfWork, house: House) -> None:
    """The lead has just reached its stage.

    words: what the complainant reads of the step, told where there is no reply
    """
    if not house.partners:
        return
    if lead.stage == ACCEPTED:
        await _lead_to_province(lead, at, uow=uow, house=house)
    if lead.stage not in OUTCOMES:
        return
    outcome, reply = OUTCOMES[lead.stage], lead.public_reply or words or OUTCOMES[lead.stage]
    await _result(lead, outcome, reply, at, uow=uow, house=house)
    if lead.stage in MERGED_TOO:
        complaint = await uow.complaints.get(lead.complaint_id)
        told = await masked_copy(lead, complaint, uow, text=reply)
        for other in await uow.leads.merged_into(lead.number):
            await _result(other, f"并案{outcome}", told, at, uow=uow, house=house)
    if lead.stage == CLOSED:
        await _conduct(lead, at, uow=uow, house=house)


async def tell_document(
    lead: Lead, row: LeadDocument, at: dt.datetime, *, uow: UnitOfWork, house: House
) -> None:
    """A document was issued; the province has it with the lead that it has or gets now."""
    if PROVINCE not in house.partners or not await _lead_to_province(lead, at, uow=uow, house=house):
        return
    complaint = await uow.complaints.get(lead.complaint_id)
    payload = {
        "lead_no": lead.number,
        "number": row.number,
        "kind": documents.kinds()[row.kind].name,
        "addressee": row.addressee or None,
        "body": await masked_copy(lead, complaint, uow, text=row.body),
        "bureau": row.bureau or bureau_of(lead, house),
        "issued_at": _stamp(row.issued_at or at),
        "due_by": _stamp(row.due_by) if row.due_by else None,
    }
    await uow.outbox.enqueue(PROVINCE, lead.id, "document", payload, at)


async def _lead_to_province(lead: Lead, at: dt.datetime, *, uow: UnitOfWork, house: House) -> bool:
    """Whether the province has the lead, or gets it with this; one that was not accepted it does not get."""
    if PROVINCE not in house.partners:
        return False
    if await uow.outbox.has(PROVINCE, lead.id, "lead"):
        return True
    if not lead.is_confirmed or lead.stage == "L29":
        return False
    complaint = await uow.complaints.get(lead.complaint_id)
    payload = _about(lead) | {
        "region": (lead.region or "411200")[:6],
        "domain": taxonomy.label(lead.domain),
        "urgency": taxonomy.label(lead.urgency),
        "is_green": lead.is_green,
        "channel": CHANNELS.get(complaint.channel, complaint.channel),
        "content": await masked_copy(lead, complaint, uow),
        "supervisor": bureau_of(lead, house),
        "received_at": _stamp(lead.received_at),
        "accepted_at": _stamp(at),
        "answer_by": _stamp(lead.answer_by),
    }
    await uow.outbox.enqueue(PROVINCE, lead.id, "lead", payload, at)
    return True


async def _result(
    lead: Lead, outcome: str, reply: str, at: dt.datetime, *, uow: UnitOfWork, house: House
) -> None:
    complaint = await uow.complaints.get(lead.complaint_id)
    found = verdicts.verdict(lead.verdict)
    told = {
        "lead_no": lead.number,
        "outcome": outcome,
        "verdict": found.label if found else None,
        "reply": await masked_copy(lead, complaint, uow, text=reply),
        "done_at": _stamp(at),
    }
    if await _lead_to_province(lead, at, uow=uow, house=house):
        await uow.outbox.enqueue(PROVINCE, lead.id, "result", _about(lead) | told, at)
    if MINISTRY in house.partners and complaint.source_system == MINISTRY_SOURCE:
        transfer = await transfer_of(complaint, uow)
        told |= {
            "number": complaint.source_no,
            "transfer_no": transfer.get("transfer_no"),
            "transferred_by": transfer.get("transferred_by"),
            "transferred_by_code": transfer.get("transferred_by_code"),
            "handled_by": bureau_of(lead, house),
        }
        await uow.outbox.enqueue(MINISTRY, lead.id, "result", told, at)


async def _conduct(lead: Lead, at: dt.datetime, *, uow: UnitOfWork, house: House) -> None:
    """Only what a person found substantiated, of a body in our table; told once, whatever happens later."""
    found = verdicts.verdict(lead.verdict)
    if SUPERVISION not in house.partners or found is None or not found.is_substantiated:
        return
    is_told = await uow.outbox.has(SUPERVISION, lead.id, "conduct")
    if is_told or not lead.agency_code or not lead.problems:
        return
    complaint = await uow.complaints.get(lead.complaint_id)
    start = complaint.incident_from
    payload = _about(lead) | {
        "domain": taxonomy.label(lead.domain),
        "region": (lead.region or "411200")[:6],
        "acted_from": start.isoformat() if start else None,
        "acted_to": (complaint.incident_to or start).isoformat() if start else None,
        "verdict": found.label,
        "closed_at": _stamp(at),
    }
    await uow.outbox.enqueue(SUPERVISION, lead.id, "conduct", payload, at)


def _about(lead: Lead) -> dict[str, Any]:
    """Whom and what it is about. A body that is not in our table stands in the complainant's words: not told."""
    return {
        "lead_no": lead.number,
        "agency": lead.agency_name if lead.agency_code else None,
        "agency_code": lead.agency_code,
        "problems": [f"{code} {taxonomy.label(code)}" for code in lead.problems],
    }


def bureau_of(lead: Lead, house: House) -> str:
    """The bureau answerable for a lead, by name."""
    known = house.organisations.get(lead.supervisor)
    return known.name if known else "三门峡市司法局"


def _stamp(at: dt.datetime) -> str:
    return at.astimezone(LOCAL).isoformat(timespec="seconds")
