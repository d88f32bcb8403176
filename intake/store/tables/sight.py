"""Who may see a lead besides the rule, and what an agency was formally asked."""

import datetime as dt

from sqlalchemy import Column, Text
from sqlmodel import Field, SQLModel

from intake.store.tables.base import new_id


class LeadGrant(SQLModel, table=True):
    """One account may see one lead for a while, by the recorded word of a city supervisor (破例查看)."""

    __tablename__ = "lead_grant"
    id: str = Field(default_factory=new_id, primary_key=True)
    lead_id: str = Field(foreign_key="lead.id", index=True)
    account: str = Field(index=True, max_length=64)
    reason: str = Field(sa_column=Column(Text, nullable=False))
    granted_by: str = Field(max_length=64)
    at: dt.datetime
    until: dt.datetime
    revoked_at: dt.datetime | None = None


class AgencyRequest(SQLModel, table=True):
    """What a respondent is asked to explain (要求说明情况), on a masked copy; it sees nothing else of the lead.

    number: its own, random: the lead's number would tell the agency that there is one
    state:  asked | answered | returned | accepted | withdrawn
    """

    __tablename__ = "agency_request"
    id: str = Field(default_factory=new_id, primary_key=True)
    number: str = Field(unique=True, max_length=16)
    lead_id: str = Field(foreign_key="lead.id", index=True)
    organisation: str = Field(index=True, max_length=32)
    question: str = Field(sa_column=Column(Text, nullable=False))
    copy_text: str = Field(sa_column=Column(Text, nullable=False))
    state: str = Field(default="asked", max_length=16)
    asked_by: str = Field(max_length=64)
    asked_at: dt.datetime
    due_by: dt.datetime
    read_at: dt.datetime | None = None
    answer: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    answered_by: str | None = Field(default=None, max_length=64)
    answered_at: dt.datetime | None = None
    comment: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    version: int = 1
