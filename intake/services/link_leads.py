"""Link (关联) two leads that belong together and stay apart, and undo it."""

from __future__ import annotations

from intake.domain.errors import FieldProblem, Malformed, NotFound
from intake.services.relations import label_of
from intake.services.sight import sight_of
from intake.services.steps import Effect, Scene, refused
from intake.store.tables import Lead, LeadLink


async def link(scene: Scene) -> Effect:
    """A link of the kind that the reason names; both leads keep everything else, their versions too."""
    lead, uow = scene.lead, scene.uow
    other = await _other(scene)
    if await uow.relations.between(lead.id, other.id) is not None:
        raise refused(scene, "这两条线索已经关联。")
    first, second = sorted((lead, other), key=lambda one: (one.received_at, one.number))
    kind = scene.order.reason or ""
    uow.relations.add(
        LeadLink(
            lead_a=first.id,
            lead_b=second.id,
            kind=kind,
            by=scene.viewer.account,
            at=scene.now,
            note=scene.order.note,
        )
    )
    await _tell(scene, other, "link", f"关联线索：{label_of(kind)}")
    return Effect({"number": other.number}, keeps_version=True)


async def unlink(scene: Scene) -> Effect:
    other = await _other(scene)
    found = await scene.uow.relations.between(scene.lead.id, other.id)
    if found is None:
        raise Malformed(FieldProblem("target", "not_linked", "这两条线索没有关联。"))
    if found.kind == "split":
        raise refused(scene, "拆分的两条线索不能取消关联；要合在一起办理，请用“并案”。")
    await scene.uow.relations.remove(found)
    await _tell(scene, other, "unlink", "取消关联")
    return Effect({"number": other.number}, keeps_version=True)


async def _other(scene: Scene) -> Lead:
    """The lead at the other end.

    raises: Malformed, the same for hidden and unknown
    """
    wanted = (scene.order.target or "").strip().upper()
    try:
        other = await scene.uow.leads.visible(wanted, await sight_of(scene.viewer, scene.uow, scene.house))
    except NotFound as error:
        raise Malformed(FieldProblem("target", "unknown_lead", "没有找到要关联的线索。")) from error
    if other.id == scene.lead.id:
        raise Malformed(FieldProblem("target", "same_lead", "请填写另一条线索的受理编号。"))
    return other


async def _tell(scene: Scene, other: Lead, kind: str, label: str) -> None:
    await scene.uow.leads.record(
        other,
        at=scene.now,
        actor=scene.viewer.account,
        kind=kind,
        label=label,
        details={"number": scene.lead.number},
    )
