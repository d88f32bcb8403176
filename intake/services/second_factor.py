"""One-time codes (TOTP): set up, given at sign-in and again before an identity is opened."""

from __future__ import annotations

import datetime as dt
import hmac
import secrets
from dataclasses import dataclass

import pyotp

from intake.domain.conflict import Viewer
from intake.domain.errors import DutyFirst, FieldProblem, Malformed, NotSignedIn
from intake.services.house import House
from intake.services.sign_in_tries import check_tries
from intake.store.tables import Account
from intake.store.unit_of_work import UnitOfWork

# Who opens identities (services/reveal_identity.MAY_REVEAL), and who could take over such an account.
MUST_HAVE_CODE = frozenset({"supervisor", "city_supervisor", "green_channel_desk", "admin"})
STEP_S = 30
FRESH = dt.timedelta(minutes=15)
RECOVERY_CODES = 10
RECOVERY_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
ISSUER = "行政执法监督线索"
WRONG = "动态验证码不对，或已经用过。请等手机上换一个新的再试。"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """uri: for the QR code; secret: for typing by hand."""

    uri: str
    secret: str


def needs_code(account: Account, house: House) -> bool:
    return account.otp_confirmed_at is not None or (
        house.policy.require_totp and account.role in MUST_HAVE_CODE
    )


def require_fresh_code(viewer: Viewer, house: House) -> None:
    """Before something grave: a one-time code of the last 15 minutes.

    raises: DutyFirst
    """
    if not viewer.has_code and not (house.policy.require_totp and viewer.role in MUST_HAVE_CODE):
        return
    if viewer.code_at is None or house.clock() - viewer.code_at > FRESH:
        raise DutyFirst("距上次验证已超过 15 分钟，请再输入一次动态验证码。", code="otp_again")


async def begin_code(login: str, *, token_hash: str, house: House) -> Enrolment | None:
    """The secret to be set up, the same for as long as this session lasts; None when codes are set up already.

    Nothing is stored: looking at the page changes nothing, the secret is kept once a code proved it.
    """
    async with house.store.look() as uow:
        account = await uow.accounts.by_login(login)
        if account is None or account.otp_confirmed_at is not None:
            return None
        secret = uow.account_codes.proposed(account, token_hash)
    return Enrolment(pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER), secret)


async def confirm_code(login: str, code: str, *, token_hash: str, address: str, house: House) -> list[str]:
    """The first code proves that the phone has the secret; returns the recovery codes, shown once.

    raises: Malformed for a wrong code; TooMany; NotSignedIn when there is nothing to confirm
    """
    await check_tries(login, address, house=house)
    now = house.clock()
    is_right = False
    async with house.store.change() as uow:
        account = await uow.accounts.locked(login)
        if account is None or account.otp_confirmed_at is not None:
            raise NotSignedIn
        secret = uow.account_codes.proposed(account, token_hash)
        is_right = _take(account, secret, code, uow=uow, now=now)
        if is_right:
            uow.account_codes.seal(account, secret)
            account.otp_confirmed_at = now
            uow.accounts.add(account)
            codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
            await uow.account_codes.keep_recovery(account, codes)
            await uow.accounts.note_code(token_hash, now)
            await uow.admin_records.record(at=now, actor=login, kind="code_set_up", subject=login)
        else:
            uow.accounts.note_try(login, address, now)
    if not is_right:
        raise Malformed(FieldProblem("otp", "otp_wrong", WRONG))
    return [f"{c[:4]}-{c[4:8]}-{c[8:]}" for c in codes]


async def give_code(login: str, code: str, *, token_hash: str, address: str, house: House) -> None:
    """A code in an open session: completes a sign-in, or renews it before an identity is opened.

    raises: NotSignedIn (otp_wrong), TooMany
    """
    await check_tries(login, address, house=house)
    async with house.store.change() as uow:
        account = await uow.accounts.locked(login)
        is_right = account is not None and await accept_code(account, code, uow=uow, now=house.clock())
        if is_right:
            await uow.accounts.note_code(token_hash, house.clock())
        else:
            uow.accounts.note_try(login, address, house.clock())
    if not is_right:
        raise NotSignedIn(WRONG, code="otp_wrong")


async def accept_code(account: Account, code: str, *, uow: UnitOfWork, now: dt.datetime) -> bool:
    """Whether a one-time or recovery code is right; either is used up by that. The row is locked by the caller."""
    if account.otp_confirmed_at is None:
        return False
    plain = _plain(code)
    if len(plain) == 12:
        if not await uow.account_codes.use_recovery(account, plain, now):
            return False
        left = await uow.account_codes.recovery_left(account)
        await uow.admin_records.record(
            at=now, actor=account.login, kind="recovery_used", subject=account.login, details={"left": left}
        )
        return True
    return _take(account, uow.account_codes.open(account), plain, uow=uow, now=now)


def _take(account: Account, secret: str | None, code: str, *, uow: UnitOfWork, now: dt.datetime) -> bool:
    """One step before or after is allowed (clocks differ); a step counts once, an older one never again."""
    code = _plain(code)
    if secret is None or len(code) != 6:
        return False
    current = int(now.timestamp()) // STEP_S
    totp = pyotp.HOTP(secret)
    for step in (current - 1, current, current + 1):
        if step > account.otp_step and hmac.compare_digest(totp.at(step).encode(), code.encode()):
            account.otp_step = step
            uow.accounts.add(account)
            return True
    return False


def _plain(code: str) -> str:
    return "".join(c for c in code[:40].upper() if c.isascii() and c.isalnum())


def _recovery_code() -> str:
    return "".join(secrets.choice(RECOVERY_ALPHABET) for _ in range(12))
