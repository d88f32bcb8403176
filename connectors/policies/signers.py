"""Signatures of calls: HMAC-SHA256, HMAC-SM3, SM2. One small protocol, so that a partner's wish is a setting.

The text that is signed names method, address, time, nonce and the digest of the
body as it travels (sealed when it is sealed).
"""

import hmac as compare
from typing import Literal, Protocol

from cryptography.hazmat.primitives import hashes, hmac

from connectors.policies.sm2 import PrivateKey, PublicKey

Algorithm = Literal["HMAC-SHA256", "HMAC-SM3"]


class Signer(Protocol):
    """One side of a signature.

    digest:    hex digest of a body, by the hash that belongs to the signature
    sign:      the X-Signature of a text, hex
    is_right:  whether `given` is a signature of the text; takes any string, never raises
    """

    name: str

    def digest(self, body: bytes) -> str: ...

    def sign(self, text: bytes) -> str: ...

    def is_right(self, text: bytes, given: str) -> bool: ...


def _digest(body: bytes, by: hashes.HashAlgorithm) -> str:
    made = hashes.Hash(by)
    made.update(body)
    return made.finalize().hex()


class HmacSigner:
    """One secret that both sides know."""

    def __init__(self, secret: str, algorithm: Algorithm = "HMAC-SHA256") -> None:
        self.name: str = algorithm
        self._secret = secret.encode()
        self._hash: hashes.HashAlgorithm = hashes.SM3() if algorithm == "HMAC-SM3" else hashes.SHA256()

    def digest(self, body: bytes) -> str:
        return _digest(body, self._hash)

    def sign(self, text: bytes) -> str:
        mac = hmac.HMAC(self._secret, self._hash)
        mac.update(text)
        return mac.finalize().hex()

    def is_right(self, text: bytes, given: str) -> bool:
        said = given.strip().lower().encode("utf-8", "replace")
        return compare.compare_digest(self.sign(text).encode(), said)


class Sm2Signer:
    """SM2 with SM3 (GB/T 32918.2): we sign with our key, and believe what theirs signed.

    ours:    None for a side that only checks
    theirs:  None for a side that only signs: nothing is believed then
    """

    name = "SM2"

    def __init__(self, ours: PrivateKey | None, theirs: PublicKey | None) -> None:
        self._ours, self._theirs = ours, theirs

    def digest(self, body: bytes) -> str:
        return _digest(body, hashes.SM3())

    def sign(self, text: bytes) -> str:
        if self._ours is None:
            raise ValueError("this side has no SM2 key to sign with")
        return self._ours.sign(text)

    def is_right(self, text: bytes, given: str) -> bool:
        return self._theirs is not None and self._theirs.is_right(text, given)
