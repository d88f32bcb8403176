"""Rows of the WeChat channel. What identifies a person, and every text, is sealed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.store.crypto import KeyRing
from intake.store.tables import (
    Complaint,
    Lead,
    LeadEvent,
    WechatContact,
    WechatMessage,
    WechatSend,
    WechatToken,
    new_id,
)


class WechatRows:
    def __init__(self, session: AsyncSession, keys: KeyRing) -> None:
        self._session = session
        self._keys = keys

    async def contact(self, account: str, openid: str) -> WechatContact | None:
        index = self._keys.index(openid, f"wechat.openid:{account}")
        query = select(WechatContact).where(
            WechatContact.account == account, WechatContact.openid_index == index
        )
        return (await self._session.exec(query)).first()

    async def contact_by_id(self, contact_id: str) -> WechatContact:
        return (await self._session.exec(select(WechatContact).where(WechatContact.id == contact_id))).one()

    def add_contact(self, account: str, openid: str, at: dt.datetime) -> WechatContact:
        row_id = new_id()
        row = WechatContact(
            id=row_id,
            account=account,
            openid_index=self._keys.index(openid, f"wechat.openid:{account}"),
            sealed=self._keys.seal({"openid": openid}, f"wechat_contact:{row_id}"),
            seen_at=at,
            told_at=at,
        )
        self._session.add(row)
        return row

    def known(self, contact: WechatContact) -> dict[str, Any]:
        """{"openid", "session" (secret of the talk), "buttons" (titles and payloads last offered)}"""
        known: dict[str, Any] = self._keys.open(contact.sealed, f"wechat_contact:{contact.id}")
        return known

    def keep(self, contact: WechatContact, known: dict[str, Any] | None = None) -> None:
        if known is not None:
            contact.sealed = self._keys.seal(known, f"wechat_contact:{contact.id}")
        self._session.add(contact)

    async def message(self, account: str, key: str) -> WechatMessage | None:
        index = self._keys.index(key, f"wechat.message:{account}")
        query = select(WechatMessage).where(
            WechatMessage.account == account, WechatMessage.repeat_index == index
        )
        return (await self._session.exec(query)).first()

    def add_message(
        self, contact: WechatContact, key: str, content: Any, at: dt.datetime, until: dt.datetime
    ) -> WechatMessage:
        row_id = new_id()
        row = WechatMessage(
            id=row_id,
            account=contact.account,
            repeat_index=self._keys.index(key, f"wechat.message:{contact.account}"),
            contact_id=contact.id,
            sealed=self._keys.seal(content, f"wechat_message:{row_id}"),
            taken_until=until,
            received_at=at,
        )
        self._session.add(row)
        return row

    def content(self, row: WechatMessage) -> Any:
        return self._keys.open(row.sealed, f"wechat_message:{row.id}")

    async def take_again(self, row_id: str, now: dt.datetime, until: dt.datetime) -> bool:
        """Whether this caller may answer a message that nobody finished."""
        result = await self._session.execute(
            update(WechatMessage)
            .where(col(WechatMessage.id) == row_id, col(WechatMessage.state) == "received")
            .where(col(WechatMessage.taken_until) < now)
            .values(taken_until=until, attempts=WechatMessage.attempts + 1)
        )
        return bool(getattr(result, "rowcount", 0))

    async def left_over(self, now: dt.datetime, limit: int) -> list[WechatMessage]:
        """Messages that were begun and never finished."""
        query = (
            select(WechatMessage)
            .where(WechatMessage.state == "received", WechatMessage.taken_until < now)
            .order_by(col(WechatMessage.received_at))
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return list((await self._session.exec(query)).all())

    async def settle_message(self, row_id: str, state: str, answer: str | None = None) -> None:
        sealed = self._keys.seal(answer, f"wechat_message.answer:{row_id}") if answer else None
        await self._session.execute(
            update(WechatMessage).where(col(WechatMessage.id) == row_id).values(state=state, answer=sealed)
        )

    def answer(self, row: WechatMessage) -> str | None:
        if row.answer is None:
            return None
        return str(self._keys.open(row.answer, f"wechat_message.answer:{row.id}"))

    def send(self, contact_id: str, text: str, at: dt.datetime, *, lead_id: str | None = None) -> None:
        row_id = new_id()
        sealed = self._keys.seal(text, f"wechat_send:{row_id}")
        self._session.add(
            WechatSend(
                id=row_id, contact_id=contact_id, lead_id=lead_id, sealed=sealed, due_at=at, created_at=at
            )
        )

    def text(self, row: WechatSend) -> str:
        return str(self._keys.open(row.sealed, f"wechat_send:{row.id}"))

    async def claim_sends(self, now: dt.datetime, lease: dt.timedelta, limit: int) -> list[WechatSend]:
        """Due ones in order; whoever claims has `lease` until they are due again."""
        query = (
            select(WechatSend)
            .where(WechatSend.state == "waiting", WechatSend.due_at <= now)
            .order_by(col(WechatSend.created_at), col(WechatSend.id))
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        rows = list((await self._session.exec(query)).all())
        for row in rows:
            row.due_at, row.attempts = now + lease, row.attempts + 1
            self._session.add(row)
        return rows

    async def settle_send(self, row: WechatSend, **values: Any) -> None:
        await self._session.execute(
            update(WechatSend)
            .where(col(WechatSend.id) == row.id, col(WechatSend.state) == "waiting")
            .values(**values)
        )

    async def sends_of(self, lead_id: str) -> list[WechatSend]:
        query = select(WechatSend).where(WechatSend.lead_id == lead_id).order_by(col(WechatSend.created_at))
        return list((await self._session.exec(query)).all())

    async def untold(self, since: dt.datetime, limit: int) -> list[tuple[LeadEvent, Lead, WechatContact]]:
        """Public news of cases filed in a talk by WeChat that were not handed on yet, oldest first; since: older ones are no news."""
        query = (
            select(LeadEvent, Lead, WechatContact)
            .join(Lead, col(Lead.id) == LeadEvent.lead_id)
            .join(Complaint, col(Complaint.id) == Lead.complaint_id)
            .join(WechatContact, col(WechatContact.conversation_id) == Complaint.conversation_id)
            # What the hotline does with its copy is on the page of the case; it is no news worth a message.
            .where(col(LeadEvent.is_public).is_(True))
            .where(col(LeadEvent.actor).not_in(("citizen", "hotline12345")))
            .where(LeadEvent.at > WechatContact.told_at, LeadEvent.at > since)
            .order_by(col(LeadEvent.at), col(LeadEvent.seq))
            .limit(limit)
            .with_for_update(skip_locked=True, of=WechatContact)
        )
        return [(event, lead, contact) for event, lead, contact in (await self._session.exec(query)).all()]

    async def token(self, account: str) -> tuple[str, dt.datetime] | None:
        """(token, when it ends) as last kept."""
        row = await self._session.get(WechatToken, account)
        if row is None or row.sealed is None:
            return None
        return str(self._keys.open(row.sealed, f"wechat_token:{account}")), row.expires_at

    async def take_token(self, account: str, now: dt.datetime, until: dt.datetime) -> bool:
        """Whether this process is the one that fetches the next token.

        raises: Taken (at commit) when another one came first with the very first token
        """
        if await self._session.get(WechatToken, account) is None:
            self._session.add(WechatToken(account=account, expires_at=now, taken_until=until))
            return True
        result = await self._session.execute(
            update(WechatToken)
            .where(col(WechatToken.account) == account, col(WechatToken.taken_until) < now)
            .values(taken_until=until)
        )
        return bool(getattr(result, "rowcount", 0))

    async def let_go_of_token(self, account: str, now: dt.datetime) -> None:
        await self._session.execute(
            update(WechatToken).where(col(WechatToken.account) == account).values(taken_until=now)
        )

    async def keep_token(self, account: str, token: str, expires_at: dt.datetime, now: dt.datetime) -> None:
        sealed = self._keys.seal(token, f"wechat_token:{account}")
        await self._session.execute(
            update(WechatToken)
            .where(col(WechatToken.account) == account)
            .values(sealed=sealed, expires_at=expires_at, taken_until=now)
        )
