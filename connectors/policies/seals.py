"""Bodies that only the partner reads: SM4-GCM and SM4-CBC (GB/T 32907), Base64 in a small JSON envelope.

{"encrypted": "Base64 of iv, ciphertext (and GCM's tag)"}. The signature covers
the sealed body and is checked before anything is opened, so CBC's missing
authentication is no way in.
"""

import base64
import binascii
import json
import os
from collections.abc import Mapping
from typing import Any, Literal, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

SealName = Literal["SM4-GCM", "SM4-CBC"]
KEY = "encrypted"
_GCM_IV, _BLOCK, _TAG = 12, 16, 16


class NotOpened(Exception):
    """The body is not sealed as agreed; says nothing about why, a caller must not learn it."""


class Seal(Protocol):
    """seal: bytes only the partner reads, other ones every time; open: raises NotOpened."""

    name: str

    def seal(self, plain: bytes) -> bytes: ...

    def open(self, sealed: bytes) -> bytes: ...


class Sm4Gcm:
    """iv (12 bytes), ciphertext, tag (16 bytes)."""

    name = "SM4-GCM"

    def __init__(self, key: bytes) -> None:
        self._key = algorithms.SM4(key)

    def seal(self, plain: bytes) -> bytes:
        return self.seal_with(plain, os.urandom(_GCM_IV))

    def seal_with(self, plain: bytes, iv: bytes, extra: bytes = b"") -> bytes:
        """With a given iv and additional data: for the known answers of RFC 8998."""
        maker = Cipher(self._key, modes.GCM(iv)).encryptor()
        maker.authenticate_additional_data(extra)
        return iv + maker.update(plain) + maker.finalize() + maker.tag

    def open(self, sealed: bytes, extra: bytes = b"") -> bytes:
        if len(sealed) < _GCM_IV + _TAG:
            raise NotOpened
        iv, body, tag = sealed[:_GCM_IV], sealed[_GCM_IV:-_TAG], sealed[-_TAG:]
        opener = Cipher(self._key, modes.GCM(iv, tag)).decryptor()
        opener.authenticate_additional_data(extra)
        try:
            return opener.update(body) + opener.finalize()
        except InvalidTag as wrong:
            raise NotOpened from wrong


class Sm4Cbc:
    """iv (16 bytes), ciphertext with PKCS#7 padding."""

    name = "SM4-CBC"

    def __init__(self, key: bytes) -> None:
        self._key = algorithms.SM4(key)

    def seal(self, plain: bytes) -> bytes:
        return self.seal_with(plain, os.urandom(_BLOCK))

    def seal_with(self, plain: bytes, iv: bytes) -> bytes:
        """With a given iv: for known answers."""
        padder = padding.PKCS7(_BLOCK * 8).padder()
        maker = Cipher(self._key, modes.CBC(iv)).encryptor()
        return iv + maker.update(padder.update(plain) + padder.finalize()) + maker.finalize()

    def open(self, sealed: bytes) -> bytes:
        if len(sealed) < 2 * _BLOCK or len(sealed) % _BLOCK:
            raise NotOpened
        opener = Cipher(self._key, modes.CBC(sealed[:_BLOCK])).decryptor()
        unpadder = padding.PKCS7(_BLOCK * 8).unpadder()
        try:
            return unpadder.update(opener.update(sealed[_BLOCK:]) + opener.finalize()) + unpadder.finalize()
        except ValueError as wrong:
            raise NotOpened from wrong


def envelope(plain: bytes, seal: Seal) -> dict[str, str]:
    """The sealed form of a body, ready for JSON."""
    return {KEY: base64.b64encode(seal.seal(plain)).decode()}


def unwrap(content: Mapping[str, Any], seal: Seal) -> bytes:
    """The plain body in an envelope.

    raises: NotOpened
    """
    said = content.get(KEY)
    if not isinstance(said, str):
        raise NotOpened
    try:
        sealed = base64.b64decode(said, validate=True)
    except (binascii.Error, ValueError) as wrong:
        raise NotOpened from wrong
    return seal.open(sealed)


def seal_json(content: Any, seal: Seal) -> dict[str, str]:
    """A JSON value in its envelope."""
    return envelope(json.dumps(content, ensure_ascii=False).encode("utf-8", "replace"), seal)


def unwrap_json(content: Any, seal: Seal) -> Any:
    """The JSON value in an envelope.

    raises: NotOpened
    """
    if not isinstance(content, Mapping):
        raise NotOpened
    try:
        return json.loads(unwrap(content, seal))
    except (ValueError, RecursionError) as wrong:
        raise NotOpened from wrong
