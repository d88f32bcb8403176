"""The inspector's view (审计检查): who did, read and opened what; never texts, never identities.

Looking at the trail leaves a record of its own, in the chain of administration.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass

from intake.domain import conflict
from intake.domain.conflict import Viewer
from intake.domain.errors import Forbidden
from intake.services import audit
from intake.services.house import House
from intake.store.tables import LeadEvent

PAGE = 50
# One record for looking again with the same filter within this time.
SITTING = dt.timedelta(minutes=10)
KINDS = {
    "read": "查看全文",
    "reveal_identity": "查看投诉人身份",
    "grant_sight": "准许破例查看",
    "revoke_sight": "收回破例查看",
    "reject": "不予受理",
    "reclassify": "更正识别结果",
    "terminate": "终止办理",
    "merge": "并案",
}


@dataclass(frozen=True, slots=True)
class TrailFilter:
    """None means any; since, until: local days."""

    actor: str | None = None
    kind: str | None = None
    number: str | None = None
    since: dt.date | None = None
    until: dt.date | None = None


@dataclass(frozen=True, slots=True)
class TrailPage:
    """rows: (event, lead number), the newest first; next: id of the last event, None on the last page."""

    rows: tuple[tuple[LeadEvent, str], ...]
    next: str | None


async def read_trail(viewer: Viewer, wanted: TrailFilter, *, before: str | None, house: House) -> TrailPage:
    """One page of what happened to the leads. raises: Forbidden"""
    _inspectors_only(viewer)
    sight = conflict.trail_sight(viewer, house.parents)
    async with house.store.change() as uow:
        rows = await uow.trail.page(sight, asdict(wanted), before=before, limit=PAGE + 1)
        details = {k: str(v) for k, v in asdict(wanted).items() if v is not None}
        last = await uow.admin_records.latest(before=None, limit=1, subject=viewer.account)
        is_same = bool(
            last
            and (last[0].kind, last[0].actor, last[0].details) == ("trail_read", viewer.account, details)
            and house.clock() - last[0].at < SITTING
        )
        if not is_same:
            await uow.admin_records.record(
                at=house.clock(),
                actor=viewer.account,
                kind="trail_read",
                subject=viewer.account,
                details=details,
            )
    more = len(rows) > PAGE
    return TrailPage(tuple(rows[:PAGE]), rows[PAGE - 1][0].id if more else None)


async def verify_trail(viewer: Viewer, *, house: House) -> audit.Verdict:
    """Check every chain; of the leads only what the viewer may know is told. raises: Forbidden"""
    _inspectors_only(viewer)
    verdict = await audit.verify(house.policy.anchors, house=house)
    sight = conflict.trail_sight(viewer, house.parents)
    async with house.store.change() as uow:
        seen = set(await uow.sightings.seen_of([b.number for b in verdict.breaks], sight))
        await uow.admin_records.record(
            at=house.clock(), actor=viewer.account, kind="trail_verified", subject=viewer.account
        )
    told = tuple(
        b
        for b in verdict.breaks
        if b.number in seen or b.number == audit.ADMINISTRATION or b.kind == "altered"
    )
    return audit.Verdict(0, 0, verdict.anchors, told, 0)


def _inspectors_only(viewer: Viewer) -> None:
    if viewer.role != "inspector":
        raise Forbidden("只有审计检查员可以查看办理痕迹。")
