"""Administration: what administrators did, recovery codes, versions of limits and routing."""

import datetime as dt
from typing import Any

from sqlalchemy import JSON, Column, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from intake.store.tables.base import new_id


class AdminRecord(SQLModel, table=True):
    """What was changed in the administration; one chain, each row's hash covers the row before it."""

    __tablename__ = "admin_record"
    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: dt.datetime
    actor: str = Field(max_length=64)
    kind: str = Field(max_length=32)
    subject: str = Field(index=True, max_length=64)
    # {"field": {"old", "new"}}, never a password or a secret
    details: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    hash: str = Field(max_length=64)


class RecoveryCode(SQLModel, table=True):
    """Stands in once for a one-time code when the phone is lost; only a keyed hash is kept."""

    __tablename__ = "recovery_code"
    id: str = Field(default_factory=new_id, primary_key=True)
    account_id: str = Field(foreign_key="account.id", index=True)
    code_index: str = Field(max_length=32)
    used_at: dt.datetime | None = None


class PolicyVersion(SQLModel, table=True):
    """A version of the limits or of the routing table; version 0 is the CSV of the release and has no row.

    state: draft | in_force | retired | dropped; based_on: the version it was made from
    """

    __tablename__ = "policy_version"
    __table_args__ = (UniqueConstraint("kind", "version"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    kind: str = Field(max_length=16)
    version: int
    based_on: int
    rows: list[dict[str, str]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    author: str = Field(max_length=64)
    reason: str = Field(sa_column=Column(Text, nullable=False))
    made_at: dt.datetime
    approver: str | None = Field(default=None, max_length=64)
    in_force_from: dt.datetime | None = None
    retired_at: dt.datetime | None = None
    state: str = Field(index=True, max_length=16)
