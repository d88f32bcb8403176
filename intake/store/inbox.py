"""What other systems told us, and the nonces of their signed calls."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

from sqlmodel import col, delete, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.store.crypto import KeyRing
from intake.store.tables import InboxItem, Nonce, new_id


class Inbox:
    def __init__(self, session: AsyncSession, keys: KeyRing) -> None:
        self._session = session
        self._keys = keys

    async def spend_nonce(self, app_id: str, nonce: str, at: dt.datetime, *, window: dt.timedelta) -> bool:
        """Whether the nonce was new; nonces older than the window are forgotten."""
        await self._session.exec(delete(Nonce).where(col(Nonce.at) < at - 2 * window))
        if await self._session.get(Nonce, (app_id, nonce)) is not None:
            return False
        self._session.add(Nonce(app_id=app_id, nonce=nonce, at=at))
        await self._session.flush()
        return True

    async def earlier(self, source: str, number: str) -> list[InboxItem]:
        query = (
            select(InboxItem)
            .where(InboxItem.source == source, InboxItem.number == number)
            .order_by(col(InboxItem.seq))
        )
        return list((await self._session.exec(query)).all())

    async def keep(
        self,
        source: str,
        number: str,
        kind: str,
        body: dict[str, Any],
        *,
        lead_id: str | None,
        at: dt.datetime,
    ) -> InboxItem:
        last = (await self._session.exec(select(func.max(InboxItem.seq)))).one()
        row_id = new_id()
        row = InboxItem(
            id=row_id,
            source=source,
            number=number,
            kind=kind,
            content_hash=content_hash(body),
            sealed=self._keys.seal(body, f"inbox_item.sealed:{row_id}"),
            lead_id=lead_id,
            seq=(last or 0) + 1,
            received_at=at,
        )
        self._session.add(row)
        return row

    def content(self, item: InboxItem) -> dict[str, Any]:
        """What they told, as it came."""
        told: dict[str, Any] = self._keys.open(item.sealed, f"inbox_item.sealed:{item.id}")
        return told

    async def orphans(self, source: str, limit: int) -> list[InboxItem]:
        query = (
            select(InboxItem)
            .where(InboxItem.source == source, col(InboxItem.lead_id).is_(None))
            .order_by(col(InboxItem.seq))
            .limit(limit)
        )
        return list((await self._session.exec(query)).all())


def content_hash(body: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
