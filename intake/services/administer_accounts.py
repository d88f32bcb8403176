"""Accounts of staff: added, changed, disabled, never deleted. Every change leaves a record, one at a time."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from intake.domain import passwords
from intake.domain.conflict import REPORTER_ROLES, STAFF_ROLES, Viewer
from intake.domain.errors import FieldProblem, Forbidden, Malformed, NotFound, Stale
from intake.services.house import House
from intake.services.secrets import slow_hash
from intake.store.tables import Account, AdminRecord
from intake.store.unit_of_work import UnitOfWork

COMMAND_LINE = "command-line"
LOGIN = re.compile(r"[a-z0-9][a-z0-9_.-]{1,31}")
CERTIFICATE = re.compile(r"[0-9A-Za-z\u4e00-\u9fff〔〕（）()_.-]{2,32}")
LAST_ADMIN = "这是最后一个可用的系统管理员，不能停用，也不能改成别的角色。请先增加一位管理员。"


@dataclass(frozen=True, slots=True)
class Person:
    """What an administrator says about an account. certificate: of a trusted reporter, "" for staff."""

    name: str
    role: str
    organisation: str
    region: str
    certificate: str = ""


@dataclass(frozen=True, slots=True)
class AccountPage:
    account: Account
    recovery_left: int
    records: tuple[AdminRecord, ...]


def check_admin(viewer: Viewer) -> None:
    """raises: Forbidden"""
    if viewer.role != "admin":
        raise Forbidden("只有系统管理员可以管理账号。")


async def all_accounts(viewer: Viewer, *, house: House) -> list[Account]:
    """raises: Forbidden"""
    check_admin(viewer)
    async with house.store.look() as uow:
        return await uow.accounts.everyone()


async def one_account(login: str, viewer: Viewer, *, house: House) -> AccountPage:
    """raises: Forbidden, NotFound"""
    check_admin(viewer)
    async with house.store.look() as uow:
        account = await uow.accounts.by_login(login)
        if account is None:
            raise NotFound("没有这个账号。")
        records = await uow.admin_records.latest(before=None, limit=50, subject=login)
        return AccountPage(account, await uow.account_codes.recovery_left(account), tuple(records))


async def new_account(login: str, person: Person, *, viewer: Viewer, house: House) -> str:
    """Add an account; returns the one-time password, which is kept nowhere in plain.

    raises: Forbidden, Malformed
    """
    check_admin(viewer)
    login, password = login.strip().lower(), passwords.new_password()
    problems = problems_of(person, house)
    if not LOGIN.fullmatch(login):
        problems.append(
            FieldProblem(
                "login", "bad_login", "账号用 2 到 32 位小写字母、数字、点、横线，以字母或数字开头。"
            )
        )
    if problems:
        raise Malformed(*problems)
    hashed = await slow_hash(password, house=house)
    async with house.store.change() as uow:
        await uow.admin_records.lock()
        if await uow.accounts.by_login(login) is not None:
            raise Malformed(FieldProblem("login", "login_taken", "这个账号已经有了，请换一个。"))
        uow.accounts.add(account_row(login, person, hashed, house, must_change=True))
        await write_record(uow, house, viewer.account, "account_added", login, old_and_new(None, person))
    return password


async def change_account(login: str, person: Person, *, version: int, viewer: Viewer, house: House) -> None:
    """raises: Forbidden (also for the last administrator), NotFound, Stale, Malformed"""
    problems = problems_of(person, house)
    async with _changing(login, version, viewer, house) as (uow, account):
        if problems:
            raise Malformed(*problems)
        before = person_of(account)
        if before.role == "admin" and person.role != "admin":
            await keep_an_admin(account, uow)
        account.name, account.role = person.name.strip(), person.role
        account.organisation, account.region = person.organisation, person.region
        account.certificate = certificate_of(person)
        await write_record(uow, house, viewer.account, "account_changed", login, old_and_new(before, person))


async def switch_account(
    login: str, *, is_disabled: bool, version: int, viewer: Viewer, house: House
) -> None:
    """Disable (its sessions end at once) or enable.

    raises: Forbidden (also for the last administrator), NotFound, Stale
    """
    async with _changing(login, version, viewer, house) as (uow, account):
        if is_disabled:
            await keep_an_admin(account, uow)
            await uow.accounts.close_sessions_of(account.id)
        account.is_disabled = is_disabled
        kind = "account_disabled" if is_disabled else "account_enabled"
        await write_record(uow, house, viewer.account, kind, login)


async def reset_password(login: str, *, version: int, viewer: Viewer, house: House) -> str:
    """A new one-time password; sessions end. raises: Forbidden, NotFound, Stale"""
    password = passwords.new_password()
    hashed = await slow_hash(password, house=house)
    async with _changing(login, version, viewer, house) as (uow, account):
        account.password_hash, account.must_change_password = hashed, True
        await uow.accounts.close_sessions_of(account.id)
        await write_record(uow, house, viewer.account, "password_reset", login)
    return password


async def reset_code(login: str, *, version: int, viewer: Viewer, house: House) -> None:
    """The phone is lost: one-time and recovery codes are void, sessions end. raises: as above"""
    async with _changing(login, version, viewer, house) as (uow, account):
        await uow.account_codes.clear(account)
        await uow.accounts.close_sessions_of(account.id)
        await write_record(uow, house, viewer.account, "code_reset", login)


async def end_sessions(login: str, *, version: int, viewer: Viewer, house: House) -> None:
    """Everybody who is signed in with this account must sign in again. raises: as above"""
    async with _changing(login, version, viewer, house) as (uow, account):
        await uow.accounts.close_sessions_of(account.id)
        await write_record(uow, house, viewer.account, "sessions_ended", login)


async def keep_an_admin(account: Account, uow: UnitOfWork) -> None:
    """The house is never without an administrator. The caller holds the lock of the records.

    raises: Forbidden when `account` is the last active one
    """
    if account.role == "admin" and not account.is_disabled and await uow.accounts.active_admins() <= 1:
        raise Forbidden(LAST_ADMIN, code="last_admin")


@asynccontextmanager
async def _changing(
    login: str, version: int, viewer: Viewer, house: House
) -> AsyncIterator[tuple[UnitOfWork, Account]]:
    """One account, seen in this version, alone."""
    check_admin(viewer)
    async with house.store.change() as uow:
        await uow.admin_records.lock()
        account = await uow.accounts.locked(login)
        if account is None:
            raise NotFound("没有这个账号。")
        if account.version != version:
            raise Stale("这个账号刚被另一位管理员改过，请看清现在的内容再操作。")
        yield uow, account
        account.version += 1
        uow.accounts.add(account)


def problems_of(person: Person, house: House) -> list[FieldProblem]:
    problems = []
    if not 1 <= len(person.name.strip()) <= 64:
        problems.append(FieldProblem("name", "name_missing", "请填写姓名（最多 64 字）。"))
    if person.role not in STAFF_ROLES:
        problems.append(FieldProblem("role", "unknown_role", f"角色不存在，可选：{'、'.join(STAFF_ROLES)}。"))
    if person.organisation not in house.organisations:
        problems.append(FieldProblem("organisation", "unknown_organisation", "单位代码不存在。"))
    if person.region not in house.region_names:
        problems.append(FieldProblem("region", "unknown_region", "地区代码不存在。"))
    if person.role in REPORTER_ROLES and not CERTIFICATE.fullmatch(person.certificate.strip()):
        words = "请填写监督员的证件号或者联系点的编号（2 到 32 位）。"
        problems.append(FieldProblem("certificate", "certificate_missing", words))
    return problems


def certificate_of(person: Person) -> str | None:
    """What is kept: staff have none."""
    return person.certificate.strip() if person.role in REPORTER_ROLES else None


def person_of(account: Account) -> Person:
    return Person(account.name, account.role, account.organisation, account.region, account.certificate or "")


def account_row(login: str, person: Person, hashed: str, house: House, *, must_change: bool) -> Account:
    return Account(
        login=login,
        name=person.name.strip(),
        password_hash=hashed,
        role=person.role,
        organisation=person.organisation,
        region=person.region,
        certificate=certificate_of(person),
        must_change_password=must_change,
        created_at=house.clock(),
    )


def old_and_new(before: Person | None, after: Person) -> dict[str, Any]:
    """Old and new of what changed."""
    said = {
        field: {"old": getattr(before, field) if before else None, "new": getattr(after, field)}
        for field in ("name", "role", "organisation", "region")
        if before is None or getattr(before, field) != getattr(after, field)
    }
    old, new = certificate_of(before) if before else None, certificate_of(after)
    return said if old == new else said | {"certificate": {"old": old, "new": new}}


async def write_record(
    uow: UnitOfWork, house: House, actor: str, kind: str, subject: str, details: dict[str, Any] | None = None
) -> None:
    await uow.admin_records.record(at=house.clock(), actor=actor, kind=kind, subject=subject, details=details)
