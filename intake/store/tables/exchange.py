"""What goes to and comes from other authorities."""

import datetime as dt
from typing import Any

from sqlalchemy import JSON, Column, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from intake.store.tables.base import new_id


class Outbox(SQLModel, table=True):
    """What must be told to another system; written in the transaction of its cause."""

    __table_args__ = (Index("ix_outbox_due", "state", "run_at"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    destination: str = Field(max_length=32)
    lead_id: str = Field(foreign_key="lead.id", index=True)
    seq: int
    kind: str = Field(max_length=32)
    payload: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    state: str = Field(default="ready", max_length=8)
    attempts: int = 0
    run_at: dt.datetime
    lease_until: dt.datetime | None = None
    worker: str | None = Field(default=None, max_length=64)
    last_error: str | None = Field(default=None, max_length=256)
    created_at: dt.datetime
    done_at: dt.datetime | None = None
    # Their number for it, when they gave one.
    receipt: str | None = Field(default=None, max_length=64)


class SendPace(SQLModel, table=True):
    """When the next call to a system may go out: all workers together keep its rate."""

    __tablename__ = "send_pace"
    system: str = Field(primary_key=True, max_length=32)
    next_at: dt.datetime


class InboxItem(SQLModel, table=True):
    """What another system told us, kept as it came; unknown numbers stay here as orphans."""

    __tablename__ = "inbox_item"
    __table_args__ = (UniqueConstraint("source", "number", "content_hash"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    source: str = Field(max_length=32)
    number: str = Field(index=True, max_length=64)
    kind: str = Field(max_length=32)
    content_hash: str = Field(max_length=64)
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    lead_id: str | None = Field(default=None, foreign_key="lead.id", index=True)
    seq: int = Field(index=True)
    received_at: dt.datetime


class Nonce(SQLModel, table=True):
    """Nonces of signed calls, each accepted once within the time window."""

    app_id: str = Field(primary_key=True, max_length=64)
    nonce: str = Field(primary_key=True, max_length=128)
    at: dt.datetime = Field(index=True)
