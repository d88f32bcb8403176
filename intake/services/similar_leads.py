"""Leads that may be about the same matter as one lead, as far as the viewer may see them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from intake.domain.conflict import Viewer
from intake.domain.similar import SHOWN, Facts, Likeness, likeness
from intake.services.house import House
from intake.services.sight import sight_of
from intake.store.tables import Complaint, Lead

WITHIN = dt.timedelta(days=180)
CANDIDATES = 300
MOST = 5


@dataclass(frozen=True, slots=True)
class Similar:
    lead: Lead
    likeness: Likeness


async def similar_leads(
    lead: Lead, complaint: Complaint, viewer: Viewer, *, house: House
) -> tuple[Similar, ...]:
    """At most five, the likest first."""
    async with house.store.look() as uow:
        sight = await sight_of(viewer, uow, house)
        rows = await uow.leads.neighbours(lead, sight, since=lead.received_at - WITHIN, limit=CANDIDATES)
    own = facts_of(lead, complaint)
    found = [Similar(other, likeness(own, facts_of(other, theirs))) for other, theirs in rows]
    found = [s for s in found if s.likeness.score >= SHOWN]
    return tuple(sorted(found, key=lambda s: (-s.likeness.score, s.lead.number))[:MOST])


def facts_of(lead: Lead, complaint: Complaint) -> Facts:
    """What of a lead is compared: what was said wins over what was understood."""
    said = lead.classification
    return Facts(
        text=complaint.text,
        agency=lead.agency_code,
        enterprise=complaint.enterprise_name or (said.get("enterprise") or {}).get("name"),
        uscc=complaint.uscc or (said.get("enterprise") or {}).get("uscc"),
        documents=frozenset(said.get("document_numbers") or ()),
        incident=complaint.incident_from,
    )
