"""Put a message about a shared case into the outbox, with the version vector as it is in this transaction.

What the hotline is not told is counted too: should the hotline change the same, both changes are seen.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from connectors.hotline12345 import versions
from connectors.hotline12345.orders import SOURCE
from intake.domain.shared_case import Vector
from intake.store.tables import Lead, Outbox
from intake.store.unit_of_work import UnitOfWork

HOTLINE = "hotline12345"


async def tell_hotline(
    lead: Lead,
    kind: str,
    payload: dict[str, Any],
    facts: Sequence[str] = (),
    *,
    at: dt.datetime,
    uow: UnitOfWork,
) -> Outbox:
    """kind: work_order | event; facts: of domain/data/shared_case.csv that this message changes there"""
    vector = uow.shared.we_changed(await uow.shared.of(lead.id), facts)
    # The origin tag: what comes back to us with it is our own echo.
    tagged = payload | {"source_revision": written(vector), "origin": SOURCE}
    return await uow.outbox.enqueue(HOTLINE, lead.id, kind, tagged, at)


async def changed_here(lead: Lead, facts: Sequence[str], *, uow: UnitOfWork) -> None:
    """Count a change of ours that is not told."""
    if lead.is_shared and facts:
        uow.shared.we_changed(await uow.shared.of(lead.id), facts)


def written(vector: Vector) -> str:
    return versions.write({SOURCE: vector.ours, HOTLINE: vector.theirs})


def read_vector(text: object) -> Vector | None:
    """None when their message carries none."""
    counts = versions.read(text)
    return None if counts is None else Vector(counts.get(SOURCE, 0), counts.get(HOTLINE, 0))
