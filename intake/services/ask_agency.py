"""Ask a respondent to explain itself (要求说明情况), on a masked copy; take back, accept or return its answer.

条例 gives a supervisor the right to ask; it gives the agency no sight of the lead. What it learns is the
question and a copy that a person has read and answers for.
"""

from __future__ import annotations

from dataclasses import dataclass

from intake.domain import lifecycle, receipts, sla
from intake.domain.conflict import Viewer
from intake.domain.errors import FieldProblem, Forbidden, Malformed, WrongStep
from intake.domain.sla import LOCAL
from intake.domain.workdays import add_working_days
from intake.services.house import House
from intake.services.mask_copy import masked_copy
from intake.services.sight import sight_of
from intake.store.tables import AgencyRequest, Lead
from intake.store.unit_of_work import UnitOfWork

ASKERS = frozenset({"supervisor", "city_supervisor", "green_channel_desk"})
# A lead must have been taken up before its respondent learns anything at all.
FROM = frozenset({"L30", "L31", "L32", "L33", "L34", "L35", "L40", "L51"})
MOST_DAYS = 60
LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class Question:
    """organisation: a respondent of the lead; copy: masked text as a person approved it; days: working days to answer."""

    organisation: str
    question: str
    copy: str
    days: int


@dataclass(frozen=True, slots=True)
class Asking:
    """What the lead's page needs: requests so far, who can be asked, and the copy proposed."""

    requests: tuple[AgencyRequest, ...]
    respondents: tuple[tuple[str, str], ...]
    copy: str
    may_ask: bool


async def asking(number: str, *, viewer: Viewer, house: House) -> Asking:
    """raises: NotFound"""
    async with house.store.look() as uow:
        lead = await uow.leads.visible(number, await sight_of(viewer, uow, house))
        respondents = await uow.leads.respondents(lead.id)
        may_ask = viewer.role in ASKERS and lead.stage in FROM
        copy = ""
        if may_ask:
            copy = await masked_copy(lead, await uow.complaints.get(lead.complaint_id), uow)
        requests = await uow.agency_requests.of_lead(lead.id) if viewer.role in ASKERS else []
    names = [(c, house.organisations[c].name) for c in sorted(respondents) if c in house.organisations]
    return Asking(tuple(requests), tuple(names), copy, may_ask)


async def ask_agency(number: str, wanted: Question, *, viewer: Viewer, house: House) -> str:
    """Send the question; returns the request's own number.

    raises: NotFound, Forbidden, WrongStep before the lead is taken up, Malformed
    """
    if viewer.role not in ASKERS:
        raise Forbidden
    now = house.clock()
    async with house.store.change() as uow:
        lead = await uow.leads.visible(number, await sight_of(viewer, uow, house))
        if lead.stage not in FROM:
            raise WrongStep(
                "受理之后、办结之前才能要求被投诉机关说明情况。",
                legal=lifecycle.legal_steps(lead.stage, viewer.role),
            )
        _check(wanted, await uow.leads.respondents(lead.id))
        due = add_working_days(now.astimezone(LOCAL).date(), wanted.days, house.calendar)
        request = AgencyRequest(
            number="FK" + receipts.new_number().removeprefix(receipts.PREFIX),
            lead_id=lead.id,
            organisation=wanted.organisation,
            question=wanted.question.strip(),
            copy_text=wanted.copy.strip(),
            asked_by=viewer.account,
            asked_at=now,
            due_by=sla.end_of(due.day),
        )
        uow.agency_requests.save(request)
        await _record(
            uow, lead, viewer, house, "ask_agency", "要求被投诉机关说明情况", request, wanted.question
        )
    return request.number


def _check(wanted: Question, respondents: frozenset[str]) -> None:
    problems = []
    if wanted.organisation not in respondents:
        problems.append(
            FieldProblem("organisation", "not_a_respondent", "只能向这条线索的被投诉机关要求说明。")
        )
    if not 5 <= len(wanted.question.strip()) <= LONGEST:
        problems.append(FieldProblem("question", "question_missing", "请写明要它说明什么（至少 5 个字）。"))
    if len(wanted.copy.strip()) > LONGEST:
        problems.append(FieldProblem("copy", "too_long", f"脱敏内容请控制在 {LONGEST} 字以内。"))
    if not 1 <= wanted.days <= MOST_DAYS:
        problems.append(FieldProblem("days", "out_of_range", f"期限为 1 至 {MOST_DAYS} 个工作日。"))
    if problems:
        raise Malformed(*problems)


async def decide_answer(
    number: str, request_number: str, decision: str, comment: str, *, viewer: Viewer, house: House
) -> None:
    """accept | return (with what is still missing) | withdraw a request.

    raises: NotFound, Forbidden, WrongStep, Malformed
    """
    if viewer.role not in ASKERS:
        raise Forbidden
    moves = {
        "accept": (("answered",), "accepted", "认可被投诉机关的说明"),
        "return": (("answered",), "returned", "退回被投诉机关补充说明"),
        "withdraw": (("asked", "returned"), "withdrawn", "撤回要求说明情况"),
    }
    if decision not in moves:
        raise Malformed(FieldProblem("decision", "unknown_decision", "请选择认可、退回或者撤回。"))
    before, after, label = moves[decision]
    if decision == "return" and len(comment.strip()) < 5:
        raise Malformed(FieldProblem("comment", "comment_missing", "请写明还要补充什么（至少 5 个字）。"))
    async with house.store.change() as uow:
        lead = await uow.leads.visible(number, await sight_of(viewer, uow, house))
        request = await uow.agency_requests.locked(request_number)
        if request.lead_id != lead.id or request.state not in before:
            raise WrongStep("这份通知现在不能这样处理，请刷新后再看。", legal=())
        request.state, request.comment = after, comment.strip() or None
        request.version += 1
        uow.agency_requests.save(request)
        await _record(uow, lead, viewer, house, f"{decision}_answer", label, request, comment)


def _name(organisation: str, house: House) -> str:
    known = house.organisations.get(organisation)
    return known.name if known else organisation


async def _record(
    uow: UnitOfWork,
    lead: Lead,
    viewer: Viewer,
    house: House,
    kind: str,
    label: str,
    request: AgencyRequest,
    note: str,
) -> None:
    await uow.leads.record(
        lead,
        at=house.clock(),
        actor=viewer.account,
        kind=kind,
        label=label,
        details={
            "request": request.number,
            "target": _name(request.organisation, house),
            "note": note.strip(),
        },
    )
