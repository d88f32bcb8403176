"""A member of staff sets a password of his own: the old one first."""

from __future__ import annotations

from intake.domain import passwords
from intake.domain.conflict import Viewer
from intake.domain.errors import FieldProblem, Malformed, NotSignedIn
from intake.services.house import House
from intake.services.secrets import slow_hash, slow_verify
from intake.services.sign_in_tries import check_tries


async def change_password(
    old: str, new: str, again: str, *, viewer: Viewer, token_hash: str, address: str, house: House
) -> None:
    """Every other session of the account ends.

    raises: Malformed with what is wrong; TooMany, since the old password could be guessed here too
    """
    login, now = viewer.account, house.clock()
    await check_tries(login, address, house=house)
    async with house.store.look() as uow:
        account = await uow.accounts.by_login(login)
    if account is None:
        raise NotSignedIn
    if not await slow_verify(account.password_hash, old[: passwords.LONGEST], house=house):
        async with house.store.change() as uow:
            uow.accounts.note_try(login, address, now)
        raise Malformed(FieldProblem("old", "wrong_password", "现在的密码不对。"))
    if new != again:
        raise Malformed(FieldProblem("again", "not_the_same", "两次输入的新密码不一样。"))
    weak = "新密码不能和现在的一样。" if new == old else passwords.problem(new, login=login)
    if weak is not None:
        raise Malformed(FieldProblem("new", "weak_password", weak))
    hashed = await slow_hash(new, house=house)
    async with house.store.change() as uow:
        locked = await uow.accounts.locked(login)
        if locked is None or locked.password_hash != account.password_hash:
            raise NotSignedIn
        locked.password_hash, locked.must_change_password = hashed, False
        uow.accounts.add(locked)
        await uow.accounts.close_sessions_of(locked.id, but=token_hash)
        await uow.admin_records.record(at=now, actor=login, kind="password_changed", subject=login)
