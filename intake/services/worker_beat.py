"""A worker's sign of life, read by /readyz."""

from __future__ import annotations

from intake.services.house import House


async def beat(worker: str, *, house: House) -> int:
    """Record that `worker` lives; always 0, so that the loop rests."""
    async with house.store.change() as uow:
        await uow.accounts.beat(worker, house.clock())
    return 0
