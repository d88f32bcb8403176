"""Ask another system regularly for what is new: one process at a time, later and later while it is away."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from connectors.errors import ConnectorError
from intake.domain import privacy
from intake.services.house import House
from intake.services.pull_directory import pull_directory
from intake.services.pull_suggestions import pull_suggestions
from intake.services.pulled import LEASE, Pulled
from intake.store.database import Taken

log = logging.getLogger(__name__)

FIRST_WAIT_S = 60.0
LONGEST_WAIT_S = 1800.0
MOST_PROBLEMS = 50


@dataclass(frozen=True, slots=True)
class Job:
    """what: asks and takes in, from a cursor; every: how often while it answers."""

    what: Callable[[str, House], Awaitable[Pulled]]
    every: dt.timedelta = field(default=dt.timedelta(minutes=1))


PULLS: Mapping[str, Job] = {
    "moj_suggestions": Job(pull_suggestions),
    "province_platform": Job(pull_directory, dt.timedelta(days=1)),
}


async def pull_due(*, house: House) -> int:
    """Ask each system that is due; returns how many things came. A system that is away is noted, not raised.

    raises: StoreUnavailable
    """
    came = 0
    for system in PULLS:
        if system not in house.partners:
            continue
        try:
            done = await pull(system, house=house)
        except ConnectorError as error:
            log.warning("pull postponed", extra={"system": system, "kind": type(error).__name__})
            continue
        came += done.count if done else 0
    return came


async def pull(system: str, *, at_once: bool = False, house: House) -> Pulled | None:
    """Ask one system that is switched on; None when it is not due or another process is at it.

    at_once: whether or not it is due
    raises: ConnectorError, noted with the pull; StoreUnavailable
    """
    now = house.clock()
    await _begin(system, now, house)
    async with house.store.change() as uow:
        row = await uow.directory.claim(system, now, LEASE, at_once=at_once)
    if row is None:
        return None
    try:
        done = await PULLS[system].what(row.cursor, house)
    except ConnectorError as error:
        await _failed(system, row.failures, error, house)
        raise
    async with house.store.change() as uow:
        await uow.directory.settle(
            system,
            lease_until=None,
            run_at=house.clock() + PULLS[system].every,
            answered_at=house.clock(),
            failures=0,
            last_error=None,
            **(
                {"taken": done.count, "problems": list(done.problems)[:MOST_PROBLEMS]} if done.is_news else {}
            ),
        )
    if done.count:
        log.info("pulled", extra={"system": system, "came": dict(done.counts)})
    return done


async def _begin(system: str, now: dt.datetime, house: House) -> None:
    async with house.store.look() as uow:
        if await uow.directory.pull_of(system) is not None:
            return
    try:
        async with house.store.change() as uow:
            uow.directory.begin(system, now)
    except Taken:
        return  # another process was first


async def _failed(system: str, failures: int, error: ConnectorError, house: House) -> None:
    wait_s = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** min(failures, 10))
    async with house.store.change() as uow:
        await uow.directory.settle(
            system,
            lease_until=None,
            run_at=house.clock() + dt.timedelta(seconds=wait_s),
            failures=failures + 1,
            last_error=privacy.mask(error.message)[:250],
        )
