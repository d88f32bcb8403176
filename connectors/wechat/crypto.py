"""Signatures and encryption of callbacks, as 微信公众平台 "消息加解密说明" describes them.

SHA-1 is the platform's choice, not ours; in plain mode it covers time and nonce but not the body, so
the encrypted mode, where it does, is the one to switch on.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_BLOCK = 32
_RANDOM = 16


class NotOurs(Exception):
    """The sealed message was not made for this account, or was changed on its way."""


def sign(*parts: str) -> str:
    """The platform's signature: SHA-1 over the sorted parts (the token is one of them), in hex."""
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()  # noqa: S324


def is_signed(signature: str, *parts: str) -> bool:
    """Constant in time."""
    return hmac.compare_digest(sign(*parts).encode(), signature.encode("utf-8", "replace"))


class MessageSeal:
    """AES-256-CBC with the account's EncodingAESKey.

    raises: ValueError for a key that is not 43 signs of Base64
    """

    def __init__(self, encoding_key: str, app_id: str) -> None:
        try:
            key = base64.b64decode(encoding_key + "=", validate=True)
        except (binascii.Error, ValueError) as wrong:
            raise ValueError("EncodingAESKey 应为 43 位字母和数字") from wrong
        if len(encoding_key) != 43 or len(key) != 32:
            raise ValueError("EncodingAESKey 应为 43 位字母和数字")
        self._key = key
        self._app_id = app_id.encode()

    def seal(self, plain: bytes, *, random: bytes | None = None) -> str:
        """random: 16 bytes, only given by tests with a known answer"""
        start = random or secrets.token_hex(_RANDOM // 2).encode()
        content = start + struct.pack(">I", len(plain)) + plain + self._app_id
        padding = _BLOCK - len(content) % _BLOCK
        encryptor = self._cipher().encryptor()
        sealed = encryptor.update(content + bytes([padding]) * padding) + encryptor.finalize()
        return base64.b64encode(sealed).decode()

    def open(self, sealed: str) -> bytes:
        """raises: NotOurs"""
        try:
            content = base64.b64decode(sealed, validate=True)
        except (binascii.Error, ValueError) as wrong:
            raise NotOurs from wrong
        if not content or len(content) % 16:
            raise NotOurs
        decryptor = self._cipher().decryptor()
        opened = decryptor.update(content) + decryptor.finalize()
        padding = opened[-1]
        if not 1 <= padding <= _BLOCK or opened[-padding:] != bytes([padding]) * padding:
            raise NotOurs
        return self._inner(opened[:-padding])

    def _inner(self, opened: bytes) -> bytes:
        if len(opened) < _RANDOM + 4:
            raise NotOurs
        (length,) = struct.unpack(">I", opened[_RANDOM : _RANDOM + 4])
        plain, app_id = opened[_RANDOM + 4 : _RANDOM + 4 + length], opened[_RANDOM + 4 + length :]
        if len(plain) != length or not hmac.compare_digest(app_id, self._app_id):
            raise NotOurs
        return plain

    def _cipher(self) -> Cipher[modes.CBC]:
        return Cipher(algorithms.AES(self._key), modes.CBC(self._key[:16]))
