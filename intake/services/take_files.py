"""Files sent in a conversation: kept with it until it files, or added to the case it has filed."""

from __future__ import annotations

from collections.abc import Sequence

from intake.domain.lifecycle import stages
from intake.services.attach_evidence import attach_evidence, keep_with_talk
from intake.services.house import House
from intake.store.tables import Conversation

KEPT = "已收到 {count} 个文件。提交投诉时会一并交给监督人员；还没说的话，请接着告诉我发生了什么。"
ADDED = "已收到 {count} 个文件，已补充到投诉 {number}。"


async def take_files(ids: Sequence[str], talk: Conversation, *, house: House) -> str:
    """What the citizen is told; "" without files.

    raises: Malformed; TooManyFiles
    """
    if not ids:
        return ""
    now = house.clock()
    async with house.store.change() as uow:
        lead = await uow.evidence.lead_of_talk(talk.id)
        if lead is None or not stages()[lead.stage].is_open:
            count = await keep_with_talk(ids, talk.id, uow=uow, house=house)
            return KEPT.format(count=count)
        count = await attach_evidence(lead, ids, conversation_id=talk.id, at=now, uow=uow, house=house)
        uow.leads.save(lead)
    return ADDED.format(count=count, number=lead.number)
