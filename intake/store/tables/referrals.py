"""Sealed referrals to the discipline inspection body: what remains of one, and the letter until it is acknowledged."""

import datetime as dt

from sqlalchemy import Column, LargeBinary
from sqlmodel import Field, SQLModel

from intake.store.tables.base import new_id


class Referral(SQLModel, table=True):
    """One sealed referral (密封移送) of a lead.

    number:     of the letter, random; tells nothing about the lead
    state:      asked | refused | sealed | received
    way:        wire | hand
    letter:     sealed for the receiver: nobody here can open it; gone once the receipt is there
    why_sealed: the reason in words, by the house's own key ring
    """

    id: str = Field(default_factory=new_id, primary_key=True)
    number: str = Field(unique=True, max_length=16)
    lead_id: str = Field(foreign_key="lead.id", index=True)
    state: str = Field(index=True, max_length=8)
    way: str = Field(default="", max_length=4)
    reason: str = Field(max_length=8)
    why_sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    wants_identity: bool
    has_identity: bool = False
    asked_by: str = Field(max_length=64)
    asked_at: dt.datetime
    decided_by: str | None = Field(default=None, max_length=64)
    decided_at: dt.datetime | None = None
    letter: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    sha256: str | None = Field(default=None, max_length=64)
    receiver: str | None = Field(default=None, max_length=32)
    due_by: dt.datetime | None = None
    taken_by: str | None = Field(default=None, max_length=64)
    taken_at: dt.datetime | None = None
    receipt_no: str | None = Field(default=None, max_length=64)
    receipt_at: dt.datetime | None = None
    receipt_sha256: str | None = Field(default=None, max_length=64)
    receipt_signature: str | None = Field(default=None, max_length=128)
    received_by: str | None = Field(default=None, max_length=64)
    received_at: dt.datetime | None = None
    version: int = 1
