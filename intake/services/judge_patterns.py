"""Findings of the watches: who may read them, and a person's word on each."""

from __future__ import annotations

from dataclasses import dataclass

from intake.domain.conflict import Viewer
from intake.domain.errors import FieldProblem, Forbidden, Malformed, Stale, WrongStep
from intake.domain.patterns import KIND_LABELS, STATE_LABELS
from intake.services.house import House
from intake.services.sight import sight_of
from intake.store.tables import Lead, PatternFinding

MAY_JUDGE = frozenset({"city_supervisor", "supervisor"})
DECISIONS = {"confirm": "confirmed", "dismiss": "dismissed"}
MAX_WORDS = 2000


@dataclass(frozen=True, slots=True)
class Shown:
    finding: PatternFinding
    leads: tuple[Lead, ...]
    kind_label: str
    state_label: str


async def list_findings(viewer: Viewer, *, house: House) -> tuple[Shown, ...]:
    """Findings of whose leads the viewer may see every one; of two where one holds the other, the larger.

    raises: Forbidden
    """
    _check(viewer)
    async with house.store.look() as uow:
        found = await uow.patterns.visible(await sight_of(viewer, uow, house))
        leads = await uow.patterns.leads_of(one.id for one in found)
    ids = {one.id: frozenset(lead.id for lead in leads[one.id]) for one in found}
    return tuple(
        Shown(one, tuple(leads[one.id]), KIND_LABELS[one.kind], STATE_LABELS[one.state])
        for one in found
        if not any(_holds(other, one, ids) for other in found)
    )


def _holds(larger: PatternFinding, one: PatternFinding, ids: dict[str, frozenset[str]]) -> bool:
    is_same = (larger.kind, larger.state) == (one.kind, one.state)
    if one.kind == "industry":
        is_same = is_same and (larger.agency_code, larger.problem) == (one.agency_code, one.problem)
    return is_same and ids[larger.id] > ids[one.id]


async def judge_pattern(
    finding_id: str, decision: str, note: str, *, version: int, viewer: Viewer, house: House
) -> None:
    """Confirm or dismiss a finding, with a reason; the leads keep the word in their histories.

    version: the one the viewer saw
    raises: Forbidden, NotFound (also when one lead is hidden), Stale, WrongStep, Malformed
    """
    _check(viewer)
    now, note = house.clock(), note.strip()
    async with house.store.change() as uow:
        finding = await uow.patterns.one(finding_id, await sight_of(viewer, uow, house))
        if finding.version != version:
            raise Stale("这条提示刚有变化，请看过最新情况再判断。")
        if finding.state != "open":
            raise WrongStep("这条提示已经判断过。", legal=())
        if decision not in DECISIONS:
            raise Malformed(FieldProblem("decision", "unknown_decision", "请选择确认或者排除。"))
        if not note or len(note) > MAX_WORDS:
            raise Malformed(FieldProblem("note", "reason_missing", f"请写明理由（{MAX_WORDS} 字以内）。"))
        finding.state, finding.note = DECISIONS[decision], note
        finding.decided_by, finding.decided_at = viewer.account, now
        uow.patterns.save(finding)
        label = f"{KIND_LABELS[finding.kind]}：{STATE_LABELS[finding.state]}"
        for lead_id in sorted(await uow.patterns.members(finding.id)):
            # The histories are written under the lead's lock, like every step.
            lead = await uow.leads.held(lead_id)
            await uow.leads.record(
                lead,
                at=now,
                actor=viewer.account,
                kind="pattern_decided",
                label=label,
                details={"finding": finding.id, "note": note},
            )


def _check(viewer: Viewer) -> None:
    if viewer.role not in MAY_JUDGE:
        raise Forbidden
