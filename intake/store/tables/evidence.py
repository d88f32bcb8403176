"""Attachments: what was sent as evidence, and through whose hands it went."""

import datetime as dt
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from intake.store.tables.base import new_id


class Attachment(SQLModel, table=True):
    """One file. `sealed` holds its key, its name and what was heard in it; the bytes lie in the file store.

    state: quarantined | clean | released | infected. Before filing it belongs to a conversation, or to
    whoever knows its id; afterwards to a lead only.
    """

    id: str = Field(default_factory=new_id, primary_key=True)
    conversation_id: str | None = Field(default=None, foreign_key="conversation.id", index=True)
    lead_id: str | None = Field(default=None, foreign_key="lead.id", index=True)
    media_type: str = Field(max_length=96)
    size: int = Field(sa_column=Column(BigInteger, nullable=False))
    sha256: str = Field(max_length=64)
    sm3: str = Field(max_length=64)
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    state: str = Field(index=True, max_length=16)
    copy_state: str = Field(default="none", max_length=16)
    facts: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    may_forward: bool = False
    scan_after: dt.datetime = Field(index=True)
    scans: int = 0
    missing_at: dt.datetime | None = None
    received_at: dt.datetime = Field(index=True)


class CustodyEntry(SQLModel, table=True):
    """One link of the chain of custody of an attachment; rows are only ever added."""

    __tablename__ = "custody_entry"
    __table_args__ = (UniqueConstraint("attachment_id", "seq"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    attachment_id: str = Field(foreign_key="attachment.id", index=True)
    seq: int
    at: dt.datetime
    actor: str = Field(max_length=64)
    kind: str = Field(max_length=32)
    label: str = Field(max_length=64)
    details: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
