"""Accounts from the command line and in development: the operator of the machine chooses the password."""

from __future__ import annotations

from intake.domain import passwords
from intake.domain.errors import FieldProblem, Malformed
from intake.services.administer_accounts import (
    COMMAND_LINE,
    Person,
    account_row,
    certificate_of,
    keep_an_admin,
    old_and_new,
    person_of,
    problems_of,
    write_record,
)
from intake.services.house import House
from intake.services.secrets import slow_hash


async def add_account(
    login: str,
    name: str,
    password: str,
    *,
    role: str,
    organisation: str,
    region: str,
    house: House,
    certificate: str = "",
) -> None:
    """Add a member of staff; an existing login gets the new password and role, and loses its sessions.

    raises: Malformed; Forbidden when the last administrator would become something else
    """
    login, person = login.lower(), Person(name, role, organisation, region, certificate)
    problems = problems_of(person, house)
    weak = passwords.problem(password, login=login, is_development=house.policy.is_development)
    if weak is not None:
        problems.append(FieldProblem("password", "weak_password", weak))
    if problems:
        raise Malformed(*problems)
    hashed = await slow_hash(password, house=house)
    async with house.store.change() as uow:
        await uow.admin_records.lock()
        account, before = await uow.accounts.locked(login), None
        if account is None:
            account = account_row(login, person, hashed, house, must_change=False)
        else:
            before = person_of(account)
            if role != "admin":
                await keep_an_admin(account, uow)
            account.name, account.password_hash, account.role = name, hashed, role
            account.organisation, account.region, account.is_disabled = organisation, region, False
            account.certificate = certificate_of(person)
            account.must_change_password, account.version = False, account.version + 1
            await uow.accounts.close_sessions_of(account.id)
        uow.accounts.add(account)
        kind = "account_added" if before is None else "account_set"
        await write_record(uow, house, COMMAND_LINE, kind, login, old_and_new(before, person))


async def list_accounts(*, house: House) -> list[tuple[str, str, str, str, str, bool]]:
    """(login, name, role, organisation, region, is_disabled) of everybody."""
    async with house.store.look() as uow:
        rows = await uow.accounts.everyone()
    return [(a.login, a.name, a.role, a.organisation, a.region, a.is_disabled) for a in rows]


async def disable_account(login: str, *, house: House) -> bool:
    """Close an account and its sessions at once; False when there is no such login.

    raises: Forbidden for the last administrator
    """
    async with house.store.change() as uow:
        await uow.admin_records.lock()
        account = await uow.accounts.locked(login.lower())
        if account is None:
            return False
        await keep_an_admin(account, uow)
        account.is_disabled, account.version = True, account.version + 1
        uow.accounts.add(account)
        await uow.accounts.close_sessions_of(account.id)
        await write_record(uow, house, COMMAND_LINE, "account_disabled", account.login)
    return True
