"""What was pulled from other systems, and how far: places to go on from, the province's directory."""

import datetime as dt

from sqlalchemy import JSON, Column, Text
from sqlmodel import Field, SQLModel

from intake.store.tables.base import new_id


class InboundPull(SQLModel, table=True):
    """One system that is asked regularly; cursor: where to go on, as the system named it.

    problems: of the last answer, Chinese; taken: how many things the last answer that brought any had
    """

    __tablename__ = "inbound_pull"
    system: str = Field(primary_key=True, max_length=32)
    cursor: str = Field(default="", max_length=200)
    run_at: dt.datetime
    lease_until: dt.datetime | None = None
    answered_at: dt.datetime | None = None
    failures: int = 0
    last_error: str | None = Field(default=None, max_length=256)
    taken: int = 0
    problems: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))


class DirectoryBody(SQLModel, table=True):
    """A body that enforces, as another system's directory has it; organisation: ours with the same name."""

    __tablename__ = "directory_body"
    id: str = Field(default_factory=new_id, primary_key=True)
    number: str | None = Field(default=None, max_length=64)
    name: str = Field(max_length=256)
    kind: str | None = Field(default=None, max_length=64)
    region: str | None = Field(default=None, max_length=16)
    parent_name: str | None = Field(default=None, max_length=256)
    is_ended: bool = False
    organisation: str | None = Field(default=None, index=True, max_length=32)


class DirectoryDuty(SQLModel, table=True):
    """One line of a list of duties; body: who has it, by name; organisation: ours with the same name."""

    __tablename__ = "directory_duty"
    id: str = Field(default_factory=new_id, primary_key=True)
    number: str = Field(max_length=64)
    name: str = Field(max_length=512)
    kind: str | None = Field(default=None, max_length=64)
    body: str = Field(max_length=256)
    organisation: str | None = Field(default=None, index=True, max_length=32)
    region: str | None = Field(default=None, index=True, max_length=16)
    basis: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    # What its name is about, cut once when it was read.
    words: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
