"""Sealing (AES-256-GCM) and blind indexes, with a key ring from the settings.

A sealed value is `1 | len(kid) | kid | nonce(12) | ciphertext`; the associated
data binds it to its place (table, column and row), so that a blob copied to
another row does not open there.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


class CannotOpen(Exception):
    """The key is not in the ring, or the value was changed or moved."""


class KeyRing:
    """Data keys by id; the first seals, every one opens.

    text: "kid:base64,kid2:base64", each key 32 bytes
    raises: ValueError when a key is not 32 bytes of base64
    """

    def __init__(self, text: str) -> None:
        self._keys: dict[str, bytes] = {}
        for item in text.split(","):
            kid, _, encoded = item.strip().partition(":")
            key = base64.b64decode(encoded)
            if not kid or len(key) != 32:
                raise ValueError("XIANSUO_DATA_KEY must be kid:base64 of 32 bytes, comma separated")
            self._keys[kid] = key
        self.current = next(iter(self._keys))
        # The index key must not change when data keys rotate: it comes from the last (oldest) key.
        oldest = list(self._keys.values())[-1]
        self._index_key = hmac.new(oldest, b"blind-index", hashlib.sha256).digest()

    def seal(self, value: Any, place: str) -> bytes:
        """Seal a JSON value for `place`, e.g. "identity.person:<row id>"."""
        nonce = secrets.token_bytes(12)
        plain = json.dumps(value, ensure_ascii=False).encode()
        kid = self.current.encode()
        sealed = AESGCM(self._keys[self.current]).encrypt(nonce, plain, place.encode())
        return b"\x01" + bytes([len(kid)]) + kid + nonce + sealed

    def open(self, blob: bytes, place: str) -> Any:
        """raises: CannotOpen"""
        size = blob[1]
        kid, rest = blob[2 : 2 + size].decode(), blob[2 + size :]
        key = self._keys.get(kid)
        if key is None:
            raise CannotOpen(f"key {kid} is not in XIANSUO_DATA_KEY")
        try:
            return json.loads(AESGCM(key).decrypt(rest[:12], rest[12:], place.encode()))
        except InvalidTag as error:
            raise CannotOpen("sealed value was changed or moved") from error

    def index(self, value: str, context: str) -> str:
        """A blind index: equal values of one context give equal 32-letter words, nothing else shows."""
        digest = hmac.new(self._index_key, f"{context}|{value}".encode(), hashlib.sha256).digest()
        return base64.b32encode(digest)[:32].decode()
