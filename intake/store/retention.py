"""What has been kept long enough."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlmodel import col, delete, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.store.tables import Attachment, ChatMessage, Complaint, Conversation, WechatContact, WechatMessage


class Retention:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def idle_talks(self, before: dt.datetime, *, delete: bool) -> int:
        """Talks last seen before then that filed nothing, brought no file and wait for nobody; with their messages."""
        idle = select(Conversation.id).where(
            Conversation.seen_at < before, col(Conversation.needs_human).is_(False)
        )
        for holder in (Complaint, Attachment, WechatContact):
            idle = idle.where(~select(holder.id).where(holder.conversation_id == Conversation.id).exists())
        if delete:
            await self._delete(ChatMessage, col(ChatMessage.conversation_id).in_(idle))
            return await self._delete(Conversation, col(Conversation.id).in_(idle))
        return await self._count(idle)

    async def answered_wechat(self, before: dt.datetime, *, delete: bool) -> int:
        done = select(WechatMessage.id).where(
            WechatMessage.received_at < before, WechatMessage.state != "received"
        )
        if delete:
            return await self._delete(WechatMessage, col(WechatMessage.id).in_(done))
        return await self._count(done)

    async def _count(self, ids: Any) -> int:
        return int((await self._session.exec(select(func.count()).select_from(ids.subquery()))).one())

    async def _delete(self, table: Any, which: Any) -> int:
        result = await self._session.execute(delete(table).where(which))
        return int(getattr(result, "rowcount", 0))
