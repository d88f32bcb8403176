"""What needs somebody else's word: sending back (退单), more time (延期), a pause (中止)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from intake.domain import lifecycle, sla
from intake.domain.errors import FieldProblem, Forbidden, Malformed
from intake.services.steps import Effect, Scene, refused
from intake.store.tables import Lead


def request(scene: Scene) -> Effect:
    """A wish that somebody else decides on: sending back, more time, a pause."""
    lead, step = scene.lead, scene.order.step
    if lead.request is not None:
        raise refused(scene, "还有一个申请在等审批。")
    if step == "return" and lead.is_final:
        raise refused(scene, "已经裁定承办单位，不能再退单。")
    if step == "extend" and lead.is_extended:
        raise refused(scene, "只能延期一次。")
    lead.request = {
        "step": step,
        "by": scene.viewer.account,
        "reason": scene.reason.code if scene.reason else None,
        "at": scene.now.isoformat(),
        "stage": scene.before,
    }
    return Effect({"is_arbitration": True} if step == "return" and _needs_arbiter(lead) else {})


def _needs_arbiter(lead: Lead) -> bool:
    return lead.returns >= lifecycle.MOST_RETURNS


async def review(scene: Scene) -> Effect:
    """Decide on a request; the third return is an arbiter's (市级) and what he decides is final."""
    lead, request = scene.lead, scene.lead.request
    if request is None:
        raise refused(scene, "没有等待审批的申请。")
    if scene.order.decision not in ("approve", "refuse"):
        raise Malformed(FieldProblem("decision", "unknown_decision", "请选择同意或者不同意。"))
    if request["by"] == scene.viewer.account:
        raise Forbidden("不能审批自己的申请。")
    arbitrated = request["step"] == "return" and _needs_arbiter(lead)
    if arbitrated and scene.viewer.role != "city_supervisor":
        raise Forbidden("第三次退单由市级裁定。")
    before = lead.answer_by
    lead.request = None
    approved = scene.order.decision == "approve"
    label = _decided(scene, request, approved=approved)
    lead.is_final = lead.is_final or (arbitrated and not approved)
    details = {"request": request["step"], "decision": scene.order.decision} | _moved(before, lead.answer_by)
    return Effect(details, label, is_public=bool(label))


def _decided(scene: Scene, request: dict[str, Any], *, approved: bool) -> str:
    """Carry out a decision; returns what the citizen is told, "" for nothing."""
    lead = scene.lead
    if not approved:
        lead.stage = request["stage"]
        return ""
    if request["step"] == "return":
        lead.returns += 1
        lead.stage, lead.assignee, lead.lease_until = "L30", None, None
        return ""
    if request["step"] == "extend":
        lead.stage, lead.is_extended = request["stage"], True
        lead.answer_by, provisional = sla.extended(
            lead.answer_by, lead.urgency, scene.house.calendar, scene.house.limits
        )
        lead.is_provisional = lead.is_provisional or provisional
        lead.warn_at = sla.warn_at(lead.received_at, lead.answer_by)
        return "办理期限延长一次，新的期限见上"
    lead.stage_before, lead.stage, lead.suspended_at = request["stage"], lifecycle.SUSPENDED, scene.now
    return "暂时中止，期限暂停计算"


def _moved(before: dt.datetime, after: dt.datetime) -> dict[str, Any]:
    """Old and new deadline, when it moved."""
    return {} if before == after else {"answer_by": {"old": before.isoformat(), "new": after.isoformat()}}


async def resume(scene: Scene) -> Effect:
    lead = scene.lead
    before = lead.answer_by
    if lead.suspended_at is not None:
        lead.answer_by, provisional = sla.resumed(
            lead.answer_by, lead.suspended_at, scene.now, scene.house.calendar
        )
        lead.is_provisional = lead.is_provisional or provisional
    lead.stage, lead.suspended_at, lead.stage_before = lead.stage_before or lead.stage, None, None
    lead.warn_at = sla.warn_at(lead.received_at, lead.answer_by)
    return Effect(_moved(before, lead.answer_by), "恢复办理，期限继续计算", is_public=True)
