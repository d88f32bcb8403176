"""The loops of the worker: a body each, no rules inside."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

from intake.services.ask_partner import ask_due
from intake.services.audit import anchor
from intake.services.clock_watch import watch_clocks
from intake.services.deliver import deliver_due
from intake.services.deliver_to_partners import deliver_to_partners
from intake.services.fetch_theirs import fetch_due
from intake.services.house import House
from intake.services.index_lead import index_waiting
from intake.services.notice_patterns import notice_patterns
from intake.services.pull import pull_due
from intake.services.receive_wechat import give_up_left_over
from intake.services.reconcile import write_differences
from intake.services.recount import recount_waiting
from intake.services.refresh_rules import refresh_rules
from intake.services.scan_evidence import scan_evidence
from intake.services.send_wechat import send_due, tell_news
from intake.services.sweep_evidence import sweep_evidence
from intake.services.worker_beat import beat

log = logging.getLogger(__name__)

IDLE_S = 1.0
BEAT_S = 15.0
CLOCKS_S = 30.0
RECOUNT_S = 5.0
PATTERNS_S = 300.0
ANCHOR_S = 3600.0
INDEX_S = 3600.0
SCAN_S = 2.0
PULL_S = 5.0
FETCH_S = 2.0
SWEEP_S = 3600.0
NIGHT_S = 600.0
AFTER_ERROR_S = 5.0


async def deliver_outbox(worker: str, house: House, stop: asyncio.Event) -> None:
    """Deliver until told to stop; idle a second when nothing waits."""
    await _forever(lambda: deliver_due(worker, house=house), stop, idle_s=IDLE_S)


async def tell_partners(worker: str, house: House, stop: asyncio.Event) -> None:
    """Deliver to the other government systems, apart from the hotline's messages."""
    await _forever(lambda: deliver_to_partners(worker, house=house), stop, idle_s=IDLE_S)


async def pull_inbound(house: House, stop: asyncio.Event) -> None:
    """Ask the systems that are asked regularly; nothing when they are off."""
    await _forever(lambda: pull_due(house=house), stop, idle_s=PULL_S)


async def watch_deadlines(worker: str, house: House, stop: asyncio.Event) -> None:
    """Warn, chase and escalate by the clock, each once."""
    await _forever(lambda: watch_clocks(house=house), stop, idle_s=CLOCKS_S)


async def recount_leads(house: House, stop: asyncio.Event) -> None:
    """Count the deadlines of open leads again when a new version of the limits is in force."""

    async def once() -> int:
        await refresh_rules(house=house)
        return await recount_waiting(house=house)

    await _forever(once, stop, idle_s=RECOUNT_S)


async def watch_patterns(house: House, stop: asyncio.Event) -> None:
    """Notice patterns behind single complaints, each once."""
    await _forever(lambda: notice_patterns(house=house), stop, idle_s=PATTERNS_S)


async def anchor_histories(house: House, folder: Path, stop: asyncio.Event) -> None:
    """One anchor file a day; whichever worker is first writes it."""

    async def once() -> int:
        await anchor(folder, house=house)
        return 0

    await _forever(once, stop, idle_s=ANCHOR_S)


async def fill_search(house: House, stop: asyncio.Event) -> None:
    """Index what an older version filed, batch by batch; later only look whether something was left out."""
    await _forever(lambda: index_waiting(house=house), stop, idle_s=INDEX_S)


async def scan_files(house: House, stop: asyncio.Event) -> None:
    """Scan evidence in quarantine; a scanner that is away is asked again later."""
    await _forever(lambda: scan_evidence(house=house), stop, idle_s=SCAN_S)


async def ask_partners(house: House, stop: asyncio.Event) -> None:
    """Ask other systems what is due; one that is away is asked again later."""
    await _forever(lambda: ask_due(house=house), stop, idle_s=IDLE_S)


async def fetch_files(house: House, stop: asyncio.Event) -> None:
    """Fetch the files that the hotline offers; one that cannot be had now is tried again later."""
    await _forever(lambda: fetch_due(house=house), stop, idle_s=FETCH_S)


async def write_by_wechat(house: House, stop: asyncio.Event) -> None:
    """Late answers, news of cases, and what a process left unanswered; nothing when the channel is off."""

    async def once() -> int:
        if house.wechat is None:
            return 0
        news = await tell_news(house=house)
        await give_up_left_over(desk=house.wechat, house=house)
        return news + await send_due(desk=house.wechat, house=house)

    await _forever(once, stop, idle_s=IDLE_S)


async def sweep_files(house: House, stop: asyncio.Event) -> None:
    """Keep files and rows of evidence together."""

    async def once() -> int:
        await sweep_evidence(house=house)
        return 0

    await _forever(once, stop, idle_s=SWEEP_S)


async def reconcile_nightly(house: House, folder: Path, stop: asyncio.Event) -> None:
    """Once a night the differences with the hotline are written down; mending them is a person's decision."""
    await _forever(lambda: write_differences(folder, house=house), stop, idle_s=NIGHT_S)


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
