"""File one complaint: the way of every channel into the supervision queues."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from intake.domain import privacy, receipts, routing, sla
from intake.domain.channels import TRUSTED
from intake.domain.classification import Classification
from intake.domain.errors import FieldProblem, KeyReused, Malformed
from intake.domain.lifecycle import FIRST_STAGE
from intake.services.attach_evidence import attach_evidence
from intake.services.house import House, Organisation
from intake.services.index_lead import index_lead
from intake.services.new_complaint import NewComplaint, check
from intake.services.plan_look_ups import plan_look_ups
from intake.services.respondents import named_by, supervised_level
from intake.services.secrets import new_token, slow_hash
from intake.services.tell_hotline import tell_hotline
from intake.services.understand import understand
from intake.services.work_order import work_order
from intake.store.database import Taken
from intake.store.tables import Complaint, Lead, new_id
from intake.store.unit_of_work import UnitOfWork

GREEN = ("eligible", "eligible_pending")
NOT_GREEN = ("GC06", "GC09", "GC10")


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the complainant is told, only after the commit. Times are aware UTC."""

    number: str
    query_code: str
    received_at: dt.datetime
    decide_by: dt.datetime
    answer_by: dt.datetime
    is_provisional: bool
    scope: str
    is_green: bool


async def file_complaint(
    new: NewComplaint, *, house: House, entered_by: str | None = None, reporter: str | None = None
) -> Receipt:
    """Classify, store and queue one complaint; return its receipt.

    One transaction: complaint, sealed identity, lead, first event and outbox
    row all land, or none does. The same idempotency key with the same content
    gives the same receipt, also for two requests at once.

    entered_by: account of the member of staff who wrote it down for somebody
    reporter: account of the trusted reporter whose channel it is; nobody else's complaint goes by that channel

    raises: Malformed; KeyReused for the same key with other content; StoreUnavailable
    """
    check(
        new,
        known_regions=frozenset(house.region_names),
        known_agencies=frozenset(house.organisations),
    )
    if (new.channel in TRUSTED) != (reporter is not None):
        raise Malformed(FieldProblem("channel", "trusted_only", "这个渠道只供有账号的报告人使用。"))
    earlier = await _receipt_for(new, house=house)
    if earlier is not None:
        return earlier
    understood = understand(new.text, house=house)
    number, salt = receipts.new_number(), new_token()
    code = receipts.query_code(house.policy.secret, number, salt)
    code_hash = await slow_hash(code, house=house)
    now = house.clock()
    try:
        async with house.store.change() as uow:
            complaint = complaint_of(new, now)
            lead = lead_from(new, complaint, understood, number=number, house=house)
            lead.code_hash, lead.code_salt = code_hash, salt
            await store_lead(new, complaint, lead, understood, uow=uow, house=house)
            if reporter:
                uow.reporters.add(lead.id, reporter, now)
            if entered_by:
                await _note_entry(lead, entered_by, uow=uow)
    except Taken:
        # Somebody filed with this key between our look and our write: theirs is the receipt.
        earlier = await _receipt_for(new, house=house)
        if earlier is None:
            raise
        return earlier
    return _receipt(lead, code)


async def _note_entry(lead: Lead, account: str, *, uow: UnitOfWork) -> None:
    await uow.leads.record(lead, at=lead.received_at, actor=account, kind="entered", label="工作人员登记")


async def _receipt_for(new: NewComplaint, *, house: House) -> Receipt | None:
    async with house.store.look() as uow:
        complaint = await uow.complaints.by_key(new.idempotency_key)
        if complaint is None:
            return None
        if complaint.request_hash != new.request_hash():
            raise KeyReused
        lead = await uow.leads.by_complaint(complaint.id)
    return _receipt(lead, receipts.query_code(house.policy.secret, lead.number, lead.code_salt))


def _receipt(lead: Lead, code: str) -> Receipt:
    return Receipt(
        lead.number,
        code,
        lead.received_at,
        lead.decide_by,
        lead.answer_by,
        lead.is_provisional,
        lead.scope,
        lead.is_green,
    )


def complaint_of(new: NewComplaint, now: dt.datetime) -> Complaint:
    """The complaint as it is stored; now: when it was received."""
    start, end, words = new.incident_time or (None, None, None)
    person = new.complainant
    return Complaint(
        id=new_id(),
        channel=new.channel,
        text=new.text,
        demand=new.demand,
        agency_text=new.agency_text,
        incident_from=start,
        incident_to=end,
        incident_text=words,
        complainant_kind=person.kind,
        is_anonymous=person.anonymous,
        enterprise_name=person.enterprise_name,
        uscc=person.uscc,
        idempotency_key=new.idempotency_key,
        request_hash=new.request_hash(),
        conversation_id=new.conversation_id,
        source_system=new.source_system,
        source_no=new.source_no,
        received_at=now,
    )


def _facts(
    new: NewComplaint, understood: Classification, agency: Organisation | None, *, house: House
) -> routing.Facts:
    """What routing looks at: what the complainant chose wins over what was understood."""
    region = new.region_code or (understood.region.code if understood.region else None)
    region = region or (agency.region if agency and agency.level != "city" else None)
    green = understood.green_channel
    # What the text alone tells must be plain: a vendor (GC08) is asked for his licence by a person.
    is_firm = new.complainant.kind == "enterprise" or (green.result in GREEN and green.code != "GC08")
    return routing.Facts(
        region=region,
        agency_level=supervised_level(agency, named_by(understood, None), house=house),
        complainant="enterprise" if is_firm and green.code not in NOT_GREEN else "person",
        domain=agency.domain if agency and agency.domain else understood.domain.code,
        scope=understood.scope.code,
    )


def lead_from(
    new: NewComplaint, complaint: Complaint, understood: Classification, *, number: str, house: House
) -> Lead:
    """The lead that the complaint becomes: codes, queue and clocks; not stored yet."""
    agency = house.organisations.get(new.agency_code or (understood.agency.code if understood.agency else ""))
    facts = _facts(new, understood, agency, house=house)
    route = routing.route(facts, house.routes)
    is_green = facts.complainant == "enterprise"
    clocks = _clocks(complaint, understood, is_green=is_green, house=house)
    return Lead(
        id=new_id(),
        number=number,
        code_hash="",
        code_salt="",
        complaint_id=complaint.id,
        stage=FIRST_STAGE,
        queue=route.queue,
        supervisor=route.supervisor,
        route_reason=route.reason,
        scope=understood.scope.code,
        domain=facts.domain,
        problems=[p.code for p in understood.problem_types],
        urgency=_urgency(complaint, understood),
        is_green=is_green,
        green_code=understood.green_channel.code,
        agency_code=agency.code if agency else None,
        agency_name=agency.name if agency else privacy.mask(new.agency_text or "") or None,
        region=facts.region,
        needs_human=understood.needs_human,
        classification=_kept(understood),
        model=understood.model,
        summary=privacy.mask(" ".join(new.text.split()))[:120],
        received_at=complaint.received_at,
        decide_by=clocks.decide_by,
        answer_by=clocks.answer_by,
        is_provisional=clocks.is_provisional,
        limits_version=house.limits.version,
        warn_at=clocks.warn_at,
        hotline_no=new.source_no if new.source_system == "hotline12345" else None,
        is_shared=True,
        reporter_channel=new.channel if new.channel in TRUSTED else None,
    )


def _kept(understood: Classification) -> dict[str, Any]:
    """What is kept of the classification for staff: the words of the demand carry no secret either."""
    kept = understood.to_json()
    return kept | {"demand": privacy.mask(kept["demand"])} if kept.get("demand") else kept


def _urgency(complaint: Complaint, understood: Classification) -> str:
    """What the ministry's platform transfers is urgent at least (U2): its own clock runs already."""
    code = understood.urgency.code
    return min(code, "U2") if complaint.channel == "moj_platform" else code


def _clocks(complaint: Complaint, understood: Classification, *, is_green: bool, house: House) -> sla.Clocks:
    return sla.clocks(
        complaint.received_at,
        _urgency(complaint, understood),
        is_green=is_green,
        calendar=house.calendar,
        limits=house.limits,
    )


def _actor(new: NewComplaint) -> str:
    return new.source_system or ("reporter" if new.channel in TRUSTED else "citizen")


async def store_lead(
    new: NewComplaint,
    complaint: Complaint,
    lead: Lead,
    understood: Classification,
    *,
    uow: UnitOfWork,
    house: House,
) -> None:
    """Complaint, sealed identity, lead, first event, search words and outbox row, in the caller's transaction."""
    uow.complaints.add(complaint)
    await uow.flush()
    person = new.complainant
    if not person.anonymous and (person.name or person.phone):
        uow.complaints.seal_identity(complaint.id, {"name": person.name, "phone": person.phone})
    await uow.leads.add(lead, named_by(understood, lead.agency_code))
    await uow.leads.record(
        lead,
        at=complaint.received_at,
        actor=_actor(new),
        kind="filed",
        label="收到投诉，进入研判",
        is_public=True,
        details={"channel": new.channel, "queue": lead.queue, "model": lead.model},
    )
    await index_lead(lead, uow=uow, complaint=complaint)
    at, talk_id = complaint.received_at, new.conversation_id
    await attach_evidence(lead, new.attachment_ids, conversation_id=talk_id, at=at, uow=uow, house=house)
    await plan_look_ups(lead, complaint, uow=uow, house=house)
    if new.source_system != "hotline12345":
        order = work_order(lead, complaint, house=house)
        await tell_hotline(lead, "work_order", order, at=complaint.received_at, uow=uow)
