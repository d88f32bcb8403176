"""Leads, their events, and what a viewer may see of them."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import String, cast, literal, tuple_
from sqlalchemy import select as select_rows
from sqlmodel import col, func, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.sqltypes import UTCDateTime

from intake.domain.conflict import Sight
from intake.domain.errors import NotFound, Stale
from intake.domain.lifecycle import MERGED, SUSPENDED, stages
from intake.domain.sla import ESCALATE_AFTER
from intake.store.lead_filters import LeadFilter, counted, filtered
from intake.store.search import narrowed
from intake.store.seen import seen
from intake.store.tables import Complaint, Lead, LeadEvent, LeadRespondent

RUNNING = tuple(code for code, stage in stages().items() if stage.is_open and code != SUSPENDED)
MOST_COUNTED = 1000
# What is done about a sealed referral stands in the chain of a lead, but in nobody's view of it.
# Readings are nobody else's business, and what names another lead or a suspicion is not the hotline's.
SEALED = ("sealed_matter", "sealed_read")
UNTOLD = (
    *SEALED,
    "read",
    "reveal_identity",
    "link",
    "unlink",
    "pattern",
    "pattern_decided",
    "look_up",
    "looked_up",
    "told_partner",
    "receipt",
    "evidence_viewed",
    "evidence_downloaded",
    "evidence_forwarded",
    "document_read",
)


class Leads:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, lead: Lead, respondents: frozenset[str]) -> None:
        self._session.add(lead)
        await self._session.flush()
        await self.set_respondents(lead.id, respondents)

    async def set_respondents(self, lead_id: str, respondents: frozenset[str]) -> None:
        query = select(LeadRespondent).where(LeadRespondent.lead_id == lead_id)
        for row in (await self._session.exec(query)).all():
            await self._session.delete(row)
        await self._session.flush()
        for organisation in sorted(respondents):
            self._session.add(LeadRespondent(lead_id=lead_id, organisation=organisation))

    async def respondents(self, lead_id: str) -> frozenset[str]:
        query = select(LeadRespondent.organisation).where(LeadRespondent.lead_id == lead_id)
        return frozenset((await self._session.exec(query)).all())

    async def by_number(self, number: str) -> Lead | None:
        return (await self._session.exec(select(Lead).where(Lead.number == number))).first()

    async def by_complaint(self, complaint_id: str) -> Lead:
        found = (await self._session.exec(select(Lead).where(Lead.complaint_id == complaint_id))).first()
        if found is None:
            raise LookupError(complaint_id)
        return found

    async def by_id(self, lead_id: str) -> Lead | None:
        return await self._session.get(Lead, lead_id)

    async def merged_into(self, number: str) -> list[Lead]:
        query = select(Lead).where(Lead.merged_into == number, Lead.stage == MERGED).with_for_update(of=Lead)
        return list((await self._session.exec(query)).all())

    async def by_hotline_no(self, number: str) -> Lead | None:
        return (await self._session.exec(select(Lead).where(Lead.hotline_no == number))).first()

    async def visible(self, number: str, sight: Sight, *, version: int | None = None) -> Lead:
        """The lead, if `sight` shows it.

        raises: NotFound, the same for hidden and unknown; Stale when `version` is old
        """
        query = seen(select(Lead), sight).where(Lead.number == number).with_for_update(of=Lead)
        lead = (await self._session.exec(query)).first()
        if lead is None:
            raise NotFound("没有找到这条线索。")
        if version is not None and lead.version != version:
            raise Stale
        return lead

    async def page(
        self,
        sight: Sight,
        wanted: LeadFilter,
        now: dt.datetime,
        *,
        after: tuple[dt.datetime, str] | None,
        limit: int,
    ) -> list[Lead]:
        """Leads in order of their next deadline; `after` is (decide_by, id) of the last one shown."""
        query = await self._listed(select(Lead), sight, wanted, now)
        if after is not None:
            at, last_id = after
            # A comparison of rows is a place in the index; with OR every page would begin at the first lead.
            query = query.where(tuple_(Lead.decide_by, Lead.id) > tuple_(literal(at, UTCDateTime()), last_id))
        query = query.order_by(col(Lead.decide_by), col(Lead.id)).limit(limit)
        return list((await self._session.exec(query)).all())

    async def neighbours(
        self, lead: Lead, sight: Sight, *, since: dt.datetime, limit: int
    ) -> list[tuple[Lead, Complaint]]:
        """Other leads about the same agency, or in the same region and domain, the newest first."""
        same: Any = (col(Lead.region) == lead.region) & (col(Lead.domain) == lead.domain)
        if lead.agency_code is not None:
            same = or_(same, col(Lead.agency_code) == lead.agency_code)
        query: Any = (
            select(Lead, Complaint)
            .join(Complaint, col(Complaint.id) == col(Lead.complaint_id))
            .where(same, Lead.id != lead.id, col(Lead.received_at) >= since)
            .order_by(col(Lead.received_at).desc())
            .limit(limit)
        )
        return [(one, theirs) for one, theirs in (await self._session.exec(seen(query, sight))).all()]

    async def counts(self, sight: Sight, lists: Sequence[LeadFilter], now: dt.datetime) -> list[int]:
        """How many leads each list has.

        Lists of the same stages are counted in one walk over these; a list of all stages or of found words only up
        to MOST_COUNTED.
        """
        found: dict[int, int] = {}
        walks: dict[tuple[str, ...], list[int]] = {}
        for place, wanted in enumerate(lists):
            if wanted.stages is None or wanted.words is not None:
                some = (
                    (await self._listed(select(Lead.id), sight, wanted, now)).limit(MOST_COUNTED).subquery()
                )
                count = select(func.count()).select_from(some)
                found[place] = (await self._session.exec(count)).one()
            else:
                walks.setdefault(wanted.stages, []).append(place)
        for stage_codes, places in walks.items():
            each = [counted(lists[place], now) for place in places]
            walk: Any = select_rows(*each).select_from(Lead)
            query: Any = filtered(walk, LeadFilter(stages=stage_codes), now)
            row = (await self._session.exec(seen(query, sight))).one()
            found |= dict(zip(places, row, strict=True))
        return [found[place] for place in range(len(lists))]

    async def _listed(self, query: Any, sight: Sight, wanted: LeadFilter, now: dt.datetime) -> Any:
        """Narrow a query on Lead to what is wanted and may be seen."""
        query = filtered(seen(query, sight), wanted, now)
        if wanted.words is not None:
            query = query.where(await narrowed(self._session, wanted.words))
        return query

    async def clocks_due(self, now: dt.datetime, limit: int) -> list[str]:
        """Ids of open leads whose clock has something new to say, those that waited longest first."""
        undecided = col(Lead.is_confirmed).is_(False) & (col(Lead.decide_by) < now)
        is_late = undecided | (col(Lead.answer_by) < now)
        # JSON text, the same in both databases: a flag is a quoted word of it.
        not_escalated = ~cast(col(Lead.flags), String).like('%"escalate"%')
        grace = now - dt.timedelta(days=ESCALATE_AFTER)
        very_late = (col(Lead.is_confirmed).is_(False) & (col(Lead.decide_by) < grace)) | (
            col(Lead.answer_by) < grace
        )
        says = or_(
            col(Lead.warned_at).is_(None) & (col(Lead.warn_at) <= now),
            is_late & col(Lead.overdue_at).is_(None),
            very_late & not_escalated & col(Lead.overdue_at).is_not(None),
        )
        query = (
            select(Lead.id)
            .where(col(Lead.stage).in_(RUNNING), says)
            .order_by(col(Lead.answer_by), col(Lead.id))
            .limit(limit)
        )
        return list((await self._session.exec(query)).all())

    async def locked(self, lead_id: str) -> Lead | None:
        """The lead, nobody else's until the transaction ends; None while another worker holds it."""
        query = select(Lead).where(Lead.id == lead_id).with_for_update(of=Lead, skip_locked=True)
        return (await self._session.exec(query)).first()

    async def held(self, lead_id: str) -> Lead:
        """The lead, locked; waits while somebody else holds it."""
        query = select(Lead).where(Lead.id == lead_id).with_for_update(of=Lead)
        # As it is now, also when this transaction has read it before it had to wait.
        return (await self._session.exec(query, execution_options={"populate_existing": True})).one()

    async def queue_counts(self, sight: Sight, open_stages: tuple[str, ...]) -> dict[str, int]:
        query: Any = (
            select(Lead.queue, func.count()).where(col(Lead.stage).in_(open_stages)).group_by(Lead.queue)
        )
        rows = (await self._session.exec(seen(query, sight))).all()
        return {queue: count for queue, count in rows}

    async def events(self, lead_id: str) -> list[LeadEvent]:
        query = select(LeadEvent).where(LeadEvent.lead_id == lead_id).order_by(col(LeadEvent.seq))
        return list((await self._session.exec(query)).all())

    async def after_id(self, last_id: str, limit: int) -> list[Lead]:
        """All leads in the order of their ids: for jobs that walk through everything, never for a viewer."""
        query = select(Lead).where(col(Lead.id) > last_id).order_by(col(Lead.id)).limit(limit)
        return list((await self._session.exec(query)).all())

    async def events_of(self, lead_ids: list[str]) -> dict[str, list[LeadEvent]]:
        query = (
            select(LeadEvent)
            .where(col(LeadEvent.lead_id).in_(lead_ids))
            .order_by(col(LeadEvent.lead_id), col(LeadEvent.seq))
        )
        found: dict[str, list[LeadEvent]] = {}
        for event in (await self._session.exec(query)).all():
            found.setdefault(event.lead_id, []).append(event)
        return found

    async def provisional(self) -> list[str]:
        """Ids of the open leads whose deadlines were counted without a holiday notice."""
        query = select(Lead.id).where(col(Lead.is_provisional).is_(True), col(Lead.stage).in_(RUNNING))
        return list((await self._session.exec(query.order_by(col(Lead.id)))).all())

    async def record(
        self,
        lead: Lead,
        *,
        at: dt.datetime,
        actor: str,
        kind: str,
        label: str,
        is_public: bool = False,
        details: dict[str, Any] | None = None,
    ) -> LeadEvent:
        """Append an event; its hash covers the event before it, so a change or a gap shows."""
        query = (
            select(LeadEvent).where(LeadEvent.lead_id == lead.id).order_by(col(LeadEvent.seq).desc()).limit(1)
        )
        last = (await self._session.exec(query)).first()
        event = LeadEvent(
            lead_id=lead.id,
            seq=last.seq + 1 if last else 1,
            at=at,
            actor=actor,
            kind=kind,
            label=label,
            is_public=is_public,
            details=details or {},
            hash="",
        )
        event.hash = chain_hash(last.hash if last else "", event)
        lead.last_event = event.hash
        self._session.add(lead)
        self._session.add(event)
        await self._session.flush()
        return event

    def save(self, lead: Lead) -> None:
        """Store a changed lead under a new version."""
        lead.version += 1
        self._session.add(lead)


def chain_hash(previous: str, event: LeadEvent) -> str:
    """SHA-256 over the previous hash and everything the event says."""
    body = [previous, event.lead_id, event.seq, event.at.isoformat(), event.actor, event.kind, event.label]
    body += [event.is_public, event.details]
    return hashlib.sha256(json.dumps(body, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
