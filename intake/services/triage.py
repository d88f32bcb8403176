"""The steps a supervisor takes: one function, the table of domain/data/steps.csv decides.

Every step checks the version somebody saw, leaves an event, tells the hotline
what it may know, and never moves a lead in a way the table does not list.
What each step changes besides the stage: `step_effects`.
"""

from __future__ import annotations

from intake.domain import lifecycle
from intake.domain.conflict import Viewer
from intake.domain.errors import FieldProblem, Malformed
from intake.services import step_effects
from intake.services.house import House
from intake.services.sight import sight_of
from intake.services.steps import Effect, Order, Scene
from intake.services.tell_partners import tell_stage
from intake.services.tell_step import shared_facts, tell_step
from intake.store.lead_filters import ASKS_A_PERSON
from intake.store.tables import Lead
from intake.store.unit_of_work import UnitOfWork

__all__ = ["Order", "step_on", "take_step"]
MAX_WORDS = 5000
# What the hotline sent back leaves the list of the returned once a person has moved it on.
TAKEN_UP = "退回后已接办"


async def take_step(number: str, order: Order, *, version: int, viewer: Viewer, house: House) -> Lead:
    """Take one step on a lead and return it.

    version: the one the viewer saw
    raises: NotFound (also when hidden), Stale, WrongStep, Forbidden, Malformed
    """
    if order.step not in lifecycle.steps():
        raise Malformed(FieldProblem("step", "unknown_step", "没有这个操作。"))
    async with house.store.change() as uow:
        lead = await uow.leads.visible(number, await sight_of(viewer, uow, house), version=version)
        await step_on(lead, order, viewer=viewer, uow=uow, house=house)
    return lead


async def step_on(lead: Lead, order: Order, *, viewer: Viewer, uow: UnitOfWork, house: House) -> None:
    """The step inside a transaction that is open already, on a lead that is locked in it.

    raises: WrongStep, Forbidden, Malformed
    """
    now, before, held = house.clock(), lead.stage, shared_facts(lead)
    after = lifecycle.take(order.step, stage=before, role=viewer.role)
    _check_words(order)
    reason = lifecycle.reason(order.step, order.reason)
    scene = Scene(lead, before, order, viewer, now, reason, uow, house)
    lead.stage = after
    effect = await step_effects.apply(scene)
    if lead.stage != before and order.step not in lifecycle.ASKED:
        lead.request = None
    await uow.leads.record(
        lead,
        at=now,
        actor=viewer.account,
        kind=order.step,
        label=effect.label or lifecycle.steps()[order.step].label,
        is_public=effect.is_public,
        details=_details(order, scene, effect),
    )
    if lead.stage != before and lead.hotline_status in ASKS_A_PERSON:
        lead.hotline_status = TAKEN_UP
    if not effect.keeps_version:
        uow.leads.save(lead)
    # Sent back, it is the hotline's; the others are told all the same.
    if order.step != "send_back":
        await tell_step(lead, held, order, at=now, uow=uow)
    if lead.stage != before:
        await tell_stage(lead, effect.label if effect.is_public else "", now, uow=uow, house=house)


def _details(order: Order, scene: Scene, effect: Effect) -> dict[str, object]:
    details: dict[str, object] = {}
    if order.note:
        details["note"] = order.note
    if scene.reason is not None:
        details["reason"] = {"code": scene.reason.code, "label": scene.reason.label}
    return details | effect.details


def _check_words(order: Order) -> None:
    step = lifecycle.steps()[order.step]
    if step.needs_reason and not step.reason_kind and not (order.note or "").strip():
        raise Malformed(FieldProblem("note", "reason_missing", "这一步需要填写说明。"))
    if order.step == "reply" and not (order.public_text or "").strip():
        raise Malformed(
            FieldProblem("public_text", "reply_missing", "请填写给投诉人的答复，并与内部核查结论分开。")
        )
    for name, text in (("note", order.note), ("public_text", order.public_text)):
        if text and len(text) > MAX_WORDS:
            raise Malformed(FieldProblem(name, "too_long", f"请控制在 {MAX_WORDS} 字以内。"))
