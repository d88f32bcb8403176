"""The loops of the worker: a body each, no rules inside."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

from intake.services.audit import anchor
from intake.services.clock_watch import watch_clocks
from intake.services.deliver import deliver_due
from intake.services.house import House
from intake.services.notice_patterns import notice_patterns
from intake.services.worker_beat import beat

log = logging.getLogger(__name__)

IDLE_S = 1.0
BEAT_S = 15.0
CLOCKS_S = 30.0
PATTERNS_S = 300.0
ANCHOR_S = 3600.0
AFTER_ERROR_S = 5.0


async def deliver_outbox(worker: str, house: House, stop: asyncio.Event) -> None:
    """Deliver until told to stop; idle a second when nothing waits."""
    await _forever(lambda: deliver_due(worker, house=house), stop, idle_s=IDLE_S)


async def watch_deadlines(worker: str, house: House, stop: asyncio.Event) -> None:
    """Warn, chase and escalate by the clock, each once."""
    await _forever(lambda: watch_clocks(house=house), stop, idle_s=CLOCKS_S)


async def watch_patterns(house: House, stop: asyncio.Event) -> None:
    """Notice patterns behind single complaints, each once."""
    await _forever(lambda: notice_patterns(house=house), stop, idle_s=PATTERNS_S)


async def anchor_histories(house: House, folder: Path, stop: asyncio.Event) -> None:
    """One anchor file a day; whichever worker is first writes it."""

    async def once() -> int:
        await anchor(folder, house=house)
        return 0

    await _forever(once, stop, idle_s=ANCHOR_S)


async def sign_of_life(worker: str, house: House, stop: asyncio.Event) -> None:
    await _forever(lambda: beat(worker, house=house), stop, idle_s=BEAT_S)


async def _forever(body: Callable[[], Awaitable[int]], stop: asyncio.Event, *, idle_s: float) -> None:
    while not stop.is_set():
        try:
            done = await body()
        except Exception:
            # A loop must outlive any single failure: a full disk, a restarted database, a defect.
            log.exception("worker loop failed")
            done = 0
            await _sleep(AFTER_ERROR_S, stop)
        if not done:
            await _sleep(idle_s, stop)


async def _sleep(seconds: float, stop: asyncio.Event) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
