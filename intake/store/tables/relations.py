"""Leads that belong together, and patterns behind single complaints that a machine noticed."""

import datetime as dt

from sqlalchemy import Column, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from intake.store.tables.base import new_id


class LeadLink(SQLModel, table=True):
    """Two leads that belong together and stay apart (关联); one link a pair, the earlier lead is a.

    kind: related | split | repeat | retaliation
    """

    __tablename__ = "lead_link"
    __table_args__ = (UniqueConstraint("lead_a", "lead_b"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    lead_a: str = Field(foreign_key="lead.id", index=True)
    lead_b: str = Field(foreign_key="lead.id", index=True)
    kind: str = Field(max_length=16)
    by: str = Field(max_length=64)
    at: dt.datetime
    note: str | None = Field(default=None, sa_column=Column(Text, nullable=True))


class PatternFinding(SQLModel, table=True):
    """A pattern over several leads; it says something only when a person confirms it.

    kind: group | industry | retaliation; state: open | confirmed | dismissed
    parties: hash of the respondents that its leads may have, see domain/patterns.py
    """

    __tablename__ = "pattern_finding"
    __table_args__ = (Index("ix_pattern_finding_matter", "kind", "agency_code", "problem", "parties"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    kind: str = Field(max_length=16)
    agency_code: str | None = Field(default=None, max_length=32)
    agency_name: str | None = Field(default=None, max_length=128)
    problem: str | None = Field(default=None, max_length=8)
    parties: str = Field(max_length=64)
    count: int
    first_seen: dt.datetime
    last_seen: dt.datetime
    found_at: dt.datetime
    state: str = Field(default="open", index=True, max_length=12)
    decided_by: str | None = Field(default=None, max_length=64)
    decided_at: dt.datetime | None = None
    note: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    version: int = 1


class PatternLead(SQLModel, table=True):
    """A lead of a finding."""

    __tablename__ = "pattern_lead"
    finding_id: str = Field(foreign_key="pattern_finding.id", primary_key=True)
    lead_id: str = Field(foreign_key="lead.id", primary_key=True, index=True)
