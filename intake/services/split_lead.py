"""Split (拆分): a text about two matters becomes two leads; back again by merging (并案).

The new lead has a number, labels and clocks of its own. The clocks run from the receipt of the whole text and never
end later than what its author was promised then. The author follows it with the number that his first lead tells
him and the query code he has: its hash is copied, so no new secret is made that somebody would have to hand over.
The text names both agencies, so both leads hide from the families of both (`bind`).
"""

from __future__ import annotations

from typing import Any

from intake.domain import lifecycle, receipts, sla
from intake.services.file_complaint import lead_from
from intake.services.new_complaint import Complainant, NewComplaint, check, clean
from intake.services.reclassify import reclassify
from intake.services.respondents import bind, named_by
from intake.services.steps import Effect, Scene
from intake.services.tell_hotline import tell_hotline
from intake.services.tell_partners import tell_stage
from intake.services.understand import understand
from intake.services.work_order import work_order
from intake.store.tables import Complaint, Lead, LeadLink, new_id

# What the new complaint shares with the whole one; its own number at another system it has not.
SHARED = (
    "channel", "demand", "incident_from", "incident_to", "incident_text", "complainant_kind", "is_anonymous",
    "enterprise_name", "uscc", "conversation_id", "received_at",
)  # fmt: skip


async def split(scene: Scene) -> Effect:
    """raises: Malformed"""
    first, uow = scene.lead, scene.uow
    whole = await uow.complaints.get(first.complaint_id)
    complaint, second, named = _part_of(scene, whole)
    uow.complaints.add(complaint)
    await uow.flush()
    await uow.complaints.copy_identity(whole.id, complaint.id)
    await uow.leads.add(second, named)
    reporter = await uow.reporters.of_lead(first.id)
    if reporter is not None:
        uow.reporters.add(second.id, reporter.account, scene.now)
    uow.relations.add(
        LeadLink(lead_a=first.id, lead_b=second.id, kind="split", by=scene.viewer.account, at=scene.now)
    )
    await _record(scene, second, "filed", "由您先前反映的内容拆分，单独办理", {"number": first.number})
    await _label(scene, second)
    _keep_promises(first, second)
    await bind(first, uow, scene.house)
    if second.is_shared:
        order = work_order(second, complaint, house=scene.house)
        await tell_hotline(second, "work_order", order, at=scene.now, uow=uow)
    label = f"您反映的另一事项已拆分办理，编号 {second.number}，查询码不变"
    return Effect({"number": second.number}, label, is_public=True)


def _part_of(scene: Scene, whole: Complaint) -> tuple[Complaint, Lead, frozenset[str]]:
    """The complaint and the lead that the part becomes, not stored yet, and whom it is about."""
    first, house = scene.lead, scene.house
    part = clean(scene.order.part or "") or whole.text
    understood = understand(part, house=house)
    new = NewComplaint(
        text=part,
        channel=whole.channel,
        complainant=Complainant(whole.complainant_kind, whole.is_anonymous),
        idempotency_key=f"split.{new_id()}",
        region_code=None if understood.region else first.region,
        agency_code=(scene.order.labels or {}).get("agency_code"),
    )
    check(new, known_regions=frozenset(house.region_names), known_agencies=frozenset(house.organisations))
    complaint = Complaint(
        text=part,
        idempotency_key=new.idempotency_key,
        request_hash=new.request_hash(),
        **{name: getattr(whole, name) for name in SHARED},
    )
    second = lead_from(new, complaint, understood, number=receipts.new_number(), house=house)
    second.code_hash, second.code_salt = first.code_hash, first.code_salt
    second.is_shared = first.is_shared
    return complaint, second, named_by(understood, second.agency_code)


async def _label(scene: Scene, second: Lead) -> None:
    """What the person who splits says about the part; acceptance was promised for the whole text."""
    labels = scene.order.labels or {}
    if labels:
        details = await reclassify(
            labels,
            second,
            scene.viewer,
            scene.now,
            may_train=scene.order.may_train,
            uow=scene.uow,
            house=scene.house,
        )
        await _record(scene, second, "reclassify", "更正识别结果", details, is_public=False)
    if scene.lead.is_confirmed:
        second.stage = lifecycle.take("confirm", stage=second.stage, role=scene.viewer.role)
        second.is_confirmed, second.needs_human = True, False
        await _record(scene, second, "confirm", "已受理，开始监督办理", {})
        await tell_stage(second, "", scene.now, uow=scene.uow, house=scene.house)


def _keep_promises(first: Lead, second: Lead) -> None:
    """No deadline of the part is later than the one its author was told for the whole."""
    second.decide_by = min(first.decide_by, second.decide_by)
    second.answer_by = min(first.answer_by, second.answer_by)
    second.warn_at = sla.warn_at(second.received_at, second.answer_by)


async def _record(
    scene: Scene, lead: Lead, kind: str, label: str, details: dict[str, Any], *, is_public: bool = True
) -> None:
    await scene.uow.leads.record(
        lead,
        at=scene.now,
        actor=scene.viewer.account,
        kind=kind,
        label=label,
        is_public=is_public,
        details=details,
    )
