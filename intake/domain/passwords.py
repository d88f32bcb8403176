"""Passwords of staff: long enough, not the login, not what everybody tries first (data/obvious_passwords.csv)."""

from __future__ import annotations

import secrets
from functools import cache

from intake.domain.tables import rows

SHORTEST = 12
LONGEST = 256
FEWEST_DIFFERENT = 5
# Without signs that look alike: the password is read from a screen or a slip of paper once.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def problem(password: str, *, login: str, is_development: bool = False) -> str | None:
    """Why a password cannot be accepted, in Chinese words; None when it can."""
    plain = password.casefold()
    if len(password) < SHORTEST:
        return f"密码至少 {SHORTEST} 位。"
    if len(password) > LONGEST:
        return f"密码最多 {LONGEST} 位。"
    if len(login) > 2 and (plain == login.casefold() or plain.strip("0123456789!@#.-_") == login.casefold()):
        return "密码不能是账号名，也不能只在账号名前后加数字。"
    if (
        len(set(plain)) < FEWEST_DIFFERENT
        or plain in "01234567890123456789"
        or (plain in _obvious(with_development=not is_development))
    ):
        return "这个密码太容易猜到，请换一个。"
    return None


def new_password() -> str:
    """A one-time password: four groups of four signs, 79 bits."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(4))


@cache
def _obvious(*, with_development: bool) -> frozenset[str]:
    """What everybody tries first; the password of the development accounts is one, but in development."""
    return frozenset(
        row["password"].casefold()
        for row in rows("obvious_passwords")
        if with_development or not row["source"].startswith("development password")
    )
