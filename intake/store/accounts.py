"""Staff accounts, their sessions and failed sign-ins."""

from __future__ import annotations

import datetime as dt

from sqlmodel import col, delete, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.store.crypto import KeyRing
from intake.store.tables import Account, Heartbeat, SignInTry, StaffSession


class Accounts:
    def __init__(self, session: AsyncSession, keys: KeyRing) -> None:
        self._session = session
        self._keys = keys

    async def by_login(self, login: str) -> Account | None:
        return (await self._session.exec(select(Account).where(Account.login == login))).first()

    async def locked(self, login: str) -> Account | None:
        """The account, nobody else's until the transaction ends."""
        query = select(Account).where(Account.login == login).with_for_update(of=Account)
        return (await self._session.exec(query)).first()

    async def active_admins(self) -> int:
        query = select(func.count()).select_from(Account)
        query = query.where(Account.role == "admin", col(Account.is_disabled).is_(False))
        return (await self._session.exec(query)).one()

    async def by_id(self, account_id: str) -> Account | None:
        return await self._session.get(Account, account_id)

    async def everyone(self) -> list[Account]:
        return list((await self._session.exec(select(Account).order_by(Account.login))).all())

    def add(self, account: Account) -> None:
        self._session.add(account)

    def open_session(self, row: StaffSession) -> None:
        self._session.add(row)

    async def session(self, token_hash: str, now: dt.datetime) -> tuple[StaffSession, Account] | None:
        """The live session of a token hash with its enabled account."""
        found = (
            await self._session.exec(
                select(StaffSession, Account)
                .join(Account, col(Account.id) == StaffSession.account_id)
                .where(StaffSession.token_hash == token_hash)
                .where(StaffSession.expires_at > now)
                .where(col(Account.is_disabled).is_(False))
            )
        ).first()
        return (found[0], found[1]) if found else None

    async def session_ever(self, token_hash: str) -> tuple[StaffSession, Account] | None:
        """The session of a token hash, whether or not its time is over, with its enabled account."""
        query = (
            select(StaffSession, Account)
            .join(Account, col(Account.id) == StaffSession.account_id)
            .where(StaffSession.token_hash == token_hash, col(Account.is_disabled).is_(False))
        )
        found = (await self._session.exec(query)).first()
        return (found[0], found[1]) if found else None

    async def close_session(self, token_hash: str) -> None:
        await self._session.exec(delete(StaffSession).where(col(StaffSession.token_hash) == token_hash))

    async def close_sessions_of(self, account_id: str, *, but: str = "") -> None:
        """All sessions of an account, except the one with the token hash `but`."""
        query = delete(StaffSession).where(col(StaffSession.account_id) == account_id)
        await self._session.exec(query.where(col(StaffSession.token_hash) != but))

    async def note_code(self, token_hash: str, at: dt.datetime) -> None:
        """A one-time code was given in this session."""
        session = await self._session.get(StaffSession, token_hash)
        if session is not None:
            session.code_at = at
            self._session.add(session)

    async def tries_since(self, login: str, address: str, since: dt.datetime) -> tuple[int, int]:
        """Failed sign-ins of this login and of this address since then."""
        counts = []
        for column, value in (
            (SignInTry.login_index, self._keys.index(login, "login")),
            (SignInTry.address_index, self._keys.index(address, "address")),
        ):
            query = (
                select(func.count()).select_from(SignInTry).where(col(column) == value, SignInTry.at > since)
            )
            counts.append((await self._session.exec(query)).one())
        return counts[0], counts[1]

    def note_try(self, login: str, address: str, at: dt.datetime) -> None:
        self._session.add(
            SignInTry(
                login_index=self._keys.index(login, "login"),
                address_index=self._keys.index(address, "address"),
                at=at,
            )
        )

    async def beat(self, worker: str, at: dt.datetime) -> None:
        """Record a worker's sign of life."""
        await self._session.merge(Heartbeat(worker=worker, at=at))

    async def last_beat(self) -> dt.datetime | None:
        return (await self._session.exec(select(func.max(Heartbeat.at)))).one()
