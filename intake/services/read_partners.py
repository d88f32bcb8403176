"""What of one lead went to other systems and how far it got; who transferred it; which duties fit it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from connectors.partners.fields import FieldMap
from connectors.partners.systems import SYSTEMS
from intake.domain import duties
from intake.domain.conflict import Viewer
from intake.services.house import House
from intake.services.look_up import MAY_LOOK_UP
from intake.services.partner_titles import KINDS, TITLES
from intake.services.sight import sight_of
from intake.services.tell_partners import PROVINCE
from intake.services.transfer_facts import transfer_of
from intake.store.tables import Complaint, Lead, Outbox
from intake.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Sent:
    """One message: facts are what it says, in words; is_off: its system is switched off, so it waits."""

    message: Outbox
    title: str
    kind: str
    facts: tuple[tuple[str, str], ...]
    is_off: bool


@dataclass(frozen=True, slots=True)
class PartnerNews:
    """transfer: transfer_facts.py; duties: the best fitting first; read_at: when the directory was read."""

    sent: tuple[Sent, ...] = ()
    transfer: Mapping[str, str] | None = None
    duties: tuple[duties.Duty, ...] = ()
    read_at: dt.datetime | None = None


async def partner_news(number: str, viewer: Viewer, *, house: House) -> PartnerNews:
    """Nothing for roles that do not work on leads. raises: NotFound, the same for hidden and unknown"""
    if viewer.role not in MAY_LOOK_UP:
        return PartnerNews()
    async with house.store.look() as uow:
        lead = await uow.leads.visible(number, await sight_of(viewer, uow, house))
        complaint = await uow.complaints.get(lead.complaint_id)
        rows = [row for row in await uow.outbox.of_lead(lead.id, None) if row.destination in TITLES]
        sent = [_sent(row, house) for row in sorted(rows, key=lambda row: (row.created_at, row.seq))]
        transfer = await transfer_of(complaint, uow)
        pull = await uow.directory.pull_of(PROVINCE)
        fitting = await _duties(lead, complaint, uow) if pull is not None else ()
    return PartnerNews(tuple(sent), transfer, fitting, pull.answered_at if pull else None)


def _sent(row: Outbox, house: House) -> Sent:
    labels = _labels(row.destination, row.kind)
    facts = tuple(
        (labels[key], _words(row.payload[key])) for key in labels if row.payload.get(key) is not None
    )
    title, kind = TITLES[row.destination], KINDS.get(row.kind, row.kind)
    return Sent(row, title, kind, facts, row.destination not in house.partners)


@cache
def _labels(system: str, kind: str) -> dict[str, str]:
    return FieldMap(SYSTEMS[system].field_specs()).labels(kind)


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return "；".join(str(one) for one in value) if isinstance(value, list) else str(value)


async def _duties(lead: Lead, complaint: Complaint, uow: UnitOfWork) -> tuple[duties.Duty, ...]:
    rows = await uow.directory.duties_near(lead.agency_code, {(lead.region or "")[:6], "411200"})
    known = [
        duties.Duty(row.name, row.kind or "", row.body, row.organisation, row.basis or "", tuple(row.words))
        for row in rows
    ]
    return duties.fitting(known, complaint.text, lead.agency_code)
