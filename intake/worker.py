"""The worker process: what must be told to others, and later what must be done by a clock."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket

from intake.bootstrap import load_model, open_house
from intake.jobs.loops import (
    anchor_histories,
    ask_partners,
    deliver_outbox,
    fetch_files,
    fill_search,
    pull_inbound,
    reconcile_nightly,
    recount_leads,
    scan_files,
    sign_of_life,
    sweep_files,
    tell_partners,
    watch_deadlines,
    watch_patterns,
    write_by_wechat,
)
from intake.settings import Settings

log = logging.getLogger(__name__)


async def run(settings: Settings) -> None:
    """Work until SIGINT or SIGTERM; a claimed message whose call is running is finished or taken over later."""
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    worker = f"{socket.gethostname()[:32]}-{os.getpid()}"
    async with open_house(settings, with_model=False) as house:
        if "moj_suggestions" in house.partners:
            # What is pulled is filed here, by the same classifier as everything else.
            house.understanding = load_model(settings)
        log.info("worker started", extra={"worker": worker})
        await asyncio.gather(
            deliver_outbox(worker, house, stop),
            tell_partners(worker, house, stop),
            pull_inbound(house, stop),
            watch_deadlines(worker, house, stop),
            recount_leads(house, stop),
            watch_patterns(house, stop),
            anchor_histories(house, settings.var_dir / "anchors", stop),
            fill_search(house, stop),
            scan_files(house, stop),
            ask_partners(house, stop),
            fetch_files(house, stop),
            sweep_files(house, stop),
            write_by_wechat(house, stop),
            reconcile_nightly(house, settings.var_dir / "reconcile", stop),
            sign_of_life(worker, house, stop),
        )
