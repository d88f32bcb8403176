"""Members of staff, their sessions and failed sign-ins."""

import datetime as dt

from sqlalchemy import Column, LargeBinary
from sqlmodel import Field, SQLModel

from intake.store.tables.base import new_id


class Account(SQLModel, table=True):
    """A member of staff; organisation is a code of data/agencies.csv."""

    id: str = Field(default_factory=new_id, primary_key=True)
    login: str = Field(index=True, unique=True, max_length=64)
    name: str = Field(max_length=64)
    password_hash: str
    role: str = Field(max_length=32)
    organisation: str = Field(max_length=32)
    region: str = Field(max_length=16)
    # Number of a trusted reporter's certificate (证件号) or of a contact point; None for staff.
    certificate: str | None = Field(default=None, max_length=32)
    is_disabled: bool = False
    created_at: dt.datetime
    # Counts changes, so that two administrators do not overwrite each other.
    version: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    must_change_password: bool = Field(default=False, sa_column_kwargs={"server_default": "0"})
    # The secret of the one-time codes, sealed; in use once confirmed. otp_step: the last time step accepted.
    otp_sealed: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    otp_confirmed_at: dt.datetime | None = None
    otp_step: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


class StaffSession(SQLModel, table=True):
    """A signed-in browser or program; only the token's hash is kept."""

    __tablename__ = "staff_session"
    token_hash: str = Field(primary_key=True, max_length=64)
    account_id: str = Field(foreign_key="account.id", index=True)
    csrf: str = Field(max_length=64)
    created_at: dt.datetime
    expires_at: dt.datetime
    # When a one-time code was last given in this session.
    code_at: dt.datetime | None = None


class SignInTry(SQLModel, table=True):
    """Failed sign-ins, for throttling; the login is kept as a blind index."""

    __tablename__ = "sign_in_try"
    id: str = Field(default_factory=new_id, primary_key=True)
    login_index: str = Field(index=True, max_length=32)
    address_index: str = Field(index=True, max_length=32)
    at: dt.datetime


class TypedWords(SQLModel, table=True):
    """What somebody had typed when the session was over, sealed, for that account and for a short time."""

    __tablename__ = "typed_words"
    id: str = Field(default_factory=new_id, primary_key=True)
    account_id: str = Field(foreign_key="account.id", index=True)
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    at: dt.datetime
