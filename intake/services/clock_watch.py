"""Clocks that run by themselves: yellow at four fifths (预警), red when overdue (督办), then upwards (提级).

Each fires once a lead: the lead's own row says so, and it is locked while it is said. A worker
that stood still for days, or two at once, changes nothing about that.
"""

from __future__ import annotations

import datetime as dt

from intake.domain import lifecycle, sla
from intake.domain.sla import LOCAL
from intake.domain.workdays import working_days_between
from intake.services.house import House
from intake.store.tables import Lead
from intake.store.unit_of_work import UnitOfWork

ACTOR = "clock"
BATCH = 50


async def watch_clocks(*, house: House) -> int:
    """Fire what is due now; returns how many leads were told."""
    now = house.clock()
    async with house.store.look() as uow:
        due = await uow.leads.clocks_due(now, BATCH)
    told = 0
    for lead_id in due:
        async with house.store.change() as uow:
            lead = await uow.leads.locked(lead_id)
            if lead is not None and await _fire(lead, now, uow=uow, house=house):
                uow.leads.save(lead)
                told += 1
    return told


async def _fire(lead: Lead, now: dt.datetime, *, uow: UnitOfWork, house: House) -> bool:
    """Say what the clock of one lead says now; the row is locked, so nobody else says it."""
    if not lifecycle.stages()[lead.stage].is_open or lead.stage == lifecycle.SUSPENDED:
        return False
    late_since = overdue_since(lead, now)
    fired = False
    if lead.warned_at is None and lead.warn_at is not None and lead.warn_at <= now:
        lead.warned_at = now
        await _say(lead, now, "warn", "期限将到（预警）", uow)
        fired = True
    if late_since is not None and lead.overdue_at is None:
        lead.overdue_at = now
        _raise(lead, "supervise")
        await _say(lead, now, "overdue", "已超期，自动督办", uow)
        fired = True
    if (
        late_since is not None
        and "escalate" not in lead.flags
        and _days_late(late_since, now, house) >= sla.ESCALATE_AFTER
    ):
        _raise(lead, "escalate")
        await _say(lead, now, "escalate", "超期多日，提级监督", uow)
        fired = True
    return fired


def overdue_since(lead: Lead, now: dt.datetime) -> dt.datetime | None:
    """The deadline that passed, None while all are kept."""
    if not lead.is_confirmed and lead.decide_by < now:
        return lead.decide_by
    return lead.answer_by if lead.answer_by < now else None


def _days_late(since: dt.datetime, now: dt.datetime, house: House) -> int:
    return working_days_between(since.astimezone(LOCAL).date(), now.astimezone(LOCAL).date(), house.calendar)


def _raise(lead: Lead, flag: str) -> None:
    if flag not in lead.flags:
        lead.flags = [*lead.flags, flag]


async def _say(lead: Lead, now: dt.datetime, kind: str, label: str, uow: UnitOfWork) -> None:
    await uow.leads.record(lead, at=now, actor=ACTOR, kind=kind, label=label)
