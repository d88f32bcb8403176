"""What staff see: queues with counts, lists, one lead. Every look passes the conflict rule."""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from intake.domain import lifecycle, privacy, routing
from intake.domain.conflict import Viewer
from intake.domain.errors import FieldProblem, Malformed
from intake.services.house import House
from intake.services.relations import seen_events
from intake.services.sight import sight_of
from intake.store.lead_filters import LeadFilter
from intake.store.tables import Complaint, Lead, LeadEvent, Outbox, SharedCase, TheirFile, WechatSend

OPEN = tuple(code for code, stage in lifecycle.stages().items() if stage.is_open)


@dataclass(frozen=True, slots=True)
class LeadPage:
    """next: opaque cursor, None on the last page."""

    items: tuple[Lead, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class QueueCount:
    queue: str
    label: str
    open: int


@dataclass(frozen=True, slots=True)
class WholeLead:
    """A lead with its text; `text` and `said` have phones and ids masked, the words are otherwise the complainant's.

    said: the other free words of the complainant, {"demand", "agency_text", "incident_text"}, None where nothing is
    """

    lead: Lead
    complaint: Complaint
    text: str
    said: dict[str, str | None]
    events: tuple[LeadEvent, ...]
    deliveries: tuple[Outbox, ...]
    legal_steps: tuple[str, ...]
    # What was written to the person by WeChat: states and times, not the words.
    notices: tuple[WechatSend, ...] = ()
    shared: SharedCase | None = None
    their_files: tuple[TheirFile, ...] = ()

    @property
    def conflicts(self) -> list[tuple[LeadEvent, dict[str, str]]]:
        """What both sides changed at once, the newest first, with both values (services/hear_shared.py)."""
        told = [(event, line) for event in reversed(self.events) for line in event.details.get("told", [])]
        return [(event, line) for event, line in told if line.get("conflict")]


async def list_leads(
    viewer: Viewer, wanted: LeadFilter, *, cursor: str | None, limit: int, house: House
) -> LeadPage:
    """One page in order of deadline.

    raises: Malformed for a cursor that is not ours
    """
    after = _decode(cursor) if cursor else None
    async with house.store.look() as uow:
        rows = await uow.leads.page(
            await sight_of(viewer, uow, house),
            mine(wanted, viewer),
            house.clock(),
            after=after,
            limit=limit + 1,
        )
    more = len(rows) > limit
    rows = rows[:limit]
    return LeadPage(tuple(rows), _encode(rows[-1]) if more else None)


async def count_leads(viewer: Viewer, wanted: LeadFilter, *, house: House) -> int:
    return (await count_lists(viewer, (wanted,), house=house))[0]


async def count_lists(viewer: Viewer, lists: Sequence[LeadFilter], *, house: House) -> tuple[int, ...]:
    """How many leads each list has for the viewer; of all stages or with found words only up to 1,000."""
    asked = [mine(wanted, viewer) for wanted in lists]
    async with house.store.look() as uow:
        return tuple(await uow.leads.counts(await sight_of(viewer, uow, house), asked, house.clock()))


def mine(wanted: LeadFilter, viewer: Viewer) -> LeadFilter:
    """ "me" is who asks."""
    return replace(wanted, assignee=viewer.account) if wanted.assignee == "me" else wanted


async def queue_counts(viewer: Viewer, *, house: House) -> tuple[QueueCount, ...]:
    """Open leads by queue, only queues the viewer may see."""
    async with house.store.look() as uow:
        counts = await uow.leads.queue_counts(await sight_of(viewer, uow, house), OPEN)
    names = dict(house.region_names)
    return tuple(QueueCount(q, routing.queue_label(q, names), n) for q, n in sorted(counts.items()))


async def read_lead(number: str, viewer: Viewer, *, house: House) -> WholeLead:
    """The whole lead; the reading itself is recorded.

    raises: NotFound, the same for hidden and unknown
    """
    async with house.store.change() as uow:
        lead = await uow.leads.visible(number, await sight_of(viewer, uow, house))
        complaint = await uow.complaints.get(lead.complaint_id)
        events = await seen_events(await uow.leads.events(lead.id), await sight_of(viewer, uow, house), uow)
        last = events[-1]
        # One record per reader and sitting: reloading a page is not another reading.
        if (last.kind, last.actor) != ("read", viewer.account):
            await uow.leads.record(
                lead, at=house.clock(), actor=viewer.account, kind="read", label="查看全文"
            )
        deliveries = await uow.outbox.of_lead(lead.id)
        notices = await uow.wechat.sends_of(lead.id)
        shared, files = await uow.shared.find(lead.id), await uow.their_files.of_lead(lead.id)
    return WholeLead(
        lead,
        complaint,
        privacy.mask(complaint.text),
        {name: _masked(getattr(complaint, name)) for name in ("demand", "agency_text", "incident_text")},
        tuple(events),
        tuple(deliveries),
        lifecycle.legal_steps(lead.stage, viewer.role),
        tuple(notices),
        shared,
        tuple(files),
    )


def _masked(words: str | None) -> str | None:
    return privacy.mask(words) if words else None


async def waiting_talks(viewer: Viewer, *, house: House) -> list[dict[str, Any]]:
    """Conversations that wait for a person (待人工), danger first, then the oldest; city supervisors only."""
    # Not yet a lead, so no respondent is known and the conflict rule cannot speak: few eyes only.
    if viewer.role != "city_supervisor":
        return []
    async with house.store.look() as uow:
        talks = await uow.conversations.waiting_for_human(50)
        found = []
        for talk in talks:
            rows = await uow.conversations.messages(talk.id)
            said = [privacy.mask(str(uow.conversations.body(row).get("text") or "")) for row in rows]
            found.append(
                {
                    "id": talk.id,
                    "reason": talk.human_reason,
                    "seen_at": talk.seen_at,
                    "channel": talk.channel,
                    "said": [s for s in said if s],
                    "seen": len(rows),
                }
            )
    return found


def _encode(lead: Lead) -> str:
    return base64.urlsafe_b64encode(json.dumps([lead.decide_by.isoformat(), lead.id]).encode()).decode()


def _decode(cursor: str) -> tuple[dt.datetime, str]:
    try:
        at, last_id = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        return dt.datetime.fromisoformat(at), str(last_id)
    except (ValueError, TypeError) as error:
        raise Malformed(FieldProblem("cursor", "bad_cursor", "翻页标记无效，请从第一页重新开始。")) from error
