"""How many leads came since a moment, as far as the viewer may see them."""

from __future__ import annotations

import datetime as dt

from intake.domain.conflict import Viewer
from intake.services.house import House
from intake.services.sight import sight_of


async def new_leads(viewer: Viewer, since: dt.datetime, *, house: House) -> int:
    """Leads received after `since`; up to 1,000."""
    async with house.store.look() as uow:
        return await uow.sightings.newer(await sight_of(viewer, uow, house), since)
