"""Rows. No rules here: the domain decides, rows store.

Times are aware UTC (SQLModel's UTCDateTime refuses naive ones). JSON columns are
always assigned anew, never changed in place.
"""

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import JSON, Column, Index, LargeBinary, MetaData, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

SQLModel.metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def new_id() -> str:
    return uuid.uuid4().hex


class Account(SQLModel, table=True):
    """A member of staff; organisation is a code of data/agencies.csv."""

    id: str = Field(default_factory=new_id, primary_key=True)
    login: str = Field(index=True, unique=True, max_length=64)
    name: str = Field(max_length=64)
    password_hash: str
    role: str = Field(max_length=32)
    organisation: str = Field(max_length=32)
    region: str = Field(max_length=16)
    is_disabled: bool = False
    created_at: dt.datetime


class StaffSession(SQLModel, table=True):
    """A signed-in browser or program; only the token's hash is kept."""

    __tablename__ = "staff_session"
    token_hash: str = Field(primary_key=True, max_length=64)
    account_id: str = Field(foreign_key="account.id", index=True)
    csrf: str = Field(max_length=64)
    created_at: dt.datetime
    expires_at: dt.datetime


class SignInTry(SQLModel, table=True):
    """Failed sign-ins, for throttling; the login is kept as a blind index."""

    __tablename__ = "sign_in_try"
    id: str = Field(default_factory=new_id, primary_key=True)
    login_index: str = Field(index=True, max_length=32)
    address_index: str = Field(index=True, max_length=32)
    at: dt.datetime


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


class Complaint(SQLModel, table=True):
    """What was said and asked, once filed. Who said it is in `identity`."""

    id: str = Field(default_factory=new_id, primary_key=True)
    channel: str = Field(max_length=16)
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

    __table_args__ = (Index("ix_lead_queue_stage_received", "queue", "stage", "received_at"),)
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
    decide_by: dt.datetime = Field(index=True)
    answer_by: dt.datetime = Field(index=True)
    is_provisional: bool = False
    hotline_no: str | None = Field(default=None, index=True, max_length=64)
    hotline_status: str | None = Field(default=None, max_length=32)
    is_shared: bool = Field(default=False, index=True)
    finding: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    public_reply: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
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
    at: dt.datetime
    actor: str = Field(max_length=64)
    kind: str = Field(max_length=32)
    label: str = Field(max_length=64)
    is_public: bool = False
    details: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    hash: str = Field(max_length=64)


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


class CalendarDay(SQLModel, table=True):
    """A day of a holiday notice that came after this release (`xiansuo calendar import`)."""

    __tablename__ = "calendar_day"
    day: str = Field(primary_key=True, max_length=10)
    kind: str = Field(max_length=4)
    name: str = Field(max_length=32)
    notice_year: str = Field(max_length=4)
    source: str = Field(max_length=256)
    imported_at: dt.datetime


class Heartbeat(SQLModel, table=True):
    """The last sign of life of each worker."""

    worker: str = Field(primary_key=True, max_length=64)
    at: dt.datetime
