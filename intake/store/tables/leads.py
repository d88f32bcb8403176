"""What was filed, who said it, and what became of it."""

import datetime as dt
from typing import Any

from sqlalchemy import JSON, Column, Index, LargeBinary, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from intake.domain.lifecycle import stages
from intake.store.tables.base import new_id

# As lists say it: a database takes a partial index only for the same words.
_CODES = ", ".join(f"'{code}'" for code, stage in stages().items() if stage.is_open)
IS_OPEN = text(f"stage IN ({_CODES})")


class Complaint(SQLModel, table=True):
    """What was said and asked, once filed. Who said it is in `identity`."""

    id: str = Field(default_factory=new_id, primary_key=True)
    channel: str = Field(max_length=24)
    text: str = Field(sa_column=Column(Text, nullable=False))
    demand: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    agency_text: str | None = Field(default=None, max_length=256)
    incident_from: dt.date | None = None
    incident_to: dt.date | None = None
    incident_text: str | None = Field(default=None, max_length=128)
    complainant_kind: str = Field(max_length=16)
    is_anonymous: bool
    enterprise_name: str | None = Field(default=None, max_length=128)
    uscc: str | None = Field(default=None, max_length=18)
    idempotency_key: str = Field(unique=True, max_length=200)
    request_hash: str = Field(max_length=64)
    conversation_id: str | None = Field(default=None, foreign_key="conversation.id", index=True)
    source_system: str | None = Field(default=None, max_length=32)
    source_no: str | None = Field(default=None, max_length=64)
    received_at: dt.datetime


class Identity(SQLModel, table=True):
    """Name and phone of the complainant, sealed apart from the case."""

    id: str = Field(default_factory=new_id, primary_key=True)
    complaint_id: str = Field(foreign_key="complaint.id", unique=True)
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    key_id: str = Field(max_length=32)
    phone_index: str | None = Field(default=None, index=True, max_length=32)


class Lead(SQLModel, table=True):
    """A structured lead (线索) in a supervision queue."""

    __table_args__ = (
        Index("ix_lead_queue_stage_received", "queue", "stage", "received_at"),
        Index("ix_lead_deadline", "decide_by", "id"),
        # Nearly every list is of open leads: a small part of the table, kept in the order of the lists.
        Index("ix_lead_open_deadline", "decide_by", "id", postgresql_where=IS_OPEN, sqlite_where=IS_OPEN),
    )
    id: str = Field(default_factory=new_id, primary_key=True)
    number: str = Field(unique=True, max_length=16)
    code_hash: str
    code_salt: str = Field(max_length=64)
    complaint_id: str = Field(foreign_key="complaint.id", unique=True)
    stage: str = Field(index=True, max_length=8)
    queue: str = Field(max_length=48)
    supervisor: str = Field(max_length=32)
    route_reason: str = Field(max_length=128)
    scope: str = Field(index=True, max_length=8)
    domain: str = Field(index=True, max_length=8)
    problems: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    urgency: str = Field(index=True, max_length=4)
    is_green: bool = Field(index=True)
    green_code: str | None = Field(default=None, max_length=8)
    agency_code: str | None = Field(default=None, index=True, max_length=32)
    agency_name: str | None = Field(default=None, max_length=128)
    region: str | None = Field(default=None, index=True, max_length=16)
    needs_human: bool = Field(default=True, index=True)
    is_confirmed: bool = False
    classification: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    model: str = Field(max_length=64)
    summary: str = Field(max_length=160)
    assignee: str | None = Field(default=None, index=True, max_length=32)
    received_at: dt.datetime = Field(index=True)
    decide_by: dt.datetime
    answer_by: dt.datetime = Field(index=True)
    is_provisional: bool = False
    # The version of the limits that the deadlines were counted with.
    limits_version: int = Field(default=0, index=True, sa_column_kwargs={"server_default": "0"})
    hotline_no: str | None = Field(default=None, index=True, max_length=64)
    hotline_status: str | None = Field(default=None, max_length=32)
    is_shared: bool = Field(default=False, index=True)
    # The channel of a trusted reporter (domain/channels.REPORTERS); None for everybody else's.
    reporter_channel: str | None = Field(default=None, index=True, max_length=24)
    finding: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    public_reply: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    # What the check found of the complaint: code of domain/data/verdicts.csv, None when nobody said so.
    verdict: str | None = Field(default=None, max_length=16)
    rating: int | None = None
    # Overlays beside the stage: see domain/lifecycle.FLAGS.
    flags: list[str] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False, server_default="[]")
    )
    # What waits for somebody's approval: {"step", "by", "reason", "note", "at", "stage"}.
    request: dict[str, Any] | None = Field(
        default=None, sa_column=Column(JSON(none_as_null=True), nullable=True)
    )
    stage_before: str | None = Field(default=None, max_length=8)
    returns: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    questions: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    is_extended: bool = Field(default=False, sa_column_kwargs={"server_default": "0"})
    is_final: bool = Field(default=False, sa_column_kwargs={"server_default": "0"})
    lease_until: dt.datetime | None = None
    suspended_at: dt.datetime | None = None
    merged_into: str | None = Field(default=None, index=True, max_length=16)
    replied_by: str | None = Field(default=None, max_length=32)
    warn_at: dt.datetime | None = Field(default=None, index=True)
    warned_at: dt.datetime | None = None
    overdue_at: dt.datetime | None = None
    version: int = 1
    # Hash of the newest event: shows events cut off at the end before the day's anchor does.
    last_event: str | None = Field(default=None, max_length=64)


class LeadRespondent(SQLModel, table=True):
    """The organisations a lead complains about: hidden from all accounts of each."""

    __tablename__ = "lead_respondent"
    lead_id: str = Field(foreign_key="lead.id", primary_key=True)
    organisation: str = Field(primary_key=True, index=True, max_length=32)


class LeadEvent(SQLModel, table=True):
    """What happened to a lead; each row's hash covers the row before it."""

    __tablename__ = "lead_event"
    __table_args__ = (UniqueConstraint("lead_id", "seq"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    lead_id: str = Field(foreign_key="lead.id", index=True)
    seq: int
    at: dt.datetime = Field(index=True)
    actor: str = Field(max_length=64)
    kind: str = Field(max_length=32)
    label: str = Field(max_length=64)
    is_public: bool = False
    details: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    hash: str = Field(max_length=64)


class Correction(SQLModel, table=True):
    """A supervisor's word against the machine's: labelled data for the next training."""

    id: str = Field(default_factory=new_id, primary_key=True)
    lead_id: str = Field(foreign_key="lead.id", index=True)
    actor: str = Field(max_length=64)
    before: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    after: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    model: str = Field(max_length=64)
    may_train: bool = False
    at: dt.datetime
