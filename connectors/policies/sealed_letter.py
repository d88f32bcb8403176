"""A sealed letter: made with the receiver's public key, opened with the receiver's private key and nothing else.

A fresh SM4 key seals the text (SM4-GCM), SM2 encryption (GB/T 32918.4, order C1 C3 C2) seals that key for the
receiver. The maker forgets the key: whoever holds the maker's machine, database and secrets cannot open it.
The head is bound to the text, so no part can be exchanged. gmssl's own encryption is not used: its random
numbers are not made for secrets.
"""

import base64
import binascii
import hmac
import json
import secrets
from typing import Any

from connectors.policies.seals import NotOpened, Sm4Gcm
from connectors.policies.sm2 import PrivateKey, PublicKey, new_private_key, sm3, times

FORMAT = "xiansuo-sealed-letter/1"
ALGORITHMS = "SM2(C1C3C2)+SM4-GCM"
_POINT, _DIGEST, _KEY = 64, 32, 16
_IV = 12


def fingerprint(key: PublicKey) -> str:
    """Which key a letter is for: the first 32 hex digits of SM3 over x and y."""
    return sm3(bytes.fromhex(key.text)).hex()[:32]


def seal_letter(plain: bytes, receiver: PublicKey) -> bytes:
    """UTF-8 JSON: format, algorithms, receiver (fingerprint), key (hex), body (base64). Other bytes every time."""
    key = secrets.token_bytes(_KEY)
    head = {
        "format": FORMAT,
        "algorithms": ALGORITHMS,
        "receiver": fingerprint(receiver),
        "key": wrap(key, receiver, int(new_private_key(), 16)).hex(),
    }
    body = Sm4Gcm(key).seal_with(plain, secrets.token_bytes(_IV), _bound(head))
    return json.dumps(head | {"body": base64.b64encode(body).decode()}, indent=1).encode()


def open_letter(letter: bytes, ours: PrivateKey) -> bytes:
    """The text of a letter that was made for our key.

    raises: NotOpened, without a word about why
    """
    try:
        said = json.loads(letter)
        head = {name: str(said[name]) for name in ("format", "algorithms", "receiver", "key")}
        body, wrapped = base64.b64decode(said["body"], validate=True), bytes.fromhex(head["key"])
    except (ValueError, TypeError, KeyError, RecursionError, binascii.Error) as wrong:
        raise NotOpened from wrong
    if head["format"] != FORMAT or head["algorithms"] != ALGORITHMS:
        raise NotOpened
    return Sm4Gcm(unwrap(wrapped, ours)).open(body, _bound(head))


def wrap(plain: bytes, receiver: PublicKey, random: int) -> bytes:
    """SM2 encryption: 04 x y of C1, C3 (32 bytes), C2.

    random:  1 to n-2, another one every time; given only for the standard's example
    """
    c1 = times(random)
    shared = times(random, receiver.text)
    return bytes.fromhex("04" + c1) + _check(shared, plain) + _mixed(plain, shared)


def unwrap(sealed: bytes, ours: PrivateKey) -> bytes:
    """raises: NotOpened"""
    point, rest = sealed[: 1 + _POINT], sealed[1 + _POINT :]
    if len(sealed) <= 1 + _POINT + _DIGEST:
        raise NotOpened
    try:
        # A point that is not on the curve would make our key tell something about itself.
        shared = ours.shared(PublicKey(point.hex()))
    except ValueError as wrong:
        raise NotOpened from wrong
    plain = _mixed(rest[_DIGEST:], shared)
    if not hmac.compare_digest(_check(shared, plain), rest[:_DIGEST]):
        raise NotOpened
    return plain


def _check(shared: str, plain: bytes) -> bytes:
    point = bytes.fromhex(shared)
    return sm3(point[:32] + plain + point[32:])


def _mixed(text: bytes, shared: str) -> bytes:
    """The text under the key stream of GB/T 32918.4, 5.4.3; the same again takes it off."""
    stream = b""
    count = 1
    while len(stream) < len(text):
        stream += sm3(bytes.fromhex(shared) + count.to_bytes(4, "big"))
        count += 1
    return bytes(a ^ b for a, b in zip(text, stream, strict=False))


def _bound(head: dict[str, Any]) -> bytes:
    return json.dumps(head, sort_keys=True, separators=(",", ":")).encode()
