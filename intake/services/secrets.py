"""Slow hashes (Argon2id), in threads, two at a time; and plain token hashes."""

from __future__ import annotations

import asyncio
import hashlib
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from intake.services.house import House

# OWASP's second profile: 19 MiB, two passes; 60 ms on the reference machine.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Compared against when there is no row, so that unknown and wrong take the same time.
DUMMY = _HASHER.hash("nobody")


async def slow_hash(secret: str, *, house: House) -> str:
    async with house.hashing:
        return await asyncio.to_thread(_HASHER.hash, secret)


async def slow_verify(hashed: str | None, secret: str, *, house: House) -> bool:
    """Whether `secret` made `hashed`; a missing or empty hash costs the same time and is False."""
    async with house.hashing:
        return await asyncio.to_thread(_verify, hashed or DUMMY, secret) and bool(hashed)


def _verify(hashed: str, secret: str) -> bool:
    try:
        return _HASHER.verify(hashed, secret)
    except (VerifyMismatchError, InvalidHashError):
        return False


def new_token() -> str:
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """For tokens of 256 random bits a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()
