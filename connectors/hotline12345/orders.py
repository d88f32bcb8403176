"""The work order and the events we send for a lead of ours.

The hotline wants 必填 fields a citizen never gives; what stands in for each is
here in one place. Persons: only what the caller passes; by default nobody is named.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from connectors.hotline12345.tables import state_of_lead
from connectors.hotline12345.wire import CHINA

SOURCE = "xiansuo"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadFacts:
    """What the hotline is told of a lead.

    received_at, deadline:  aware
    incident_time:          {"from", "to", "text"} as the classifier gives it, or None
    channel:                code or label of data/field_codes.csv
    urgency:                our U1-U4
    details:                further lead facts (problem_types, scope, ...), sent under "lead"
    """

    number: str
    stage: str
    title: str
    content: str
    received_at: dt.datetime
    deadline: dt.datetime
    days: int
    region_code: str
    agency: str
    handle_unit: str
    channel: str = "web"
    urgency: str = "U3"
    is_anonymous: bool = True
    agency_code: str | None = None
    company_name: str | None = None
    company_uscc: str | None = None
    incident_time: dict[str, str] | None = None
    details: dict[str, Any] | None = None


_URGENCY = {"U1": "top", "U2": "urgent", "U3": "general", "U4": "normal"}


def order_for(lead: LeadFacts) -> dict[str, Any]:
    """The work order of a lead, ready for push_work_order."""
    state = state_of_lead(lead.stage)
    order: dict[str, Any] = {
        "source_system": SOURCE,
        "lead_no": lead.number,
        "title": lead.title[:120],
        "content": lead.content[:20_000],
        "appeal_type": "complaint",
        "channel": lead.channel,
        "call_subject": "enterprise" if lead.company_name else "person",
        "company_name": lead.company_name,
        "company_uscc": lead.company_uscc,
        "respondent_name": lead.agency[:128],
        "org_code": lead.agency_code,
        "incident_time": lead.incident_time or {"text": "未说明"},
        "call_time": _china(lead.received_at),
        "region_code": lead.region_code,
        "urgency": _URGENCY.get(lead.urgency, "general"),
        "is_secret": True,
        "is_public": False,
        "is_anonymous": lead.is_anonymous,
        "handle_unit": lead.handle_unit[:128],
        "time_limit": lead.days,
        "time_unit": "workday",
        "deadline": _china(lead.deadline),
        "status": state.status if state else "待受理",
        "operator_id": SOURCE,
        "lead": lead.details,
    }
    return {key: value for key, value in order.items() if value is not None}


def event_for(lead_number: str, stage: str, at: dt.datetime, text: str = "") -> dict[str, Any] | None:
    """The status event for a lead that reached `stage`; None when the hotline is not told."""
    state = state_of_lead(stage)
    if state is None:
        return None
    return {
        "event": "status",
        "lead_no": lead_number,
        "lead_stage": stage,
        "stage": state.stage,
        "status": state.status,
        "at": _china(at),
        "text": text,
    }


def _china(moment: dt.datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError("times to the hotline must carry a time zone")
    return moment.astimezone(CHINA).isoformat(timespec="seconds")
