"""What is kept of a case that another authority has too: counts of changes, their clock, their files."""

import datetime as dt

from sqlalchemy import JSON, Column, Index, LargeBinary
from sqlmodel import Field, SQLModel

from intake.store.tables.base import new_id


class SharedCase(SQLModel, table=True):
    """The version vector of a lead shared with the hotline (domain/shared_case.py).

    ours, theirs: changes of each side that we know of; acked: how many of ours the hotline has acknowledged
    facts:        fact -> [our count, their count] when it was last changed by each side
    held_by:      us | them, who handles the case
    """

    __tablename__ = "shared_case"
    lead_id: str = Field(foreign_key="lead.id", primary_key=True)
    ours: int = 0
    theirs: int = 0
    acked: int = 0
    facts: dict[str, list[int]] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    held_by: str = Field(default="us", max_length=4)
    hotline_deadline: dt.datetime | None = None


class TheirFile(SQLModel, table=True):
    """A file that another authority offers by address, to be fetched; name and address are sealed.

    state: waiting | down (tried again) | done | refused (said on the lead, with its reason)
    """

    __tablename__ = "their_file"
    __table_args__ = (Index("ix_their_file_due", "state", "run_at"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    lead_id: str = Field(foreign_key="lead.id", index=True)
    source: str = Field(max_length=32)
    # Of what identifies it there: the same file named twice is fetched once.
    offer_hash: str = Field(max_length=64)
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    state: str = Field(default="waiting", max_length=8)
    attempts: int = 0
    run_at: dt.datetime
    lease_until: dt.datetime | None = None
    last_error: str | None = Field(default=None, max_length=256)
    attachment_id: str | None = Field(default=None, max_length=32)
    offered_at: dt.datetime
