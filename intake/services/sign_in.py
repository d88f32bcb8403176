"""Staff come in: passwords by Argon2id, then a one-time code where one is due, throttled by login and by address."""

from __future__ import annotations

from dataclasses import dataclass

from intake.domain.conflict import Viewer
from intake.domain.errors import DutyFirst, NotSignedIn
from intake.services.add_account import add_account, disable_account, list_accounts
from intake.services.house import House
from intake.services.second_factor import WRONG as WRONG_CODE
from intake.services.second_factor import accept_code, needs_code
from intake.services.secrets import new_token, slow_verify, token_hash
from intake.services.sign_in_tries import check_tries
from intake.store.tables import Account, StaffSession

__all__ = ["SignedIn", "add_account", "disable_account", "list_accounts", "sign_in", "sign_out", "who"]
WRONG = "账号或密码不对。"
DUTIES = {
    "password_change_required": "请先在工作台网页上把一次性密码改成您自己的密码。",
    "otp_enrolment_required": "请先在工作台网页上设置动态验证码。",
    "otp_required": "请输入动态验证码。",
}


@dataclass(frozen=True, slots=True)
class SignedIn:
    """token: for the cookie or the Authorization header; csrf: for forms; duty: what must be done first."""

    token: str
    csrf: str
    viewer: Viewer
    duty: str = ""


async def sign_in(
    login: str, password: str, *, address: str, house: House, otp: str | None = None, in_steps: bool = False
) -> SignedIn:
    """Open a session.

    address:  of the client, only used to throttle
    in_steps: for pages: the session opens with the password alone and allows nothing but its duty
    raises: NotSignedIn, the same for unknown login, wrong password and disabled account; with a code
            otp_required or otp_wrong when only the one-time code is missing or wrong;
            DutyFirst when the account must be made ready on the pages; TooMany
    """
    login, now = login.strip().lower()[:64], house.clock()
    await check_tries(login, address, house=house)
    async with house.store.look() as uow:
        account = await uow.accounts.by_login(login)
    is_right = await slow_verify(account.password_hash if account else None, password[:256], house=house)
    if account is None or not is_right or account.is_disabled:
        async with house.store.change() as uow:
            uow.accounts.note_try(login, address, now)
        raise NotSignedIn(WRONG)
    code_at = None
    if not in_steps:
        code_at = now if await _code_given(account, otp, address, house) else None
    row, token = _session(account, house), new_token()
    row.token_hash, row.code_at = token_hash(token), code_at
    async with house.store.change() as uow:
        uow.accounts.open_session(row)
    return SignedIn(token, row.csrf, _viewer(account, row), _duty(account, row, house))


async def who(token: str, *, house: House, with_duty: bool = False) -> SignedIn:
    """The person behind a token.

    with_duty: only for the pages on which a duty is done
    raises: NotSignedIn; DutyFirst while something must be done first
    """
    async with house.store.look() as uow:
        found = await uow.accounts.session(token_hash(token), house.clock())
    if found is None:
        raise NotSignedIn
    session, account = found
    duty = _duty(account, session, house)
    if duty and not with_duty:
        raise DutyFirst(DUTIES[duty], code=duty)
    return SignedIn(token, session.csrf, _viewer(account, session), duty)


async def sign_out(token: str, *, house: House) -> None:
    async with house.store.change() as uow:
        await uow.accounts.close_session(token_hash(token))


async def _code_given(account: Account, otp: str | None, address: str, house: House) -> bool:
    """Whether a code was due and right; programs cannot set one up or change a password.

    raises: DutyFirst, NotSignedIn
    """
    if account.must_change_password:
        raise DutyFirst(DUTIES["password_change_required"], code="password_change_required")
    if not needs_code(account, house):
        return False
    if account.otp_confirmed_at is None:
        raise DutyFirst(DUTIES["otp_enrolment_required"], code="otp_enrolment_required")
    if not otp:
        raise NotSignedIn(DUTIES["otp_required"], code="otp_required")
    async with house.store.change() as uow:
        locked = await uow.accounts.locked(account.login)
        is_right = locked is not None and await accept_code(locked, otp, uow=uow, now=house.clock())
        if not is_right:
            uow.accounts.note_try(account.login, address, house.clock())
    if not is_right:
        raise NotSignedIn(WRONG_CODE, code="otp_wrong")
    return True


def _duty(account: Account, session: StaffSession, house: House) -> str:
    """The first thing that must be done before anything else; "" when nothing."""
    if needs_code(account, house) and account.otp_confirmed_at is not None and session.code_at is None:
        return "otp_required"
    if account.must_change_password:
        return "password_change_required"
    if needs_code(account, house) and account.otp_confirmed_at is None:
        return "otp_enrolment_required"
    return ""


def _session(account: Account, house: House) -> StaffSession:
    return StaffSession(
        token_hash="",
        account_id=account.id,
        csrf=new_token(),
        created_at=house.clock(),
        expires_at=house.clock() + house.policy.session_length,
    )


def _viewer(account: Account, session: StaffSession) -> Viewer:
    return Viewer(
        account.login,
        account.name,
        account.role,
        account.organisation,
        account.region,
        has_code=account.otp_confirmed_at is not None,
        code_at=session.code_at,
    )
