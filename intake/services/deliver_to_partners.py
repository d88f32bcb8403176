"""Deliver to the other government systems: each on its own, so that one that is slow or away holds up no other."""

from __future__ import annotations

import asyncio

from intake.services.deliver import deliver_due
from intake.services.house import House
from intake.store.outbox import DISCIPLINE


async def deliver_to_partners(worker: str, *, house: House) -> int:
    """Try one due message of each system that takes any; returns how many were claimed.

    What waits for a system that is switched off waits until it is switched on again.
    raises: StoreUnavailable, after the other systems had their turn
    """
    names = [
        name
        for name, partner in house.partners.items()
        if hasattr(partner, "deliver") or (name == DISCIPLINE and partner.is_connected)
    ]
    turns = (deliver_due(worker, house=house, limit=1, to=name) for name in names)
    done = await asyncio.gather(*turns, return_exceptions=True)
    for one in done:
        if isinstance(one, BaseException):
            raise one
    return sum(count for count in done if isinstance(count, int))
