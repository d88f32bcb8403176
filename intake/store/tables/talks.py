"""Talks with citizens before anything is filed."""

import datetime as dt

from sqlalchemy import Column, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from intake.store.tables.base import new_id


class Conversation(SQLModel, table=True):
    """One talk with a citizen. `vault` seals phones, ids and codes the bot never sees."""

    id: str = Field(default_factory=new_id, primary_key=True)
    session_hash: str = Field(unique=True, max_length=64)
    channel: str = Field(max_length=16)
    vault: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    needs_human: bool = Field(default=False, index=True)
    human_reason: str = Field(default="", max_length=64)
    handled_by: str | None = Field(default=None, max_length=32)
    started_at: dt.datetime
    seen_at: dt.datetime


class ChatMessage(SQLModel, table=True):
    """A citizen's message and, once made, the answer; both sealed."""

    __tablename__ = "chat_message"
    __table_args__ = (UniqueConstraint("conversation_id", "message_id"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    conversation_id: str = Field(foreign_key="conversation.id", index=True)
    message_id: str = Field(max_length=128)
    seq: int
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    answer: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    state: str = Field(default="received", max_length=16)
    received_at: dt.datetime
