"""An exception from the conflict rule (破例查看): one lead, one other account, a reason, an end.

Only a city supervisor who sees the lead by the rule itself may make one, never for himself, and never
for an account of the respondent or of a unit below it. It is part of the lead's history and ends by itself.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from intake.domain import conflict
from intake.domain.conflict import Viewer
from intake.domain.errors import FieldProblem, Forbidden, Malformed, NotFound, WrongStep
from intake.services.house import House
from intake.store.tables import Account, LeadGrant

MOST_DAYS = 30
MAY_GRANT = frozenset({"city_supervisor"})
MAY_GET = frozenset({"supervisor", "city_supervisor", "green_channel_desk"})
SHORTEST_REASON = 10


@dataclass(frozen=True, slots=True)
class Grant:
    """What is wanted; days: how long, 1 to MOST_DAYS."""

    account: str
    reason: str
    days: int


async def grant_sight(number: str, wanted: Grant, *, viewer: Viewer, house: House) -> None:
    """Show a lead to one more account.

    raises: NotFound (also when hidden), Forbidden, Malformed, WrongStep for an account that may never see it
    """
    if viewer.role not in MAY_GRANT:
        raise Forbidden
    _check(wanted)
    now = house.clock()
    async with house.store.change() as uow:
        lead = await uow.leads.visible(number, conflict.sight(viewer, house.parents))
        account = await uow.accounts.by_login(wanted.account.strip().lower())
        if account is None or account.is_disabled or account.role not in MAY_GET:
            raise Malformed(
                FieldProblem("account", "unknown_account", "没有这个账号，或者它的角色不办理线索。")
            )
        _allow(account, viewer, await uow.leads.respondents(lead.id), house)
        until = now + dt.timedelta(days=wanted.days)
        uow.grants.add(
            LeadGrant(
                lead_id=lead.id,
                account=account.login,
                reason=wanted.reason.strip(),
                granted_by=viewer.account,
                at=now,
                until=until,
            )
        )
        await uow.leads.record(
            lead,
            at=now,
            actor=viewer.account,
            kind="grant_sight",
            label="准许破例查看",
            details={"assignee": account.login, "reason": wanted.reason.strip(), "until": until.isoformat()},
        )


def _check(wanted: Grant) -> None:
    if len(wanted.reason.strip()) < SHORTEST_REASON:
        words = f"请写明为什么要破例（至少 {SHORTEST_REASON} 个字）。"
        raise Malformed(FieldProblem("reason", "reason_missing", words))
    if not 1 <= wanted.days <= MOST_DAYS:
        raise Malformed(FieldProblem("days", "out_of_range", f"期限为 1 至 {MOST_DAYS} 天。"))


def _allow(account: Account, viewer: Viewer, respondents: frozenset[str], house: House) -> None:
    if account.login == viewer.account:
        raise Forbidden("不能给自己破例。")
    if conflict.is_barred(account.organisation, respondents, house.parents):
        raise WrongStep("被投诉机关及其下属单位的人员不能查看，没有例外。", legal=())


async def revoke_sight(number: str, grant_id: str, *, viewer: Viewer, house: House) -> None:
    """End an exception at once. raises: NotFound, Forbidden"""
    if viewer.role not in MAY_GRANT:
        raise Forbidden
    now = house.clock()
    async with house.store.change() as uow:
        lead = await uow.leads.visible(number, conflict.sight(viewer, house.parents))
        grant = await uow.grants.get(grant_id)
        if grant is None or grant.lead_id != lead.id or grant.revoked_at is not None:
            raise NotFound
        grant.revoked_at = now
        uow.grants.add(grant)
        await uow.leads.record(
            lead,
            at=now,
            actor=viewer.account,
            kind="revoke_sight",
            label="收回破例查看",
            details={"assignee": grant.account},
        )


async def grants_of(number: str, *, viewer: Viewer, house: House) -> list[LeadGrant]:
    """The exceptions of a lead for those who may make them, else none. raises: NotFound"""
    if viewer.role not in MAY_GRANT:
        return []
    async with house.store.look() as uow:
        lead = await uow.leads.visible(number, conflict.sight(viewer, house.parents))
        return await uow.grants.of_lead(lead.id)


async def unseen_leads(*, house: House) -> list[tuple[str, dt.datetime]]:
    """(number, received) of open leads that no active account may see: for the operator of the system alone.

    Such a lead waits for an account of a higher level, e.g. when the city's own justice bureau is complained about.
    """
    found, after = [], ""
    async with house.store.look() as uow:
        people = [
            Viewer(a.login, a.name, a.role, a.organisation, a.region)
            for a in await uow.accounts.everyone()
            if not a.is_disabled and a.role in MAY_GET
        ]
        sights = {conflict.sight(p, house.parents) for p in people}
        while leads := await uow.sightings.open_after(after, 200):
            after = leads[-1].id
            numbers = {lead.number: lead.received_at for lead in leads}
            for sight in sights:
                for seen in await uow.sightings.seen_of(list(numbers), sight):
                    numbers.pop(seen, None)
            found += list(numbers.items())
    return found
