"""Put received files into a case, in the transaction that files or supplements it; each file once."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from intake.domain.errors import FieldProblem, Malformed, TooManyFiles
from intake.services.evidence_room import MB, EvidenceLimits
from intake.services.house import House
from intake.store.tables import Attachment, Lead
from intake.store.unit_of_work import UnitOfWork

_ID = re.compile(r"[0-9a-f]{32}")


def most_files(house: House) -> int:
    return (house.evidence.limits if house.evidence else EvidenceLimits()).files


def day_bytes(house: House) -> int:
    """How many bytes one address may send in a day."""
    return (house.evidence.limits if house.evidence else EvidenceLimits()).day


async def attach_evidence(
    lead: Lead,
    ids: Sequence[str],
    *,
    conversation_id: str | None,
    at: dt.datetime,
    uow: UnitOfWork,
    house: House,
    actor: str = "citizen",
) -> int:
    """Attach the files `ids` and what waits in the conversation; how many were attached.

    raises: Malformed for an id that is unknown, used before or somebody else's; TooManyFiles
    """
    rows = [await _free(one, conversation_id, uow) for one in dict.fromkeys(ids)]
    if conversation_id is not None:
        rows += [r for r in await uow.evidence.waiting_in(conversation_id) if r not in rows]
    if not rows:
        return 0
    most = most_files(house)
    there = await uow.evidence.of_lead(lead.id)
    if len(there) + len(rows) > most:
        raise TooManyFiles(f"一件投诉最多附 {most} 个文件。")
    room = house.evidence.limits.case if house.evidence else EvidenceLimits().case
    if sum(row.size for row in [*there, *rows]) > room:
        raise TooManyFiles(f"一件投诉的附件合计最多 {room // MB} MB，请压缩视频或挑主要的上传。")
    for row in rows:
        row.lead_id = lead.id
        await uow.evidence.handed(row, "attached", "附到投诉", at=at, actor=actor, lead=lead.number)
    hashes = [{"id": row.id, "sha256": row.sha256, "sm3": row.sm3} for row in rows]
    await uow.leads.record(
        lead,
        at=at,
        actor=actor,
        kind="evidence",
        label=f"收到 {len(rows)} 个附件",
        details={"files": hashes},
    )
    return len(rows)


async def keep_with_talk(ids: Sequence[str], conversation_id: str, *, uow: UnitOfWork, house: House) -> int:
    """Let a conversation own files that its citizen sent; how many. They go along when it files.

    raises: Malformed; TooManyFiles
    """
    rows = [await _free(one, conversation_id, uow) for one in dict.fromkeys(ids)]
    for row in rows:
        row.conversation_id = conversation_id
        uow.evidence.add(row)
    await uow.flush()
    most = most_files(house)
    if len(await uow.evidence.waiting_in(conversation_id)) > most:
        raise TooManyFiles(f"一件投诉最多附 {most} 个文件。")
    return len(rows)


async def _free(one: str, conversation_id: str | None, uow: UnitOfWork) -> Attachment:
    row = await uow.evidence.get(one) if _ID.fullmatch(one) else None
    if row is None or row.lead_id is not None or row.conversation_id not in (None, conversation_id):
        words = "有附件没有找到或已经用过，请重新上传。"
        raise Malformed(FieldProblem("attachment_ids", "unknown_attachment", words))
    return row
