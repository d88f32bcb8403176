"""What a step changes besides the stage: one small function a step."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable
from typing import Any

from intake.domain import lifecycle, privacy, verdicts
from intake.domain.conflict import REPORTER_ROLES
from intake.domain.errors import FieldProblem, Forbidden, Malformed, NotFound
from intake.domain.sla import LOCAL
from intake.services import link_leads, step_requests
from intake.services.reclassify import reclassify
from intake.services.respondents import lift
from intake.services.sight import sight_of
from intake.services.split_lead import split
from intake.services.steps import Effect, Scene, refused
from intake.services.tell_hotline import tell_hotline
from intake.store.tables import Lead

# A claim (认领) keeps others away for half a working day; then the lead is anybody's again.
LEASE = dt.timedelta(hours=4)


async def apply(scene: Scene) -> Effect:
    """Change the lead's own fields for the step.

    raises: WrongStep, Forbidden, Malformed, NotFound
    """
    step = scene.order.step
    if step in lifecycle.FLAGS:
        return _flag(scene)
    if step in lifecycle.ASKED:
        return step_requests.request(scene)
    return await _EFFECTS.get(step, _nothing)(scene)


async def _nothing(_scene: Scene) -> Effect:
    return Effect()


async def _confirm(scene: Scene) -> Effect:
    scene.lead.is_confirmed, scene.lead.needs_human = True, False
    return Effect(label="已受理，开始监督办理", is_public=True)


async def _reject(scene: Scene) -> Effect:
    lead, reason = scene.lead, scene.reason
    lead.is_confirmed, lead.needs_human = True, False
    if reason is not None:
        more = f" {scene.order.public_text.strip()}" if scene.order.public_text else ""
        lead.public_reply = f"不予受理：{reason.label}。{reason.other_way}{more}"
    return Effect(label="不予受理，理由和其他途径见下", is_public=True)


async def _claim(scene: Scene) -> Effect:
    lead, account = scene.lead, scene.viewer.account
    is_held = lead.assignee not in (None, account)
    if is_held and (lead.lease_until is None or lead.lease_until > scene.now):
        raise refused(scene, "这条线索已有人认领或承办。")
    lead.assignee, lead.lease_until = account, scene.now + LEASE
    return Effect()


async def _release(scene: Scene) -> Effect:
    scene.lead.assignee = scene.lead.lease_until = None
    return Effect()


async def _assign(scene: Scene) -> Effect:
    account = await scene.uow.accounts.by_login((scene.order.assignee or "").strip().lower())
    if account is None or account.is_disabled or account.role in REPORTER_ROLES:
        raise Malformed(FieldProblem("assignee", "unknown_account", "没有这个账号，或账号已停用。"))
    scene.lead.assignee, scene.lead.lease_until = account.login, None
    return Effect({"assignee": account.login})


async def _sign(scene: Scene) -> Effect:
    if scene.lead.assignee != scene.viewer.account:
        raise Forbidden("只有被交办的人可以签收。")
    return Effect(label="承办人员已签收，正在核查", is_public=True)


async def _ask(scene: Scene) -> Effect:
    lead = scene.lead
    if lead.questions >= lifecycle.MOST_QUESTIONS:
        raise refused(scene, "已经请投诉人补充过两次，请根据现有材料决定。")
    lead.questions += 1
    lead.stage_before = scene.before
    return Effect({"question": scene.order.note}, "请您补充信息", is_public=True)


async def _transfer(scene: Scene) -> Effect:
    return Effect({"target": scene.order.target}, "已转有权处理的单位", is_public=True)


async def _send_back(scene: Scene) -> Effect:
    """What is no matter of enforcement goes on as the hotline's own case; a person decided so, and says why."""
    lead, note = scene.lead, scene.order.note or ""
    if not lead.hotline_no:
        raise Malformed(
            FieldProblem("step", "not_at_the_hotline", "这条线索还没有 12345 工单号，请稍后再试。")
        )
    told = {
        "event": "return",
        "lead_no": lead.number,
        "at": scene.now.astimezone(LOCAL).isoformat(timespec="seconds"),
        "text": privacy.mask(note),
    }
    await tell_hotline(lead, "event", told, ("returned",), at=scene.now, uow=scene.uow)
    (await scene.uow.shared.of(lead.id)).held_by = "them"
    label = f"不属于行政执法监督，已转 12345 热线办理，工单号 {lead.hotline_no}"
    return Effect({"hotline_no": lead.hotline_no}, label, is_public=True)


async def _document(scene: Scene) -> Effect:
    return Effect(label="已向执法机关发出监督文书", is_public=True)


async def _reply(scene: Scene) -> Effect:
    found = verdicts.verdict(scene.order.verdict)
    scene.lead.finding, scene.lead.public_reply = scene.order.note, scene.order.public_text
    scene.lead.replied_by, scene.lead.verdict = scene.viewer.account, found.code if found else None
    return Effect({"verdict": found.label} if found else {})


async def _visit(scene: Scene) -> Effect:
    return Effect(label="已回访", is_public=True)


async def _close(scene: Scene) -> Effect:
    lead = scene.lead
    if scene.house.policy.four_eyes and lead.replied_by == scene.viewer.account:
        raise Forbidden("答复须由另一人审核后办结。")
    for other in await scene.uow.leads.merged_into(lead.number):
        other.public_reply = lead.public_reply
        await _tell(scene, other, "close", "已并案办结，答复见下", is_public=True)
        scene.uow.leads.save(other)
    return Effect(label="已办结，答复见下", is_public=True)


async def _terminate(scene: Scene) -> Effect:
    label = scene.reason.label if scene.reason else ""
    scene.lead.public_reply = f"终止办理：{label}。"
    return Effect(label="已终止办理，理由见下", is_public=True)


async def _merge(scene: Scene) -> Effect:
    """Both stay whole: each keeps its clock, its complainant and its history; the main one answers for both."""
    lead, wanted = scene.lead, (scene.order.target or "").strip().upper()
    try:
        sight = await sight_of(scene.viewer, scene.uow, scene.house)
        main = await scene.uow.leads.visible(wanted, sight)
    except NotFound as error:
        raise Malformed(FieldProblem("target", "unknown_lead", "没有找到要并入的线索。")) from error
    if main.number == lead.number or not lifecycle.stages()[main.stage].is_open or main.merged_into:
        raise Malformed(FieldProblem("target", "cannot_merge", "只能并入另一条正在办理的线索。"))
    lead.merged_into, lead.stage_before = main.number, scene.before
    # Who must not see one of them must not learn of it by the other.
    both = await scene.uow.leads.respondents(lead.id) | await scene.uow.leads.respondents(main.id)
    for one in (lead, main):
        await scene.uow.leads.set_respondents(one.id, both)
        await lift(one, scene.uow, scene.house)
    await _tell(scene, main, "merge_in", "有线索并入", details={"number": lead.number})
    scene.uow.leads.save(main)
    return Effect({"into": main.number, "from_stage": scene.before}, "已与相同事项合并办理", is_public=True)


async def _unmerge(scene: Scene) -> Effect:
    lead = scene.lead
    main = await scene.uow.leads.by_number(lead.merged_into or "")
    lead.stage, lead.merged_into, lead.stage_before = lead.stage_before or "L20", None, None
    if main is not None:
        await _tell(scene, main, "merge_out", "并入的线索已分开", details={"number": lead.number})
        scene.uow.leads.save(main)
    return Effect(label="已恢复单独办理", is_public=True)


async def _reclassify(scene: Scene) -> Effect:
    details = await reclassify(
        scene.order.labels or {},
        scene.lead,
        scene.viewer,
        scene.now,
        may_train=scene.order.may_train,
        uow=scene.uow,
        house=scene.house,
    )
    return Effect(details)


def _flag(scene: Scene) -> Effect:
    step, lead = scene.order.step, scene.lead
    if step == "refer" and scene.reason is not None and scene.reason.code == lifecycle.TO_DISCIPLINE:
        # A flag would show everybody who sees the lead what only few may know.
        words = "移送纪检监察要密封办理，请用“移送纪检监察（密封）”。"
        raise Malformed(FieldProblem("reason", "sealed_only", words))
    if step not in lead.flags:
        lead.flags = [*lead.flags, step]
    return Effect({"target": scene.order.target} if scene.order.target else {})


async def _tell(
    scene: Scene,
    lead: Lead,
    kind: str,
    label: str,
    *,
    is_public: bool = False,
    details: dict[str, Any] | None = None,
) -> None:
    """An event on another lead than the one the step is about."""
    await scene.uow.leads.record(
        lead,
        at=scene.now,
        actor=scene.viewer.account,
        kind=kind,
        label=label,
        is_public=is_public,
        details=details,
    )


_EFFECTS: dict[str, Callable[[Scene], Awaitable[Effect]]] = {
    "confirm": _confirm,
    "reject": _reject,
    "claim": _claim,
    "release": _release,
    "assign": _assign,
    "sign": _sign,
    "ask": _ask,
    "transfer": _transfer,
    "send_back": _send_back,
    "document": _document,
    "reply": _reply,
    "visit": _visit,
    "close": _close,
    "terminate": _terminate,
    "merge": _merge,
    "unmerge": _unmerge,
    "resume": step_requests.resume,
    "review": step_requests.review,
    "reclassify": _reclassify,
    "link": link_leads.link,
    "unlink": link_leads.unlink,
    "split": split,
}
