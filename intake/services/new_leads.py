"""What is new in the leads since a moment, as far as the viewer may see them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from intake.domain.conflict import Viewer
from intake.services.house import House
from intake.services.sight import sight_of


@dataclass(frozen=True, slots=True)
class News:
    """received: new leads; changed: older ones on which somebody else did something; each up to 1,000."""

    received: int
    changed: int


async def new_leads(viewer: Viewer, since: dt.datetime, *, house: House) -> News:
    """What happened after `since`; readings are no news."""
    async with house.store.look() as uow:
        sight = await sight_of(viewer, uow, house)
        received = await uow.sightings.newer(sight, since)
        return News(received, await uow.sightings.changed(sight, since, viewer.account))


async def latest_event(*, house: House) -> dt.datetime | None:
    """When anything happened last, to anybody's lead: only to know whether looking is worth while."""
    async with house.store.look() as uow:
        return await uow.sightings.latest_event()
