"""Open the sealed identity of a complainant: a reason first, then a trace, then the name."""

from __future__ import annotations

from typing import Any

from intake.domain.conflict import Viewer
from intake.domain.errors import FieldProblem, Forbidden, Malformed
from intake.services.house import House
from intake.services.second_factor import require_fresh_code
from intake.services.sight import sight_of

MAY_REVEAL = frozenset({"supervisor", "city_supervisor", "green_channel_desk"})


async def reveal_identity(number: str, reason: str, *, viewer: Viewer, house: House) -> dict[str, Any] | None:
    """Name and phone of the complainant, or None for an anonymous one.

    reason: why it must be known, at least five characters, kept in the lead's history
    raises: NotFound, Forbidden, Malformed; DutyFirst when the last one-time code is too old
    """
    if viewer.role not in MAY_REVEAL:
        raise Forbidden
    require_fresh_code(viewer, house)
    if len(reason.strip()) < 5:
        raise Malformed(FieldProblem("reason", "reason_missing", "请写明查看身份信息的理由（至少 5 个字）。"))
    async with house.store.change() as uow:
        lead = await uow.leads.visible(number, await sight_of(viewer, uow, house))
        await uow.leads.record(
            lead,
            at=house.clock(),
            actor=viewer.account,
            kind="reveal_identity",
            label="查看投诉人身份",
            details={"reason": reason.strip()[:500]},
        )
    # Opened only after the trace is committed: a crash between the two leaves a trace too many, never too few.
    async with house.store.look() as uow:
        return await uow.complaints.open_identity(lead.complaint_id)
