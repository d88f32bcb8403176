"""Plan to fetch the files that a work order or an event of theirs names; the same file is fetched once."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from intake.store.tables import Lead
from intake.store.unit_of_work import UnitOfWork

MOST = 20


async def plan_fetches(lead: Lead, source: str, offers: Any, *, at: dt.datetime, uow: UnitOfWork) -> int:
    """How many files were planned or, after they were given up, planned again with their new address.

    offers: [{"name", "url", "sha256"?, "bytes"?}, …] as they wrote it; what has no address is left out
    """
    planned = 0
    for one in offers[:MOST] if isinstance(offers, list) else []:
        offer = _read(one)
        if offer is None:
            continue
        found = await uow.their_files.offered(lead.id, _hash(offer))
        if found is None:
            uow.their_files.plan(lead.id, source, _hash(offer), offer, at)
        elif found.state == "refused":
            uow.their_files.renew(found, offer, at)
        else:
            continue
        planned += 1
    return planned


def _read(one: Any) -> dict[str, Any] | None:
    if not isinstance(one, dict) or not isinstance(one.get("url"), str):
        return None
    digest, size = str(one.get("sha256") or "").lower(), one.get("bytes")
    return {
        "url": one["url"][:4096],
        "name": str(one.get("name") or "附件")[:200],
        "sha256": digest if len(digest) == 64 else "",
        "bytes": size if isinstance(size, int) and not isinstance(size, bool) else None,
    }


def _hash(offer: dict[str, Any]) -> str:
    """By its content when they say its hash; else by the address without what signs it."""
    name = offer["sha256"] or offer["url"].partition("?")[0]
    return hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()
