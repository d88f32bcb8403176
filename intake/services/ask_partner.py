"""Ask another system what was planned or wanted to know, and keep the answer with the lead.

Claim, close the database session, call, then write the outcome; a system that is down is asked
again later and holds up nothing. An answer may hint at a problem type; only a person reclassifies.
"""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import asdict, dataclass
from typing import Any

from connectors.errors import ConnectorError, Refused
from connectors.partners.client import Found, Question
from intake.domain import evidence_hints, lifecycle, privacy
from intake.domain.evidence_hints import Case
from intake.domain.sla import LOCAL
from intake.services.house import House
from intake.services.plan_look_ups import KINDS, SYSTEM
from intake.services.sum_up_look_up import sum_up
from intake.store.tables import Complaint, Lead, Lookup
from intake.store.unit_of_work import UnitOfWork

log = logging.getLogger(__name__)

LEASE = dt.timedelta(seconds=120)
FIRST_WAIT_S = 30.0
LONGEST_WAIT_S = 1800.0
MOST_ATTEMPTS = 12  # about four hours; afterwards a person may ask again
MOST_SHOWN = 40


@dataclass(frozen=True, slots=True)
class _Outcome:
    state: str
    found: Found | None = None
    error: str = ""


async def ask_due(*, house: House, limit: int = 4, only: str | None = None) -> int:
    """Ask each due question once; returns how many were claimed.

    only: id of one question
    """
    async with house.store.change() as uow:
        rows = await uow.lookups.claim(house.clock(), LEASE, limit, most=MOST_ATTEMPTS, only=only)
    for row in rows:
        await _ask(row, house=house)
    return len(rows)


async def _ask(row: Lookup, *, house: House) -> None:
    async with house.store.look() as uow:
        lead = await uow.leads.by_id(row.lead_id)
    if lead is None or (row.asked_by == SYSTEM and not lifecycle.stages()[lead.stage].is_open):
        async with house.store.change() as uow:
            await uow.lookups.settle(row, None, state="replaced")
        return
    await _settle(row, await _call(row, house=house), house=house)


async def _call(row: Lookup, *, house: House) -> _Outcome:
    partner = house.partners.get(row.system)
    if partner is None:
        return _Outcome("down", error="系统没有接通")
    try:
        found = await _found(row, partner)
    except Refused as error:
        return _Outcome("refused", error=privacy.mask(str(error))[:250])
    except ConnectorError as error:
        log.warning("look-up postponed", extra={"system": row.system, "attempt": row.attempts, "id": row.id})
        return _Outcome("down", error=privacy.mask(str(error))[:250])
    return _Outcome("ok" if found.records else "none", found)


async def _found(row: Lookup, partner: Any) -> Found:
    """Everything one question finds; more than one document is asked one after the other."""
    asked = row.question
    documents = list(asked.get("documents") or [""])
    records: dict[Any, None] = {}
    problems: list[str] = []
    for place, document in enumerate(documents):
        question = Question(
            uscc=asked.get("uscc", "") if place == 0 else "",
            name=asked.get("name", ""),
            document_no=document,
            year=asked.get("year", 0),
            request_no=asked.get("request_no", ""),
            reason=row.reason or "",
        )
        found = await partner.look_up(question)
        records |= dict.fromkeys(found.records)
        problems += found.problems
    return Found(tuple(records), tuple(problems))


async def _settle(row: Lookup, outcome: _Outcome, *, house: House) -> None:
    now = house.clock()
    async with house.store.change() as uow:
        lead = await uow.leads.held(row.lead_id)  # before the question: always in this order
        if outcome.state == "down":
            wait_s = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** (row.attempts - 1))
            run_at = now + dt.timedelta(seconds=wait_s)
            await uow.lookups.settle(row, None, state="down", run_at=run_at, last_error=outcome.error)
            return
        complaint = await uow.complaints.get(lead.complaint_id)
        found = outcome.found or Found(())
        case = case_of(lead, complaint, now, house)
        answer = _answer(row.system, found, case, house)
        values = {"state": outcome.state, "found": len(found.records), "answered_at": now}
        if not await uow.lookups.settle(row, answer, last_error=outcome.error or None, **values):
            return
        await uow.leads.record(
            lead,
            at=now,
            actor=row.system,
            kind="looked_up",
            label=f"{KINDS[row.system].title}：{_result(outcome, found)}"[:64],
            details={"lookup": row.id, "hints": [hint["code"] for hint in answer["hints"]]},
        )
        _ask_again_when_due(row, found, case, uow=uow)


def case_of(lead: Lead, complaint: Complaint, now: dt.datetime, house: House) -> Case:
    """What the lead says, for the rules of domain/evidence_hints.py."""
    start = complaint.incident_from
    said = lead.classification.get("incident_time")
    days = (start, complaint.incident_to or start) if start else None
    if days is None and said:
        days = (dt.date.fromisoformat(said["from"]), dt.date.fromisoformat(said["to"]))
    about = evidence_hints.INSPECTION in lead.classification.get("action_kinds", [])
    return Case(
        documents=tuple(lead.classification.get("document_numbers", [])),
        agency=lead.agency_name or "",
        domain=lead.domain,
        received_on=lead.received_at.astimezone(LOCAL).date(),
        days=days,
        is_about_inspection=about or "PT103" in lead.problems,
        today=now.astimezone(LOCAL).date(),
        calendar=house.calendar,
    )


def _answer(system: str, found: Found, case: Case, house: House) -> dict[str, Any]:
    """What is sealed: facts in words as they are shown, problems of reading, hints."""
    labels = {kind: house.partners[system].fields.labels(kind) for kind in {r.record for r in found.records}}
    values = [(record.record, asdict(record)) for record in found.records]
    return {
        "records": [
            {"kind": kind, "title": record.title, "facts": _facts(one, labels[kind])}
            for record, (kind, one) in list(zip(found.records, values, strict=True))[:MOST_SHOWN]
        ],
        "problems": list(found.problems),
        "summary": sum_up(system, [one for _, one in values], case.today.year),
        "hints": [asdict(hint) for hint in evidence_hints.hints(system, values, case)],
    }


def _facts(values: dict[str, Any], labels: dict[str, str]) -> list[list[str]]:
    return [[labels[name], _words(value)] for name, value in values.items() if value not in (None, ())]


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    return "、".join(value) if isinstance(value, tuple) else str(value)


def _result(outcome: _Outcome, found: Found) -> str:
    if outcome.state == "refused":
        return "没有接受这次查询"
    return f"查到 {len(found.records)} 条记录" if found.records else "没有查到记录"


def _ask_again_when_due(row: Lookup, found: Found, case: Case, *, uow: UnitOfWork) -> None:
    """A decision that is not public yet may still be in time: the platform is asked once more when it is not."""
    due = evidence_hints.publication_due(case)
    known = {getattr(record, "document_no", None) for record in found.records}
    missing = [number for number in row.question.get("documents", []) if number not in known]
    if row.system != "credit_platform" or not missing or case.today > due or row.question.get("is_second"):
        return
    at = dt.datetime.combine(due + dt.timedelta(days=1), dt.time(9), LOCAL).astimezone(dt.UTC)
    uow.lookups.add(
        Lookup(
            lead_id=row.lead_id,
            system=row.system,
            asked_by=SYSTEM,
            asked_at=at,
            question={"uscc": "", "documents": missing, "is_second": True},
            run_at=at,
        )
    )
