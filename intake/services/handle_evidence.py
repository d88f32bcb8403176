"""What staff do with evidence: see, view, take the original, release, allow forwarding. Every handling is recorded."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from intake.domain.conflict import Viewer
from intake.domain.errors import FieldProblem, Forbidden, Malformed, NotFound
from intake.domain.media import ACCEPTED, Media
from intake.services.evidence_room import evidence_room, original, stripped
from intake.services.house import House
from intake.services.offer_evidence import offer_evidence
from intake.services.reveal_identity import MAY_REVEAL
from intake.services.scan_evidence import prepare_copy
from intake.services.sight import sight_of
from intake.store.tables import Attachment, CustodyEntry, Lead
from intake.store.unit_of_work import UnitOfWork

MAY_HANDLE = MAY_REVEAL
OPEN_STATES = ("clean", "released")
STATE_LABELS = {
    "quarantined": "未查毒",
    "clean": "查毒通过",
    "released": "未查毒，已由人工放行",
    "infected": "查出病毒，已封存",
}


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One file as staff see it; `transcript` is None without speech recognition."""

    id: str
    name: str
    media: Media
    size: int
    sha256: str
    sm3: str
    state: str
    copy_state: str
    facts: dict[str, Any]
    may_forward: bool
    is_missing: bool
    received_at: dt.datetime
    transcript: str | None
    custody: tuple[CustodyEntry, ...]

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def state_label(self) -> str:
        return STATE_LABELS[self.state]


@dataclass(frozen=True, slots=True)
class Content:
    name: str
    media_type: str
    stream: AsyncIterator[bytes]


async def list_evidence(number: str, viewer: Viewer, *, house: House) -> tuple[Exhibit, ...]:
    """raises: NotFound, the same for hidden and unknown"""
    async with house.store.look() as uow:
        lead = await uow.leads.visible(number, await sight_of(viewer, uow, house))
        return tuple([await _exhibit(row, uow) for row in await uow.evidence.of_lead(lead.id)])


async def _exhibit(row: Attachment, uow: UnitOfWork) -> Exhibit:
    _, name, transcript = uow.evidence.open(row)
    return Exhibit(
        id=row.id,
        name=name,
        media=ACCEPTED[row.media_type],
        size=row.size,
        sha256=row.sha256,
        sm3=row.sm3,
        state=row.state,
        copy_state=row.copy_state,
        facts=row.facts,
        may_forward=row.may_forward,
        is_missing=row.missing_at is not None,
        received_at=row.received_at,
        transcript=transcript,
        custody=tuple(await uow.evidence.custody(row.id)),
    )


async def view_copy(number: str, attachment_id: str, *, viewer: Viewer, house: House) -> Content:
    """The stripped copy of an image.

    raises: Forbidden; NotFound, also when there is no copy to see
    """
    async with house.store.change() as uow:
        lead, row = await _found(number, attachment_id, viewer, uow, house=house)
        if row.state not in OPEN_STATES or row.copy_state != "ready":
            raise NotFound
        await _trace(lead, row, "viewed", "查看附件副本", viewer, uow, house=house)
        key, name, _ = uow.evidence.open(row)
    stream = evidence_room(house).files.get(stripped(row.id), key)
    return Content(name, str(row.facts.get("copy_type", "image/jpeg")), stream)


async def take_original(
    number: str, attachment_id: str, reason: str, *, viewer: Viewer, house: House
) -> Content:
    """The sealed original, with the reason recorded first.

    raises: Forbidden, NotFound, Malformed
    """
    async with house.store.change() as uow:
        lead, row = await _found(number, attachment_id, viewer, uow, house=house)
        why = _reason(reason)
        if row.state not in OPEN_STATES:
            raise Malformed(FieldProblem("reason", "not_released", "这个附件还没有查毒或放行，不能下载。"))
        if not await evidence_room(house).files.exists(original(row.id)):
            raise Malformed(FieldProblem("file", "file_gone", "文件不在存储里，请联系系统管理员。"))
        await _trace(lead, row, "downloaded", "下载附件原件", viewer, uow, house=house, reason=why)
        key, name, _ = uow.evidence.open(row)
    return Content(name, row.media_type, evidence_room(house).files.get(original(row.id), key))


async def release_evidence(
    number: str, attachment_id: str, reason: str, *, viewer: Viewer, house: House
) -> None:
    """Take an unscanned file out of quarantine on one's own word. Never an infected one.

    raises: Forbidden, NotFound, Malformed
    """
    async with house.store.change() as uow:
        lead, row = await _found(number, attachment_id, viewer, uow, house=house)
        why = _reason(reason)
        if row.state != "quarantined":
            raise Malformed(FieldProblem("reason", "not_in_quarantine", "这个附件不在隔离中，不用放行。"))
        row.state = "released"
        await _trace(lead, row, "released", "人工放行附件", viewer, uow, house=house, reason=why)
    await prepare_copy(attachment_id, house=house)


async def allow_forward(
    number: str, attachment_id: str, reason: str, *, allowed: bool, viewer: Viewer, house: House
) -> None:
    """Whether the copy of an item may go to others; allowed, its address goes to the hotline.

    raises: Forbidden, NotFound, Malformed
    """
    async with house.store.change() as uow:
        lead, row = await _found(number, attachment_id, viewer, uow, house=house)
        why = _reason(reason)
        if allowed and row.state not in OPEN_STATES:
            raise Malformed(FieldProblem("reason", "not_released", "这个附件还没有查毒或放行，不能转出。"))
        row.may_forward = allowed
        label = "允许转出附件" if allowed else "不再允许转出附件"
        kind = "forward_allowed" if allowed else "forward_refused"
        await _trace(lead, row, kind, label, viewer, uow, house=house, reason=why)
        if allowed:
            await offer_evidence(lead, row, uow=uow, house=house)


def _reason(reason: str) -> str:
    if len(reason.strip()) < 5:
        raise Malformed(FieldProblem("reason", "reason_missing", "请写明理由（至少 5 个字）。"))
    return reason.strip()[:500]


async def _found(
    number: str, attachment_id: str, viewer: Viewer, uow: UnitOfWork, *, house: House
) -> tuple[Lead, Attachment]:
    """raises: Forbidden before anything is looked up; NotFound"""
    if viewer.role not in MAY_HANDLE:
        raise Forbidden
    lead = await uow.leads.visible(number, await sight_of(viewer, uow, house))
    row = await uow.evidence.get(attachment_id)
    if row is None or row.lead_id != lead.id:
        raise NotFound("没有找到这条线索。")
    return lead, row


async def _trace(
    lead: Lead,
    row: Attachment,
    kind: str,
    label: str,
    viewer: Viewer,
    uow: UnitOfWork,
    *,
    house: House,
    **details: str,
) -> None:
    at = house.clock()
    await uow.evidence.handed(row, kind, label, at=at, actor=viewer.account, **details)
    more = {"attachment": row.id, "sha256": row.sha256} | details
    await uow.leads.record(
        lead, at=at, actor=viewer.account, kind=f"evidence_{kind}", label=label, details=more
    )
