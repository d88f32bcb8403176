"""What a sealed referral holds, and its sealing: the text exists in memory only, until it is sealed."""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import json
from typing import Any

from connectors.discipline.connector import Discipline
from intake.domain import referrals, sla, taxonomy
from intake.domain.channels import LABELS
from intake.domain.sla import LOCAL
from intake.domain.workdays import add_working_days
from intake.services.house import House
from intake.store.outbox import DISCIPLINE
from intake.store.tables import Lead, Referral
from intake.store.unit_of_work import UnitOfWork

FORMAT = "xiansuo-referral/1"


async def seal_referral(
    row: Referral, lead: Lead, partner: Discipline, now: dt.datetime, *, uow: UnitOfWork, house: House
) -> None:
    """Make the letter and put it on its way; afterwards only its hash, time, reason and makers can be read here.

    row: not yet sealed; decided_by already tells who approved
    """
    text = json.dumps(await _content(row, lead, now, uow=uow, house=house), ensure_ascii=False, indent=1)
    letter = await asyncio.to_thread(partner.seal, text.encode("utf-8", "replace"))
    row.letter, row.sha256 = letter, hashlib.sha256(letter).hexdigest()
    row.receiver, row.state = partner.key_fingerprint, "sealed"
    row.way = "wire" if partner.is_connected else "hand"
    due = add_working_days(now.astimezone(LOCAL).date(), house.policy.referral_days, house.calendar)
    row.due_by = sla.end_of(due.day)
    if partner.is_connected:
        await uow.outbox.enqueue(DISCIPLINE, lead.id, "referral", {"referral": row.number}, now)


async def _content(
    row: Referral, lead: Lead, now: dt.datetime, *, uow: UnitOfWork, house: House
) -> dict[str, Any]:
    complaint = await uow.complaints.get(lead.complaint_id)
    respondents = await uow.leads.respondents(lead.id)
    reason = referrals.reasons()[row.reason]
    identity = None
    if row.wants_identity and reason.gives_identity:
        identity = await uow.complaints.open_identity(complaint.id)
    row.has_identity = identity is not None
    return {
        "format": FORMAT,
        "number": row.number,
        "made_at": _time(now),
        "asked_by": await _person(row.asked_by, uow, house),
        "approved_by": await _person(row.decided_by, uow, house) if row.decided_by else None,
        "reason": {"code": reason.code, "label": reason.label, "why": uow.referrals.why(row)},
        "lead": {
            "number": lead.number,
            "received_at": _time(lead.received_at),
            "channel": LABELS.get(complaint.channel, complaint.channel),
            "agency": lead.agency_name,
            "respondents": [_name(code, house) for code in sorted(respondents)],
            "region": house.region_names.get(lead.region or ""),
            "domain": taxonomy.label(lead.domain),
            "problems": [f"{code} {taxonomy.label(code)}" for code in lead.problems],
        },
        "complaint": {
            "text": complaint.text,
            "demand": complaint.demand,
            "agency": complaint.agency_text,
            "time": complaint.incident_text,
            "enterprise": complaint.enterprise_name,
            "uscc": complaint.uscc,
        },
        "supplements": await _supplements(lead, uow),
        "found": {"finding": lead.finding, "public_reply": lead.public_reply},
        "evidence": [_exhibit(one, uow) for one in await uow.evidence.of_lead(lead.id)],
        "identity": identity,
    }


async def _supplements(lead: Lead, uow: UnitOfWork) -> list[dict[str, Any]]:
    events = [e for e in await uow.leads.events(lead.id) if e.kind == "supplement"]
    return [{"at": _time(e.at), "text": e.details.get("text") or e.details.get("note")} for e in events]


def _exhibit(row: Any, uow: UnitOfWork) -> dict[str, Any]:
    """Name and hashes: the file itself is asked for with them."""
    _key, name, _heard = uow.evidence.open(row)
    return {
        "id": row.id,
        "name": name,
        "media_type": row.media_type,
        "size": row.size,
        "sha256": row.sha256,
        "sm3": row.sm3,
        "received_at": _time(row.received_at),
    }


async def _person(login: str, uow: UnitOfWork, house: House) -> dict[str, Any]:
    account = await uow.accounts.by_login(login)
    name, unit = (account.name, account.organisation) if account else (login, "")
    return {"account": login, "name": name, "organisation": _name(unit, house)}


def _name(code: str, house: House) -> str:
    known = house.organisations.get(code)
    return known.name if known else code


def _time(at: dt.datetime) -> str:
    return at.astimezone(LOCAL).isoformat(timespec="seconds")
