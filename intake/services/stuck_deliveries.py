"""What does not get through to the hotline or another system: who may see the lead sees why, and may have it tried again."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from intake.domain.conflict import Viewer
from intake.domain.errors import Forbidden, NotFound
from intake.services.house import House
from intake.services.partner_titles import TITLES
from intake.services.sight import sight_of
from intake.services.tell_hotline import HOTLINE
from intake.store.tables import Lead, Outbox

ROLES = ("supervisor", "city_supervisor", "green_channel_desk", "hotline_operator")
# Tried so often, or waiting so long, a message no longer just waits its turn.
TRIES = 5
WAITS = dt.timedelta(minutes=30)
MOST = 200


@dataclass(frozen=True, slots=True)
class Stuck:
    """waits_behind: messages of the same lead that wait for this one"""

    message: Outbox
    lead: Lead
    waits_behind: int


async def stuck_deliveries(viewer: Viewer, *, house: House) -> list[Stuck]:
    """Dead messages first, then those that wait longest; only of leads the viewer sees.

    raises: Forbidden
    """
    _may(viewer)
    now = house.clock()
    async with house.store.look() as uow:
        sight = await sight_of(viewer, uow, house)
        rows = await uow.outbox.stuck(sight, since=now - WAITS, tries=TRIES, limit=MOST, to=_only(viewer))
    return [Stuck(*row) for row in rows]


async def drive_again(message_id: str, viewer: Viewer, *, house: House) -> None:
    """Make one message ready at once, however often it failed; the step stands in the lead's history.

    raises: Forbidden; NotFound, the same for hidden, unknown and delivered
    """
    _may(viewer)
    now = house.clock()
    async with house.store.change() as uow:
        sight = await sight_of(viewer, uow, house)
        found = await uow.outbox.undelivered(message_id, sight, to=_only(viewer))
        if found is None:
            raise NotFound("没有找到这条消息，可能已经送达。")
        message, lead = found
        await uow.leads.held(lead.id)
        await uow.outbox.make_ready(message.id, now)
        await uow.leads.record(
            lead,
            at=now,
            actor=viewer.account,
            kind="redrive",
            label=f"重新投递 {TITLES.get(message.destination, '12345')}",
            details={"kind": message.kind},
        )


def _only(viewer: Viewer) -> str | None:
    """The hotline's people see what is for the hotline, and nothing of what the supervisors tell others."""
    return HOTLINE if viewer.role == "hotline_operator" else None


def _may(viewer: Viewer) -> None:
    if viewer.role not in ROLES:
        raise Forbidden("您的角色不处理投递。")
