"""What was typed when a session was over: sealed, bound to its row and so to its account."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.store.crypto import KeyRing
from intake.store.tables import Account, TypedWords, new_id


class Typed:
    def __init__(self, session: AsyncSession, keys: KeyRing) -> None:
        self._session = session
        self._keys = keys

    def keep(self, account_id: str, value: Any, at: dt.datetime) -> None:
        """value: anything JSON"""
        row_id = new_id()
        sealed = self._keys.seal(value, _place(row_id, account_id))
        self._session.add(TypedWords(id=row_id, account_id=account_id, sealed=sealed, at=at))

    async def of_account(self, login: str, since: dt.datetime) -> list[tuple[str, dt.datetime, Any]]:
        """(id, when, value) of what is kept for an account, the newest first."""
        query = (
            select(TypedWords)
            .join(Account, col(Account.id) == TypedWords.account_id)
            .where(Account.login == login, TypedWords.at > since)
            .order_by(col(TypedWords.at).desc())
        )
        rows = (await self._session.exec(query)).all()
        return [(r.id, r.at, self._keys.open(r.sealed, _place(r.id, r.account_id))) for r in rows]

    async def delete(self, row_id: str) -> None:
        await self._session.exec(delete(TypedWords).where(col(TypedWords.id) == row_id))

    async def delete_before(self, before: dt.datetime) -> None:
        """Of everybody."""
        await self._session.exec(delete(TypedWords).where(col(TypedWords.at) <= before))


def _place(row_id: str, account_id: str) -> str:
    return f"typed_words:{row_id}:{account_id}"
