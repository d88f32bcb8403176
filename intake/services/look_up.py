"""Look something up in another system for a lead (联查): who may, what is asked, what was found.

The question is kept before the call, so that a system that is down is asked again by the worker.
"""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass
from typing import Any

from intake.domain.conflict import Viewer
from intake.domain.errors import FieldProblem, Forbidden, Malformed
from intake.domain.sla import LOCAL
from intake.services.ask_partner import MOST_ATTEMPTS, ask_due
from intake.services.house import House
from intake.services.plan_look_ups import KINDS, SYSTEM, Kind, question_of
from intake.services.sight import sight_of
from intake.store.tables import Complaint, Lead, Lookup
from intake.store.unit_of_work import UnitOfWork

MAY_LOOK_UP = frozenset({"supervisor", "city_supervisor", "green_channel_desk"})
SHORTEST_REASON, LONGEST_REASON = 10, 500


@dataclass(frozen=True, slots=True)
class Offer:
    """A look-up the lead allows; why_not: Chinese, "" when it can be asked."""

    system: str
    kind: Kind
    why_not: str
    documents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """row: what was asked and its state; content: {"records", "problems", "hints"}, {} while there is none."""

    row: Lookup
    kind: Kind
    content: dict[str, Any]
    will_try_again: bool


@dataclass(frozen=True, slots=True)
class LookUps:
    """is_anonymous: nothing is asked by itself; hints: those of the newest answer of each system."""

    offers: tuple[Offer, ...]
    answers: tuple[Answered, ...]
    hints: tuple[dict[str, str], ...]
    is_anonymous: bool


async def look_up(
    number: str, system: str, *, viewer: Viewer, house: House, reason: str = "", document: str = ""
) -> None:
    """Ask one system about a lead, at once; what comes back is shown with the lead.

    reason, document: of a formal request for a case file
    raises: Forbidden, NotFound (also when hidden), Malformed when it cannot be asked
    """
    if viewer.role not in MAY_LOOK_UP:
        raise Forbidden
    kind = KINDS.get(system)
    if kind is None or system not in house.partners:
        raise Malformed(FieldProblem("system", "not_connected", "这个系统没有接通。"))
    now = house.clock()
    async with house.store.change() as uow:
        lead = await uow.leads.visible(number, await sight_of(viewer, uow, house))
        question = question_of(system, lead, await uow.complaints.get(lead.complaint_id), now)
        if question is None:
            raise Malformed(FieldProblem("system", "nothing_to_ask", _missing(system)))
        if await uow.lookups.is_running(lead.id, system, now):
            return
        if kind.is_formal:
            question |= _formal(question, reason, document, now)
        await uow.lookups.supersede(lead.id, system)
        row = Lookup(
            lead_id=lead.id,
            system=system,
            asked_by=viewer.account,
            asked_at=now,
            question=question,
            reason=reason.strip() if kind.is_formal else None,
            run_at=now,
        )
        uow.lookups.add(row)
        await _record(lead, row, kind, uow)
    await ask_due(house=house, limit=1, only=row.id)


async def _record(lead: Lead, row: Lookup, kind: Kind, uow: UnitOfWork) -> None:
    details = {"lookup": row.id, "number": row.question.get("request_no", ""), "reason": row.reason or ""}
    await uow.leads.record(
        lead,
        at=row.asked_at,
        actor=row.asked_by,
        kind="look_up",
        label=f"{kind.label}（{kind.title}）",
        details={key: value for key, value in details.items() if value},
    )


def _formal(question: dict[str, Any], reason: str, document: str, now: dt.datetime) -> dict[str, Any]:
    """The parts of a formal request; its number is random, since the lead's own would tell who is looked at."""
    if not SHORTEST_REASON <= len(reason.strip()) <= LONGEST_REASON:
        words = f"请写明调卷理由（{SHORTEST_REASON} 至 {LONGEST_REASON} 个字），会随调卷函发给办案系统。"
        raise Malformed(FieldProblem("reason", "reason_missing", words))
    if document not in question["documents"]:
        raise Malformed(FieldProblem("document", "unknown_document", "请选择要调取哪份文书的案卷。"))
    request_no = f"DJ{now.astimezone(LOCAL):%Y%m%d}{secrets.token_hex(4).upper()}"
    return {"documents": [document], "request_no": request_no}


def _missing(system: str) -> str:
    if system == "case_system":
        return "线索里没有文书文号，请先请投诉人补充。"
    if system == "credit_platform":
        return "线索里没有统一社会信用代码，也没有文书文号，请先请投诉人补充。"
    return "线索里没有企业名称，也没有统一社会信用代码，请先请投诉人补充。"


async def look_ups_of(number: str, viewer: Viewer, *, house: House) -> LookUps:
    """What can be looked up for a lead and what was found; nothing for roles that do not work on leads.

    raises: NotFound, the same for hidden and unknown
    """
    if viewer.role not in MAY_LOOK_UP:
        return LookUps((), (), (), is_anonymous=False)
    now = house.clock()
    async with house.store.look() as uow:
        lead = await uow.leads.visible(number, await sight_of(viewer, uow, house))
        complaint = await uow.complaints.get(lead.complaint_id)
        rows = [r for r in await uow.lookups.of_lead(lead.id) if r.state != "replaced" and r.asked_at <= now]
        answers = tuple(_answered(row, uow) for row in rows)
    newest = {one.row.system: one for one in reversed(answers) if one.content}
    hints = [h | {"source": one.kind.title} for one in newest.values() for h in one.content["hints"]]
    offers = tuple(_offer(system, lead, complaint, now) for system in KINDS if system in house.partners)
    return LookUps(offers, answers, tuple(hints), complaint.is_anonymous)


def _answered(row: Lookup, uow: UnitOfWork) -> Answered:
    again = row.state in ("waiting", "down") and row.attempts < MOST_ATTEMPTS
    return Answered(row, KINDS[row.system], uow.lookups.answer(row), again)


def _offer(system: str, lead: Lead, complaint: Complaint, now: dt.datetime) -> Offer:
    question = question_of(system, lead, complaint, now)
    documents = tuple(question.get("documents", ())) if question else ()
    return Offer(system, KINDS[system], "" if question else _missing(system), documents)


__all__ = ["MAY_LOOK_UP", "SYSTEM", "look_up", "look_ups_of"]
