"""Conversations and their sealed messages."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.store.crypto import KeyRing
from intake.store.tables import ChatMessage, Conversation, new_id

IN_DANGER = "可能有人身危险"


class Conversations:
    def __init__(self, session: AsyncSession, keys: KeyRing) -> None:
        self._session = session
        self._keys = keys

    async def by_session(self, session_hash: str) -> Conversation | None:
        query = select(Conversation).where(Conversation.session_hash == session_hash)
        return (await self._session.exec(query)).first()

    async def get(self, conversation_id: str) -> Conversation | None:
        return await self._session.get(Conversation, conversation_id)

    def add(self, conversation: Conversation) -> None:
        self._session.add(conversation)

    async def message(self, conversation_id: str, message_id: str) -> ChatMessage | None:
        query = select(ChatMessage).where(
            ChatMessage.conversation_id == conversation_id, ChatMessage.message_id == message_id
        )
        return (await self._session.exec(query)).first()

    async def messages(self, conversation_id: str) -> list[ChatMessage]:
        query = (
            select(ChatMessage)
            .where(ChatMessage.conversation_id == conversation_id)
            .order_by(col(ChatMessage.seq))
        )
        return list((await self._session.exec(query)).all())

    async def store(self, conversation_id: str, message_id: str, body: Any, at: dt.datetime) -> ChatMessage:
        """Add a citizen's message, sealed; its sequence number follows the last one."""
        query = select(func.max(ChatMessage.seq)).where(ChatMessage.conversation_id == conversation_id)
        last = (await self._session.exec(query)).one()
        row_id = new_id()
        row = ChatMessage(
            id=row_id,
            conversation_id=conversation_id,
            message_id=message_id,
            seq=(last or 0) + 1,
            body=self._keys.seal(body, f"chat_message.body:{row_id}"),
            received_at=at,
        )
        self._session.add(row)
        return row

    def body(self, row: ChatMessage) -> Any:
        return self._keys.open(row.body, f"chat_message.body:{row.id}")

    def answer(self, row: ChatMessage) -> Any | None:
        return self._keys.open(row.answer, f"chat_message.answer:{row.id}") if row.answer else None

    def set_answer(self, row: ChatMessage, answer: Any, state: str) -> None:
        row.answer = self._keys.seal(answer, f"chat_message.answer:{row.id}")
        row.state = state
        self._session.add(row)

    def vault(self, conversation: Conversation) -> dict[str, str]:
        """The tokens of this talk and what they stand for, e.g. ⟨手机号1⟩."""
        if conversation.vault is None:
            return {}
        kept: dict[str, str] = self._keys.open(conversation.vault, f"conversation.vault:{conversation.id}")
        return kept

    def set_vault(self, conversation: Conversation, vault: dict[str, str]) -> None:
        conversation.vault = (
            self._keys.seal(vault, f"conversation.vault:{conversation.id}") if vault else None
        )
        self._session.add(conversation)

    def save(self, conversation: Conversation) -> None:
        self._session.add(conversation)

    async def waiting_for_human(self, limit: int) -> list[Conversation]:
        """Danger first, then who has waited longest."""
        query = (
            select(Conversation)
            .where(col(Conversation.needs_human).is_(True))
            .order_by(col(Conversation.human_reason) != IN_DANGER, col(Conversation.seen_at))
            .limit(limit)
        )
        return list((await self._session.exec(query)).all())

    async def count_waiting(self) -> int:
        query = select(func.count()).select_from(Conversation).where(col(Conversation.needs_human).is_(True))
        return (await self._session.exec(query)).one()
