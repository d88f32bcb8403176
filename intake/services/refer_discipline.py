"""Refer a lead to the discipline inspection body (移送纪检监察), sealed; its own part about conduct goes on.

Nobody learns of a referral but the accounts that handle it and the city supervisors who see the lead by the rule
itself: no flag, no event in the history they read, no change of the version, nothing to the hotline. What was done
and read stands in the lead's chain of events, for the inspectors.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast

from connectors.discipline.connector import SYSTEM, Discipline
from intake.domain import conflict, lifecycle, receipts, referrals
from intake.domain.conflict import Sight, Viewer
from intake.domain.errors import FieldProblem, Forbidden, Malformed, NotFound, WrongStep
from intake.services.house import House
from intake.services.reveal_identity import MAY_REVEAL
from intake.services.seal_referral import seal_referral
from intake.services.second_factor import require_fresh_code
from intake.store.outbox import DISCIPLINE
from intake.store.tables import Lead, Outbox, Referral
from intake.store.unit_of_work import UnitOfWork

MAY_REFER = MAY_REVEAL
NO_KEY = "还没有配置纪检监察机关的公钥，不能制作密封材料。请系统管理员先按连接器说明配置。"
HINTS = ("PT602", "SC30")


@dataclass(frozen=True, slots=True)
class Wish:
    """reason: code of data/referral_reasons.csv; why: in words, part of the letter."""

    reason: str
    why: str
    wants_identity: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """A referral as those who handle it see it. delivery: its message, None when it is carried by hand."""

    row: Referral
    lead: Lead
    reason: referrals.ReferralReason
    why: str
    label: str
    is_stuck: bool
    may_decide: bool
    delivery: Outbox | None = None


@dataclass(frozen=True, slots=True)
class Referring:
    """What the lead's page needs. hint: the labels of the lead speak for a referral."""

    items: tuple[Shown, ...]
    may_ask: bool
    why_not: str
    hint: bool


async def ask_referral(number: str, wish: Wish, *, viewer: Viewer, house: House) -> str:
    """Ask for a referral; without four eyes the letter is made at once. Returns the letter's number.

    raises: NotFound, Forbidden, Malformed, WrongStep; DutyFirst when the last one-time code is too old
    """
    _check_role(viewer)
    require_fresh_code(viewer, house)
    referrals.check(wish.reason, wish.why, wants_identity=wish.wants_identity)
    partner, now = partner_of(house), house.clock()
    async with house.store.change() as uow:
        lead = await uow.leads.visible(number, sight(viewer, house))
        lifecycle.take("refer", stage=lead.stage, role=viewer.role)
        if any(shown.state == "asked" for shown, _ in await _handled(viewer, lead, uow, house)):
            raise WrongStep("这条线索已有一件移送在等审批。", legal=())
        row = Referral(
            number="JY" + receipts.new_number().removeprefix(receipts.PREFIX),
            lead_id=lead.id,
            state="asked",
            reason=wish.reason,
            why_sealed=b"",
            wants_identity=wish.wants_identity,
            asked_by=viewer.account,
            asked_at=now,
        )
        uow.referrals.seal_why(row, wish.why.strip())
        await note(lead, row, viewer.account, "asked", uow=uow, house=house)
        if not house.policy.four_eyes:
            await seal_referral(row, lead, partner, now, uow=uow, house=house)
            await note(lead, row, viewer.account, "sealed", uow=uow, house=house)
        uow.referrals.add(row)
    return row.number


async def decide_referral(
    number: str, referral: str, decision: str, *, version: int, viewer: Viewer, house: House
) -> None:
    """approve (the letter is made) or refuse; by a city supervisor who did not ask.

    raises: NotFound, Forbidden, Stale, Malformed, WrongStep; DutyFirst
    """
    require_fresh_code(viewer, house)
    if decision not in ("approve", "refuse"):
        raise Malformed(FieldProblem("decision", "unknown_decision", "请选择同意或者不同意。"))
    partner, now = partner_of(house), house.clock()
    async with handling(number, referral, viewer=viewer, house=house, version=version) as (uow, lead, row):
        if row.state != "asked":
            raise WrongStep("这件移送已经决定过了。", legal=())
        if not _may_decide(row, viewer):
            raise Forbidden("移送须由另一位市级监督员审批。")
        row.decided_by, row.decided_at = viewer.account, now
        if decision == "approve":
            await seal_referral(row, lead, partner, now, uow=uow, house=house)
        else:
            row.state = "refused"
        await note(lead, row, viewer.account, row.state, uow=uow, house=house)


async def referrals_of(number: str, *, viewer: Viewer, house: House) -> Referring:
    """The referrals of a lead that the viewer handles; that he looked is recorded, once a sitting.

    raises: NotFound, Forbidden
    """
    _check_role(viewer)
    async with house.store.change() as uow:
        lead = await uow.leads.visible(number, sight(viewer, house))
        found = await _handled(viewer, lead, uow, house)
        if found:
            await _note_reading(lead, viewer, uow, house)
        sent = await uow.outbox.of_lead(lead.id, DISCIPLINE)
        items = tuple(_shown(row, lead, viewer, uow, house, sent) for row, lead in found)
    may_ask = "refer" in lifecycle.legal_steps(lead.stage, viewer.role)
    hint = lead.scope in HINTS or any(code in HINTS for code in lead.problems)
    why_not = "" if SYSTEM in house.partners else NO_KEY
    return Referring(items, may_ask, why_not, hint and may_ask)


async def seen_referrals(number: str, *, viewer: Viewer, house: House) -> Referring | None:
    """As `referrals_of`, for a page about more than that: None for who may see the lead but not this side of it."""
    if viewer.role not in MAY_REFER:
        return None
    try:
        return await referrals_of(number, viewer=viewer, house=house)
    except NotFound:
        return None


async def all_referrals(viewer: Viewer, *, house: House) -> tuple[Shown, ...]:
    """Everything the viewer handles, what is stuck first. raises: Forbidden"""
    _check_role(viewer)
    async with house.store.look() as uow:
        found = await uow.referrals.handled(sight(viewer, house), _account(viewer))
        shown = [_shown(row, lead, viewer, uow, house, ()) for row, lead in found]
    return tuple(sorted(shown, key=lambda one: not one.is_stuck))


def sight(viewer: Viewer, house: House) -> Sight:
    """By the conflict rule itself: an exception made for one account does not reach this far."""
    return conflict.sight(viewer, house.parents)


def partner_of(house: House) -> Discipline:
    """raises: Malformed while no key is configured"""
    if SYSTEM not in house.partners:
        raise Malformed(FieldProblem("receiver", "no_key", NO_KEY))
    return cast(Discipline, house.partners[SYSTEM])


@asynccontextmanager
async def handling(
    number: str,
    referral: str,
    *,
    viewer: Viewer,
    house: House,
    version: int | None = None,
    keeps_version: bool = False,
) -> AsyncIterator[tuple[UnitOfWork, Lead, Referral]]:
    """One referral that the viewer handles, alone, stored at the end.

    keeps_version: nothing changes that a form on somebody's screen is about
    raises: NotFound, the same for somebody else's and unknown; Stale; Forbidden
    """
    _check_role(viewer)
    async with house.store.change() as uow:
        lead = await uow.leads.visible(number, sight(viewer, house))
        row = await uow.referrals.locked(referral, lead.id, version=version)
        if not _handles(row, viewer):
            raise NotFound("没有找到这件移送。")
        yield uow, lead, row
        if keeps_version:
            uow.referrals.add(row)
        else:
            uow.referrals.save(row)


async def note(
    lead: Lead, row: Referral, actor: str, action: str, *, uow: UnitOfWork, house: House, **more: Any
) -> None:
    """What was done, in the lead's chain: number, hash and whether a person went along; no words."""
    details = {"letter": row.number, "action": action, "reason": row.reason} | more
    if row.sha256:
        details |= {"sha256": row.sha256, "identity": row.has_identity}
    await uow.leads.record(
        lead, at=house.clock(), actor=actor, kind="sealed_matter", label="办理密件", details=details
    )


async def _note_reading(lead: Lead, viewer: Viewer, uow: UnitOfWork, house: House) -> None:
    events = [e for e in await uow.leads.events(lead.id) if e.kind.startswith("sealed_")]
    if events and (events[-1].kind, events[-1].actor) == ("sealed_read", viewer.account):
        return
    await uow.leads.record(lead, at=house.clock(), actor=viewer.account, kind="sealed_read", label="查看密件")


def _check_role(viewer: Viewer) -> None:
    if viewer.role not in MAY_REFER:
        raise Forbidden("您的角色不办理移送。")


def _account(viewer: Viewer) -> str | None:
    """Whose referrals are shown: a city supervisor's are everybody's."""
    return None if viewer.role == "city_supervisor" else viewer.account


def _handles(row: Referral, viewer: Viewer) -> bool:
    people = (row.asked_by, row.decided_by, row.taken_by, row.received_by)
    return viewer.role == "city_supervisor" or viewer.account in people


def _may_decide(row: Referral, viewer: Viewer) -> bool:
    return viewer.role == "city_supervisor" and row.asked_by != viewer.account


async def _handled(viewer: Viewer, lead: Lead, uow: UnitOfWork, house: House) -> list[tuple[Referral, Lead]]:
    return await uow.referrals.handled(sight(viewer, house), _account(viewer), lead_id=lead.id)


def _shown(
    row: Referral,
    lead: Lead,
    viewer: Viewer,
    uow: UnitOfWork,
    house: House,
    sent: Any,
) -> Shown:
    delivery = next((one for one in sent if one.payload.get("referral") == row.number), None)
    return Shown(
        row,
        lead,
        referrals.reasons()[row.reason],
        uow.referrals.why(row),
        referrals.LABELS[row.state],
        referrals.is_stuck(row.state, row.due_by, house.clock()),
        row.state == "asked" and _may_decide(row, viewer),
        delivery,
    )
