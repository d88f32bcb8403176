"""A lead as a work order (工单) of the hotline, masked: what others get.

The copy that leaves the house carries no name, no phone and no id number; the
hotline asks back through us.
"""

from __future__ import annotations

from typing import Any

from connectors.hotline12345.orders import LeadFacts, event_for, order_for
from intake.domain import privacy, taxonomy
from intake.domain.channels import TRUSTED
from intake.services.house import House
from intake.store.tables import Complaint, Lead

CHANNELS = {"form": "web", "api": "web", **dict.fromkeys(TRUSTED, "gov_platform")}

__all__ = ["event_for", "work_order"]


def work_order(lead: Lead, complaint: Complaint, *, house: House) -> dict[str, Any]:
    """The work order of a lead, complete by the hotline's rules."""
    supervisor = house.organisations.get(lead.supervisor)
    start = complaint.incident_from
    return order_for(
        LeadFacts(
            number=lead.number,
            stage=lead.stage,
            title=_title(lead, house),
            content=privacy.mask(complaint.text),
            received_at=lead.received_at,
            deadline=lead.answer_by,
            days=house.limits.find("answer", lead.urgency, is_green=lead.is_green).amount,
            region_code=(lead.region or "411200")[:6],
            agency=lead.agency_name or "未说明",
            handle_unit=supervisor.name if supervisor else "三门峡市司法局",
            channel=CHANNELS.get(complaint.channel, complaint.channel),
            urgency=lead.urgency,
            is_anonymous=complaint.is_anonymous,
            agency_code=lead.agency_code,
            company_name=complaint.enterprise_name,
            company_uscc=complaint.uscc,
            incident_time=(
                {
                    "from": start.isoformat(),
                    "to": (complaint.incident_to or start).isoformat(),
                    "text": complaint.incident_text or start.isoformat(),
                }
                if start
                else None
            ),
            details={
                "scope": lead.scope,
                "problem_types": lead.problems,
                "domain": lead.domain,
                "green_channel": lead.is_green,
                "demand": privacy.mask(complaint.demand) if complaint.demand else None,
            },
        )
    )


def _title(lead: Lead, house: House) -> str:
    place = house.region_names.get(lead.region or "", "")
    name = lead.agency_name or taxonomy.label(lead.domain)
    problem = taxonomy.label(lead.problems[0]) if lead.problems else taxonomy.label(lead.scope)
    return f"{'' if name.startswith(place) else place}{name}：{problem}"[:120]
