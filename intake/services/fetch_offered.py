"""Give the stripped copy of an item to the authority that has its signed address; every giving is recorded."""

from __future__ import annotations

import hmac

from intake.domain.errors import NotFound
from intake.services.evidence_room import evidence_room, stripped
from intake.services.handle_evidence import OPEN_STATES, Content
from intake.services.house import House
from intake.services.offer_evidence import signature_of

NO_LONGER = "这个地址无效或已过期。"


async def fetch_offered(
    source: str, attachment_id: str, *, expires: str, signature: str, house: House
) -> Content:
    """The copy, while its address is good and a person still allows it.

    raises: NotFound, the same whatever is wrong; StoreUnavailable
    """
    right = signature_of(attachment_id, source, expires, house)
    if not hmac.compare_digest(right.encode(), signature.encode("utf-8", "replace")):
        raise NotFound(NO_LONGER)
    # The signature is ours, and so is the number under it.
    now = house.clock()
    if int(expires) < now.timestamp():
        raise NotFound(NO_LONGER)
    files = evidence_room(house).files
    async with house.store.change() as uow:
        row = await uow.evidence.get(attachment_id)
        if row is None or not row.may_forward or row.state not in OPEN_STATES or row.copy_state != "ready":
            raise NotFound(NO_LONGER)
        lead = await uow.leads.by_id(row.lead_id or "")
        if lead is None or not lead.is_shared or not await files.exists(stripped(row.id)):
            raise NotFound(NO_LONGER)
        key, _, _ = uow.evidence.open(row)
        await uow.evidence.handed(row, "forwarded", "调取附件副本", at=now, actor=source)
        await uow.leads.record(
            lead,
            at=now,
            actor=source,
            kind="evidence_forwarded",
            label="对方调取附件副本",
            details={"attachment": row.id, "sha256": row.sha256},
        )
    kind = str(row.facts.get("copy_type", "image/jpeg"))
    return Content(f"{row.id[:8]}.{kind.rpartition('/')[2]}", kind, files.get(stripped(row.id), key))
