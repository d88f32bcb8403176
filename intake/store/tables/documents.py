"""Supervision documents of a lead."""

import datetime as dt

from sqlalchemy import Column, Text
from sqlmodel import Field, SQLModel

from intake.store.tables.base import new_id


class LeadDocument(SQLModel, table=True):
    """A document (监督文书) as draft, then issued and never changed again. state: draft | issued | dropped"""

    __tablename__ = "lead_document"
    id: str = Field(default_factory=new_id, primary_key=True)
    lead_id: str = Field(foreign_key="lead.id", index=True)
    kind: str = Field(max_length=16)
    number: str | None = Field(default=None, unique=True, max_length=32)
    addressee: str = Field(max_length=128)
    body: str = Field(sa_column=Column(Text, nullable=False))
    bureau: str = Field(max_length=128)
    state: str = Field(default="draft", max_length=8)
    author: str = Field(max_length=64)
    made_at: dt.datetime
    issued_by: str | None = Field(default=None, max_length=64)
    issued_at: dt.datetime | None = None
    due_by: dt.datetime | None = None
    version: int = 1
    # Of a rejection: code of data/reasons.csv, the same that the lead gets when it is issued.
    reason: str | None = Field(default=None, max_length=8)
