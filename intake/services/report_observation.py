"""Trusted reporters (行政执法监督员, 基层联系点): report what was observed, follow it, answer questions about it.

Each sees only what he reported himself, and of it what any author may know. A report about his own unit, or one
above or below it, is filed like every other and then hidden from his account, without exception.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from intake.domain import conflict
from intake.domain.channels import LABELS
from intake.domain.conflict import REPORTER_ROLES, Viewer
from intake.domain.errors import FieldProblem, Forbidden, Malformed
from intake.services.after_filing import Progress, add_words, added_words, progress_of
from intake.services.file_complaint import Receipt, file_complaint
from intake.services.house import House
from intake.services.new_complaint import Complainant, NewComplaint, check_key, clean
from intake.store.tables import Lead

MOST = 200
CLOSED = ("L70", "L71")
BEGINNING = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Observation:
    """What a reporter writes. key: makes sending twice one report; phone: only for asking back, sealed."""

    text: str
    key: str
    agency_code: str = ""
    region_code: str = ""
    incident: str = ""
    demand: str = ""
    phone: str = ""
    attachment_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OwnReport:
    """A report as its author sees it. files: (name, bytes) of what he sent."""

    progress: Progress
    text: str
    agency: str | None
    received_at: dt.datetime
    files: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class OwnReports:
    """items: the newest first; the counts are about everything the account may still see."""

    items: tuple[Lead, ...]
    reported: int
    closed: int
    documented: int


async def report_observation(seen: Observation, *, viewer: Viewer, house: House) -> Receipt:
    """File it by the reporter's own channel. raises: Forbidden, Malformed, KeyReused"""
    check_reporter(viewer)
    if len(seen.phone) > 32:
        raise Malformed(FieldProblem("phone", "bad_phone", "联系电话格式不对，请核对。"))
    incident = clean(seen.incident)
    new = NewComplaint(
        text=clean(seen.text),
        channel=viewer.role,
        complainant=Complainant(anonymous=False, name=viewer.name, phone=clean(seen.phone) or None),
        idempotency_key=f"report.{viewer.account}.{check_key(seen.key)}",
        region_code=seen.region_code or None,
        agency_code=seen.agency_code or None,
        incident_time=(None, None, incident) if incident else None,
        demand=clean(seen.demand) or None,
        attachment_ids=seen.attachment_ids,
    )
    return await file_complaint(new, house=house, reporter=viewer.account)


async def own_reports(viewer: Viewer, *, house: House) -> OwnReports:
    """raises: Forbidden"""
    check_reporter(viewer)
    sight = conflict.reporter_sight(viewer, house.parents)
    async with house.store.look() as uow:
        items = await uow.reporters.mine(sight, MOST)
        facts = await uow.reporters.facts(
            sight, since=BEGINNING, until=house.clock() + dt.timedelta(seconds=1)
        )
    closed = sum(stage in CLOSED for _, stage, _ in facts)
    return OwnReports(tuple(items), len(facts), closed, sum(found for _, _, found in facts))


async def read_report(number: str, viewer: Viewer, *, house: House) -> OwnReport:
    """raises: Forbidden; NotFound, the same for somebody else's, hidden and unknown"""
    check_reporter(viewer)
    async with house.store.look() as uow:
        lead = await uow.leads.visible(number, conflict.reporter_sight(viewer, house.parents))
        complaint = await uow.complaints.get(lead.complaint_id)
        progress = progress_of(lead, await uow.leads.events(lead.id))
        files = [(uow.evidence.open(row)[1], row.size) for row in await uow.evidence.of_lead(lead.id)]
    agency = house.organisations.get(lead.agency_code or "")
    return OwnReport(
        progress, complaint.text, agency.name if agency else None, lead.received_at, tuple(files)
    )


async def add_to_report(
    number: str, text: str, attachment_ids: Sequence[str], *, viewer: Viewer, house: House
) -> None:
    """Answer a question, or add something; a lead that waited for it goes on.

    raises: Forbidden, NotFound, Malformed, Withdrawn, TooManyFiles
    """
    check_reporter(viewer)
    text = added_words(text, attachment_ids)
    async with house.store.look() as uow:
        lead = await uow.leads.visible(number, conflict.reporter_sight(viewer, house.parents))
    await add_words(lead.number, text, attachment_ids, house=house, actor="reporter")


def channel_label(viewer: Viewer) -> str:
    return LABELS[viewer.role]


def check_reporter(viewer: Viewer) -> None:
    """raises: Forbidden"""
    if viewer.role not in REPORTER_ROLES:
        raise Forbidden("这里只供行政执法监督员和基层联系点使用。")
