"""What other systems were asked about a lead."""

import datetime as dt
from typing import Any

from sqlalchemy import JSON, Column, Index, LargeBinary, Text
from sqlmodel import Field, SQLModel

from intake.store.tables.base import new_id


class Lookup(SQLModel, table=True):
    """One question to one system about one lead (联查); the answer is sealed.

    state:    waiting | ok | none | down | refused | replaced (by a newer question, or no longer of use);
              "down" is tried again until its attempts are used up
    asked_by: an account, or "system" for the automatic look-up after filing
    """

    __table_args__ = (Index("ix_lookup_due", "state", "run_at"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    lead_id: str = Field(foreign_key="lead.id", index=True)
    system: str = Field(max_length=32)
    asked_by: str = Field(max_length=64)
    asked_at: dt.datetime
    question: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    reason: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    state: str = Field(default="waiting", max_length=8)
    attempts: int = 0
    run_at: dt.datetime
    lease_until: dt.datetime | None = None
    answered_at: dt.datetime | None = None
    found: int = 0
    last_error: str | None = Field(default=None, max_length=256)
    sealed: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
