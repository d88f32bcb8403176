"""Changes of the leads shared with another authority, in order, for its reconciliation."""

from __future__ import annotations

from typing import Any

from intake.domain.errors import FieldProblem, Malformed
from intake.domain.sla import LOCAL
from intake.services.after_filing import ANSWERED
from intake.services.house import House
from intake.store.tables import Lead

HOTLINE = "hotline12345"


async def shared_changes(source: str, since: str, limit: int, *, house: House) -> dict[str, Any]:
    """One page: {"items": [{at, number, hotline_no, event, status, version}], "next": cursor}.

    source: the hotline sees what is shared with it; another authority what it sent us, by its own number
            (source_no) and with the public reply once there is one
    since: "0" or the `next` of the page before
    raises: Malformed
    """
    at, _, event_id = since.partition("~")
    if since != "0" and not (at.isdigit() and event_id):
        raise Malformed(FieldProblem("since", "bad_cursor", "since 应为 0 或上一页返回的 next。"))
    async with house.store.look() as uow:
        rows = await uow.lead_news.shared_events(source, int(at) if since != "0" else 0, event_id, limit)
    items = [
        {
            "at": event.at.astimezone(LOCAL).isoformat(timespec="seconds"),
            "number": lead.number,
            "hotline_no": lead.hotline_no,
            "event": event.kind,
            "status": lead.stage,
            "version": lead.version,
        }
        | (_result(lead, number) if source != HOTLINE else {})
        for event, lead, number in rows
    ]
    last = rows[-1][0] if rows else None
    cursor = f"{int(last.at.timestamp() * 1_000_000)}~{last.id}" if last else since
    return {"items": items, "next": cursor}


def _result(lead: Lead, number: str | None) -> dict[str, Any]:
    """What goes back to whoever transferred the complaint."""
    return {"source_no": number, "public_reply": lead.public_reply if lead.stage in ANSWERED else None}
