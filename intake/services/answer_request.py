"""The agency's side: what it was formally asked, and its answer. It never sees the lead."""

from __future__ import annotations

from intake.domain.conflict import Viewer
from intake.domain.errors import FieldProblem, Forbidden, Malformed, WrongStep
from intake.services.house import House
from intake.store.tables import AgencyRequest

OPEN = ("asked", "returned")
MOST = 200
LONGEST = 20_000


async def my_requests(viewer: Viewer, *, house: House) -> list[AgencyRequest]:
    """What the viewer's own organisation was asked; nothing for every other role."""
    if viewer.role != "agency":
        return []
    async with house.store.look() as uow:
        return await uow.agency_requests.of_organisation(viewer.organisation, MOST)


async def read_request(number: str, viewer: Viewer, *, house: House) -> AgencyRequest:
    """One request; the first reading is recorded on the lead.

    raises: Forbidden for other roles; NotFound, the same for unknown, withdrawn and another's
    """
    _agency_only(viewer)
    async with house.store.change() as uow:
        request = await uow.agency_requests.locked(number, organisation=viewer.organisation)
        if request.read_at is None:
            request.read_at = house.clock()
            uow.agency_requests.save(request)
            lead = await uow.leads.by_id(request.lead_id)
            if lead is not None:
                await uow.leads.record(
                    lead,
                    at=house.clock(),
                    actor=viewer.account,
                    kind="agency_read",
                    label="被投诉机关查看通知",
                    details={"request": request.number},
                )
    return request


async def answer_request(number: str, answer: str, *, version: int, viewer: Viewer, house: House) -> None:
    """Answer, or answer again after it was returned.

    raises: Forbidden, NotFound, Stale, WrongStep when it is answered already, Malformed
    """
    _agency_only(viewer)
    text = answer.strip()
    if not 10 <= len(text) <= LONGEST:
        raise Malformed(FieldProblem("answer", "answer_missing", f"请填写说明（10 至 {LONGEST} 字）。"))
    now = house.clock()
    async with house.store.change() as uow:
        request = await uow.agency_requests.locked(number, organisation=viewer.organisation, version=version)
        if request.state not in OPEN:
            raise WrongStep("这份通知已经答复。", legal=())
        request.answer, request.answered_by, request.answered_at = text, viewer.account, now
        request.state = "answered"
        request.version += 1
        uow.agency_requests.save(request)
        lead = await uow.leads.by_id(request.lead_id)
        if lead is not None:
            await uow.leads.record(
                lead,
                at=now,
                actor=viewer.account,
                kind="agency_answer",
                label="被投诉机关已说明情况",
                details={"request": request.number, "is_late": now > request.due_by},
            )


def _agency_only(viewer: Viewer) -> None:
    if viewer.role != "agency":
        raise Forbidden
