"""Where the bytes of evidence lie: a folder or an S3-compatible store, always encrypted in chunks.

A file has its own random key (sealed in its row). Chunk n is AES-256-GCM with
nonce n; the associated data names the file, the number and whether it is the
last, so that no chunk can be moved, swapped or cut off unseen.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import obstore
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from obstore.store import LocalStore, S3Store

from intake.domain.errors import StoreUnavailable
from intake.store.crypto import CannotOpen

CHUNK = 256 * 1024
TAG = 16
# An upload is told "later" after that, not after the library's three minutes.
RETRY_FOR = dt.timedelta(seconds=20)
PART = 5 * 1024 * 1024  # S3 takes no smaller parts


def new_file_key() -> bytes:
    return secrets.token_bytes(32)


class EvidenceFiles:
    """Encrypted files by name, e.g. "originals/<attachment id>"."""

    def __init__(self, store: Any) -> None:
        self._store = store

    @classmethod
    def at(cls, address: str, folder: Path, **options: Any) -> EvidenceFiles:
        """address: "" for `folder`, else s3://bucket/prefix with `options` of obstore."""
        if not address:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            return cls(LocalStore(folder))
        # In-house stores often speak plain HTTP inside the data centre; whoever names such an address means it.
        is_plain = str(options.get("endpoint", "")).startswith("http://")
        return cls(
            S3Store.from_url(
                address,
                client_options={"allow_http": is_plain, "connect_timeout": "5s"},
                retry_config={"max_retries": 4, "retry_timeout": RETRY_FOR},
                **options,
            )
        )

    async def put(self, name: str, key: bytes, plain: AsyncIterator[bytes]) -> None:
        """Write all of `plain`, or nothing when it breaks off.

        raises: whatever `plain` raises; StoreUnavailable
        """
        try:
            await obstore.put_async(
                self._store, name, _sealed(name, key, plain), chunk_size=PART, max_concurrency=2
            )
        except obstore.exceptions.BaseError as error:
            raise StoreUnavailable from error

    async def get(self, name: str, key: bytes) -> AsyncIterator[bytes]:
        """The plain bytes, a chunk at a time.

        raises: FileNotFoundError; StoreUnavailable; CannotOpen at the first changed chunk
        """
        try:
            found = await obstore.get_async(self._store, name)
        except FileNotFoundError:
            raise
        except obstore.exceptions.BaseError as error:
            raise StoreUnavailable from error
        cipher, number, buffer = AESGCM(key), 0, b""
        async for part in found.stream(min_chunk_size=CHUNK):
            buffer += bytes(part)
            # The last chunk is told apart from the others, so one is always held back.
            while len(buffer) > CHUNK + TAG:
                yield _open(cipher, name, number, buffer[: CHUNK + TAG], is_last=False)
                buffer, number = buffer[CHUNK + TAG :], number + 1
        yield _open(cipher, name, number, buffer, is_last=True)

    async def delete(self, name: str) -> None:
        """Gone afterwards; what is not there is gone already.

        raises: StoreUnavailable
        """
        try:
            await obstore.delete_async(self._store, name)
        except FileNotFoundError:
            return
        except obstore.exceptions.BaseError as error:
            raise StoreUnavailable from error

    async def exists(self, name: str) -> bool:
        try:
            await obstore.head_async(self._store, name)
        except FileNotFoundError:
            return False
        return True

    async def names(self) -> AsyncIterator[list[tuple[str, dt.datetime]]]:
        """Pages of (name, written at)."""
        async for page in obstore.list(self._store):
            yield [(item["path"], item["last_modified"]) for item in page]


def _place(name: str, number: int, *, is_last: bool) -> tuple[bytes, bytes]:
    return number.to_bytes(12, "big"), f"{name}|{number}|{int(is_last)}".encode()


async def _sealed(name: str, key: bytes, plain: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    cipher, number, buffer = AESGCM(key), 0, bytearray()
    async for part in plain:
        buffer += part
        while len(buffer) > CHUNK:
            nonce, place = _place(name, number, is_last=False)
            yield cipher.encrypt(nonce, bytes(buffer[:CHUNK]), place)
            del buffer[:CHUNK]
            number += 1
    nonce, place = _place(name, number, is_last=True)
    yield cipher.encrypt(nonce, bytes(buffer), place)


def _open(cipher: AESGCM, name: str, number: int, chunk: bytes, *, is_last: bool) -> bytes:
    nonce, place = _place(name, number, is_last=is_last)
    try:
        return cipher.decrypt(nonce, chunk, place)
    except (InvalidTag, ValueError) as error:
        raise CannotOpen("evidence was changed, cut or moved") from error
