"""Count the deadlines of open leads again, when the limits or the calendar changed.

Always from the day of receipt, as if the lead were filed today under the rules in force; what was
granted since (an extension, the working days of a pause) is added again, day for day. The promise
to decide is only moved while nobody has decided. Whatever moves is logged with old and new and told
to the complainant.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from intake.domain import sla
from intake.domain.sla import LOCAL, Limits
from intake.domain.workdays import WorkCalendar, add_working_days, working_days_between
from intake.services.house import House
from intake.store.tables import Lead, LeadEvent
from intake.store.unit_of_work import UnitOfWork

BATCH = 100
LIMITS_CHANGED = "办理期限按新的时限规定重新计算"


@dataclass(frozen=True, slots=True)
class Deadlines:
    decide_by: dt.datetime
    answer_by: dt.datetime
    warn_at: dt.datetime
    is_provisional: bool


def granted_days(events: Iterable[LeadEvent], calendar: WorkCalendar) -> int:
    """Working days that approved extensions and ended pauses gave, from what their events say."""
    days = 0
    for event in events:
        moved = event.details.get("answer_by")
        if event.kind in ("review", "resume") and isinstance(moved, dict):
            old, new = (dt.datetime.fromisoformat(moved[k]).astimezone(LOCAL).date() for k in ("old", "new"))
            days += working_days_between(old, new, calendar)
    return days


def deadlines(
    lead: Lead, grants: Iterable[LeadEvent], *, limits: Limits, calendar: WorkCalendar
) -> Deadlines:
    """What the deadlines of a lead are under `limits`."""
    clocks = sla.clocks(
        lead.received_at, lead.urgency, is_green=lead.is_green, calendar=calendar, limits=limits
    )
    answer_by, is_provisional = clocks.answer_by, clocks.is_provisional
    days = granted_days(grants, calendar)
    if days:
        due = add_working_days(answer_by.astimezone(LOCAL).date(), days, calendar)
        answer_by, is_provisional = sla.end_of(due.day), is_provisional or due.is_provisional
    return Deadlines(
        lead.decide_by if lead.is_confirmed else clocks.decide_by,
        answer_by,
        sla.warn_at(lead.received_at, answer_by),
        is_provisional,
    )


async def count_again(lead: Lead, *, actor: str, label: str, uow: UnitOfWork, house: House) -> bool:
    """Set the deadlines anew; whether one moved. The row must be locked by the caller."""
    grants = (await uow.recounts.grants([lead.id])).get(lead.id, [])
    new = deadlines(lead, grants, limits=house.limits, calendar=house.calendar)
    moved = {
        name: {"old": old.isoformat(), "new": now.isoformat()}
        for name, old, now in (
            ("decide_by", lead.decide_by, new.decide_by),
            ("answer_by", lead.answer_by, new.answer_by),
        )
        if old != now
    }
    settled = lead.is_provisional != new.is_provisional
    version = {"old": lead.limits_version, "new": house.limits.version}
    lead.limits_version, lead.is_provisional = house.limits.version, new.is_provisional
    if moved:
        lead.decide_by, lead.answer_by, lead.warn_at = new.decide_by, new.answer_by, new.warn_at
        _silence(lead, house.clock())
        details = moved | ({"limits_version": version} if version["old"] != version["new"] else {})
        await uow.leads.record(
            lead, at=house.clock(), actor=actor, kind="recount", label=label, is_public=True, details=details
        )
    if moved or settled:
        uow.leads.save(lead)
    return bool(moved)


def _silence(lead: Lead, now: dt.datetime) -> None:
    """A warning that came true no longer: the clock may speak again when its time comes."""
    if lead.warn_at is not None and lead.warn_at > now:
        lead.warned_at = None
    is_late = lead.answer_by < now or (not lead.is_confirmed and lead.decide_by < now)
    if not is_late:
        lead.overdue_at = None


async def recount_waiting(*, house: House) -> int:
    """Count again every open lead that was counted with an older version than the one in force.

    A lead that somebody holds at the moment waits for the next round (the worker's); a crash in the
    middle loses nothing, since each lead says with which version it was counted.
    """
    moved, last = 0, ""
    while True:
        async with house.store.look() as uow:
            waiting = await uow.recounts.waiting(house.limits.version, last, BATCH)
        for lead_id in waiting:
            async with house.store.change() as uow:
                lead = await uow.leads.locked(lead_id)
                if lead is None or lead.limits_version >= house.limits.version:
                    continue
                moved += await count_again(lead, actor="limits", label=LIMITS_CHANGED, uow=uow, house=house)
        if len(waiting) < BATCH:
            return moved
        last = waiting[-1]
