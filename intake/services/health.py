"""How the house is: its parts, and figures of what waits."""

from __future__ import annotations

import datetime as dt

from prometheus_client import Gauge

from intake.domain.errors import StoreUnavailable
from intake.services.house import House

OUTBOX = Gauge("xiansuo_outbox_messages", "Messages to other systems by state", ["state"])
EVIDENCE = Gauge("xiansuo_evidence_files", "Attachments by state; missing: not in the store", ["state"])
WAITING = Gauge("xiansuo_conversations_waiting", "Conversations that wait for a person")


async def readiness(*, house: House) -> dict[str, str]:
    """{"database", "model", "bot", "worker"}: "ok" or a short word of what is wrong."""
    parts = {"model": house.understanding.version if house.understanding else "missing"}
    try:
        async with house.store.look() as uow:
            beat = await uow.accounts.last_beat()
        parts["database"] = "ok"
        is_fresh = beat is not None and house.clock() - beat < dt.timedelta(seconds=60)
        parts["worker"] = "ok" if is_fresh else "silent"
    except StoreUnavailable:
        parts |= {"database": "unavailable", "worker": "unknown"}
    parts["bot"] = "ok" if await house.bot.alive() else "unreachable"
    return parts


async def backlog(*, house: House) -> dict[str, int]:
    """Outbox messages by state; also set as metrics."""
    async with house.store.look() as uow:
        counts = await uow.outbox.backlog()
        waiting = await uow.conversations.count_waiting()
        files = await uow.evidence.backlog()
    for state in ("ready", "running", "done", "dead"):
        OUTBOX.labels(state).set(counts.get(state, 0))
    WAITING.set(waiting)
    for state in ("quarantined", "clean", "released", "infected", "missing"):
        EVIDENCE.labels(state).set(files.get(state, 0))
    return counts
