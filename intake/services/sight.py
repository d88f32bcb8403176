"""What a viewer may see now: the conflict rule and the exceptions recorded for this account."""

from __future__ import annotations

from intake.domain import conflict
from intake.domain.conflict import Sight, Viewer
from intake.services.house import House
from intake.store.unit_of_work import UnitOfWork


async def sight_of(viewer: Viewer, uow: UnitOfWork, house: House) -> Sight:
    """The store's filter for `viewer`, exceptions included; they end by themselves."""
    granted = await uow.grants.leads_of(viewer.account, house.clock())
    return conflict.sight(viewer, house.parents, granted)
