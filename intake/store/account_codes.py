"""Secrets of one-time codes, sealed, and recovery codes, as keyed hashes."""

from __future__ import annotations

import datetime as dt

from sqlmodel import col, delete, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.store.crypto import KeyRing
from intake.store.tables import Account, RecoveryCode


class AccountCodes:
    def __init__(self, session: AsyncSession, keys: KeyRing) -> None:
        self._session = session
        self._keys = keys

    def seal(self, account: Account, secret: str) -> None:
        """Keep a new secret; it counts once confirmed."""
        account.otp_sealed = self._keys.seal(secret, _place(account))
        account.otp_confirmed_at = None
        self._session.add(account)

    def open(self, account: Account) -> str | None:
        """raises: CannotOpen"""
        if account.otp_sealed is None:
            return None
        return str(self._keys.open(account.otp_sealed, _place(account)))

    def proposed(self, account: Account, session: str) -> str:
        """The secret that is offered in one session, base32; made of the key, so that it need not be kept.

        session: hash of its token, random and known to nobody else
        """
        return self._keys.index(f"{account.id}:{session}", "otp-setup")

    async def clear(self, account: Account) -> None:
        """No secret, no recovery codes."""
        account.otp_sealed, account.otp_confirmed_at = None, None
        self._session.add(account)
        await self.keep_recovery(account, [])

    async def keep_recovery(self, account: Account, codes: list[str]) -> None:
        """Replace the recovery codes of an account."""
        await self._session.exec(delete(RecoveryCode).where(col(RecoveryCode.account_id) == account.id))
        for code in codes:
            self._session.add(RecoveryCode(account_id=account.id, code_index=self._index(account, code)))

    async def use_recovery(self, account: Account, code: str, now: dt.datetime) -> bool:
        """Whether an unused recovery code fits; it is used up then."""
        query = select(RecoveryCode).where(
            RecoveryCode.account_id == account.id,
            RecoveryCode.code_index == self._index(account, code),
            col(RecoveryCode.used_at).is_(None),
        )
        found = (await self._session.exec(query)).first()
        if found is None:
            return False
        found.used_at = now
        self._session.add(found)
        return True

    async def recovery_left(self, account: Account) -> int:
        query = select(func.count()).select_from(RecoveryCode)
        query = query.where(RecoveryCode.account_id == account.id, col(RecoveryCode.used_at).is_(None))
        return (await self._session.exec(query)).one()

    def _index(self, account: Account, code: str) -> str:
        return self._keys.index(code, f"recovery:{account.id}")


def _place(account: Account) -> str:
    return f"account.otp:{account.id}"
