"""Offer the stripped copy of an item to the hotline: its address, signed and good for some days, goes out as an event."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from typing import Any
from urllib.parse import urlencode

from intake.domain.errors import FieldProblem, Malformed
from intake.domain.sla import LOCAL
from intake.services.evidence_room import evidence_room, stripped, whole
from intake.services.house import House
from intake.services.tell_hotline import tell_hotline
from intake.store.tables import Attachment, Lead
from intake.store.unit_of_work import UnitOfWork

HOTLINE = "hotline12345"
# Longer than the outbox tries (a day and more), so that what arrives late can still be fetched.
GOOD_FOR = dt.timedelta(days=7)


async def offer_evidence(lead: Lead, row: Attachment, *, uow: UnitOfWork, house: House) -> bool:
    """Whether the copy was offered: there must be one, and an address by which the hotline reaches us.

    The name of the file stays here: people write names of persons into it.
    raises: Malformed when the copy is not in the store; StoreUnavailable
    """
    if not house.policy.public_url or not lead.is_shared or row.copy_state != "ready":
        return False
    key, _, _ = uow.evidence.open(row)
    try:
        copy = await whole(evidence_room(house).files, stripped(row.id), key)
    except FileNotFoundError as error:
        words = "附件副本不在存储里，请联系系统管理员。"
        raise Malformed(FieldProblem("file", "file_gone", words)) from error
    now = house.clock()
    kind = str(row.facts.get("copy_type", "image/jpeg"))
    event: dict[str, Any] = {
        "event": "supplement",
        "lead_no": lead.number,
        "at": now.astimezone(LOCAL).isoformat(timespec="seconds"),
        "text": f"可调取附件副本 1 个，地址 {GOOD_FOR.days} 天内有效。",
        "attachments": [
            {
                "name": f"{row.id[:8]}.{kind.rpartition('/')[2]}",
                "media_type": kind,
                "sha256": hashlib.sha256(copy).hexdigest(),
                "bytes": len(copy),
                "url": address_of(row.id, HOTLINE, until=now + GOOD_FOR, house=house),
            }
        ],
    }
    await tell_hotline(lead, "event", event, ("attachments",), at=now, uow=uow)
    return True


def address_of(attachment_id: str, source: str, *, until: dt.datetime, house: House) -> str:
    """The signed address of a copy, for one authority."""
    expires = str(int(until.timestamp()))
    query = urlencode({"expires": expires, "signature": signature_of(attachment_id, source, expires, house)})
    base = house.policy.public_url.rstrip("/")
    return f"{base}/api/v1/external/{source}/attachments/{attachment_id}?{query}"


def signature_of(attachment_id: str, source: str, expires: str, house: House) -> str:
    """Hex; over what the address opens, for whom and until when."""
    text = "\n".join(("attachment-address", source, attachment_id, expires))
    return hmac.new(house.policy.secret, text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()
