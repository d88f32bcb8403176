"""The WeChat channel: who follows the account, what came, what goes."""

import datetime as dt

from sqlalchemy import Column, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from intake.store.tables.base import new_id


class WechatContact(SQLModel, table=True):
    """A person as the platform knows him; the OpenID only as a blind index and sealed, with the session of the talk.

    seen_at: last sign of life, from which the platform's window runs; sent: messages since then
    told_at: news of his cases up to here were handed to `wechat_send`
    """

    __tablename__ = "wechat_contact"
    __table_args__ = (UniqueConstraint("account", "openid_index"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    account: str = Field(max_length=32)
    openid_index: str = Field(max_length=32)
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    conversation_id: str | None = Field(default=None, foreign_key="conversation.id", index=True)
    is_subscribed: bool = True
    seen_at: dt.datetime
    sent: int = 0
    told_at: dt.datetime


class WechatMessage(SQLModel, table=True):
    """One message of the platform, kept before it is answered. state: received | answered | failed

    answer: sealed text that the passive answer carried, for repetitions; None when nothing was said
    """

    __tablename__ = "wechat_message"
    __table_args__ = (
        UniqueConstraint("account", "repeat_index"),
        Index("ix_wechat_message_left_over", "state", "taken_until"),
    )
    id: str = Field(default_factory=new_id, primary_key=True)
    account: str = Field(max_length=32)
    repeat_index: str = Field(max_length=32)
    contact_id: str = Field(foreign_key="wechat_contact.id", index=True)
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    answer: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    state: str = Field(default="received", max_length=8)
    attempts: int = 1
    taken_until: dt.datetime
    received_at: dt.datetime


class WechatSend(SQLModel, table=True):
    """A text that goes out by the customer-service call. state: waiting | sent | noticed | expired | failed

    noticed: the window was over, a template message told that there is news; expired: nothing could be sent
    """

    __tablename__ = "wechat_send"
    __table_args__ = (Index("ix_wechat_send_due", "state", "due_at"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    contact_id: str = Field(foreign_key="wechat_contact.id", index=True)
    lead_id: str | None = Field(default=None, foreign_key="lead.id", index=True)
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    state: str = Field(default="waiting", max_length=8)
    reason: str = Field(default="", max_length=64)
    attempts: int = 0
    due_at: dt.datetime
    created_at: dt.datetime
    done_at: dt.datetime | None = None


class WechatToken(SQLModel, table=True):
    """The access token of an account; whoever holds `taken_until` fetches the next one."""

    __tablename__ = "wechat_token"
    account: str = Field(primary_key=True, max_length=32)
    sealed: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    expires_at: dt.datetime
    taken_until: dt.datetime
