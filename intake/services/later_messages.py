"""What a conversation is told after it has filed: questions, status, replies."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from intake.domain.errors import NotSignedIn
from intake.services.house import House
from intake.services.secrets import token_hash
from intake.store.tables import Lead, LeadEvent


@dataclass(frozen=True, slots=True)
class Later:
    """messages: {"text", "number"}; cursor: for the next call."""

    messages: tuple[dict[str, Any], ...]
    cursor: dt.datetime


async def later_messages(session: str, since: dt.datetime | None, *, house: House) -> Later:
    """Public events since `since` on the leads this conversation filed; None asks only for the cursor.

    raises: NotSignedIn for an unknown session
    """
    async with house.store.look() as uow:
        talk = await uow.conversations.by_session(token_hash(session))
        if talk is None:
            raise NotSignedIn("这个会话已失效，请重新打开页面。")
        if since is None:
            return Later((), house.clock())
        rows = await uow.lead_news.public_events_of_talk(talk.id, since)
    messages = [{"text": words_of(event, lead), "number": lead.number} for event, lead in rows]
    return Later(tuple(messages), max([since, *(e.at for e, _ in rows)]))


def words_of(event: LeadEvent, lead: Lead) -> str:
    """One piece of news for the person who complained."""
    words = f"您的投诉 {lead.number}：{event.label}。"
    if event.kind == "ask":
        words += f"请补充：{event.details.get('question', '')}"
    if event.kind == "close" and lead.public_reply:
        words += f"\n答复：{lead.public_reply}"
    return words
