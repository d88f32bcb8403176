"""Staff come in: passwords by Argon2id, throttled by login and by address."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from intake.domain.conflict import STAFF_ROLES, Viewer
from intake.domain.errors import FieldProblem, Malformed, NotSignedIn, TooMany
from intake.services.house import House
from intake.services.secrets import new_token, slow_hash, slow_verify, token_hash
from intake.store.tables import Account, StaffSession

WINDOW = dt.timedelta(minutes=15)
TRIES_PER_LOGIN = 5
TRIES_PER_ADDRESS = 30
WRONG = "账号或密码不对。"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """token: for the cookie or the Authorization header; csrf: for forms."""

    token: str
    csrf: str
    viewer: Viewer


async def sign_in(login: str, password: str, *, address: str, house: House) -> SignedIn:
    """Open a session.

    address: of the client, only used to throttle
    raises: NotSignedIn, the same for unknown login, wrong password and disabled account; TooMany
    """
    login, now = login.strip().lower()[:64], house.clock()
    async with house.store.look() as uow:
        by_login, by_address = await uow.accounts.tries_since(login, address, now - WINDOW)
        account = await uow.accounts.by_login(login)
    if by_login >= TRIES_PER_LOGIN or by_address >= TRIES_PER_ADDRESS:
        raise TooMany(int(WINDOW.total_seconds()), "登录失败次数太多，请 15 分钟后再试。")
    is_right = await slow_verify(account.password_hash if account else None, password[:256], house=house)
    if account is None or not is_right or account.is_disabled:
        async with house.store.change() as uow:
            uow.accounts.note_try(login, address, now)
        raise NotSignedIn(WRONG)
    token, csrf = new_token(), new_token()
    async with house.store.change() as uow:
        uow.accounts.open_session(
            StaffSession(
                token_hash=token_hash(token),
                account_id=account.id,
                csrf=csrf,
                created_at=now,
                expires_at=now + house.policy.session_length,
            )
        )
    return SignedIn(token, csrf, _viewer(account))


async def who(token: str, *, house: House) -> SignedIn:
    """The person behind a token.

    raises: NotSignedIn
    """
    async with house.store.look() as uow:
        found = await uow.accounts.session(token_hash(token), house.clock())
    if found is None:
        raise NotSignedIn
    session, account = found
    return SignedIn(token, session.csrf, _viewer(account))


async def sign_out(token: str, *, house: House) -> None:
    async with house.store.change() as uow:
        await uow.accounts.close_session(token_hash(token))


async def add_account(
    login: str, name: str, password: str, *, role: str, organisation: str, region: str, house: House
) -> None:
    """Add a member of staff; an existing login gets the new password and role, and loses its sessions.

    raises: Malformed
    """
    problems = []
    if role not in STAFF_ROLES:
        problems.append(FieldProblem("role", "unknown_role", f"角色不存在，可选：{'、'.join(STAFF_ROLES)}。"))
    if organisation not in house.organisations:
        problems.append(FieldProblem("organisation", "unknown_organisation", "单位代码不存在。"))
    if region not in house.region_names:
        problems.append(FieldProblem("region", "unknown_region", "地区代码不存在。"))
    if len(password) < 12:
        problems.append(FieldProblem("password", "too_short", "密码至少 12 位。"))
    if problems:
        raise Malformed(*problems)
    hashed = await slow_hash(password, house=house)
    async with house.store.change() as uow:
        account = await uow.accounts.by_login(login.lower())
        if account is None:
            account = Account(
                login=login.lower(),
                name=name,
                password_hash=hashed,
                role=role,
                organisation=organisation,
                region=region,
                created_at=house.clock(),
            )
        else:
            account.name, account.password_hash, account.role = name, hashed, role
            account.organisation, account.region, account.is_disabled = organisation, region, False
            await uow.accounts.close_sessions_of(account.id)
        uow.accounts.add(account)


async def list_accounts(*, house: House) -> list[tuple[str, str, str, str, str, bool]]:
    """(login, name, role, organisation, region, is_disabled) of everybody."""
    async with house.store.look() as uow:
        rows = await uow.accounts.everyone()
    return [(a.login, a.name, a.role, a.organisation, a.region, a.is_disabled) for a in rows]


async def disable_account(login: str, *, house: House) -> bool:
    """Close an account and its sessions at once; False when there is no such login."""
    async with house.store.change() as uow:
        account = await uow.accounts.by_login(login.lower())
        if account is None:
            return False
        account.is_disabled = True
        uow.accounts.add(account)
        await uow.accounts.close_sessions_of(account.id)
    return True


def _viewer(account: Account) -> Viewer:
    return Viewer(account.login, account.name, account.role, account.organisation, account.region)
