"""Receipt numbers (受理编号) and query codes (查询码).

Both use 30 signs without look-alikes (no 0 O 1 I L U) and end in a check sign
(Luhn modulo 30), so that a number read out on the phone is caught when a sign
is wrong or two neighbours are swapped. Numbers are random: a sequence would
betray hidden cases by its gaps.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import unicodedata

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
PREFIX = "XS"
NUMBER_BODY = 10
CODE_BODY = 14  # 30**14 > 2**68

NUMBER_IN_TEXT = re.compile(rf"{PREFIX}[{ALPHABET}]{{{NUMBER_BODY + 1}}}(?![0-9A-Z])")
CODE_IN_TEXT = re.compile(
    rf"(?<![0-9A-Z])[{ALPHABET}]{{5}}[- ]?[{ALPHABET}]{{5}}[- ]?[{ALPHABET}]{{5}}(?![0-9A-Z])"
)


def check_sign(body: str) -> str:
    """The Luhn sign modulo 30 over `body` (signs of ALPHABET only)."""
    total = 0
    for position, sign in enumerate(reversed(body)):
        value = ALPHABET.index(sign) * (2 if position % 2 == 0 else 1)
        total += value // 30 + value % 30
    return ALPHABET[-total % 30]


def new_number() -> str:
    """A fresh public number: XS + 10 random signs + check sign."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(NUMBER_BODY))
    return PREFIX + body + check_sign(body)


def query_code(secret: bytes, number: str, salt: str) -> str:
    """The secret code that belongs to `number`: 14 signs + check sign, 68 bits.

    Derived from the server's secret so that the same idempotent request can be
    answered with the same code although only its slow hash is stored.

    salt: per complaint, kept beside the hash; worthless without `secret`
    """
    digest = hmac.new(secret, f"query-code|{number}|{salt}".encode(), hashlib.sha256).digest()
    number_value = int.from_bytes(digest, "big")
    signs = []
    for _ in range(CODE_BODY):
        number_value, remainder = divmod(number_value, 30)
        signs.append(ALPHABET[remainder])
    body = "".join(signs)
    return body + check_sign(body)


def tidy(text: str) -> str:
    """What a person typed, without spaces, hyphens, full width and lower case."""
    folded = unicodedata.normalize("NFKC", text).upper()
    return re.sub(r"[\s\-–—_.·]", "", folded)


def is_number(text: str) -> bool:
    """Whether `text` is a well-formed number with the right check sign."""
    if not text.startswith(PREFIX) or len(text) != len(PREFIX) + NUMBER_BODY + 1:
        return False
    return _holds(text[len(PREFIX) :])


def is_query_code(text: str) -> bool:
    return len(text) == CODE_BODY + 1 and _holds(text)


def spoken(code: str) -> str:
    """A query code in groups of five, for reading out: ABCDE-FGHJK-MNPQR."""
    return "-".join(code[i : i + 5] for i in range(0, len(code), 5))


def spelled(number: str) -> str:
    """A number in small groups, for reading out: XS 4F7K 2M9 PQR."""
    body = number.removeprefix(PREFIX)
    return f"{PREFIX} {body[:4]} {body[4:7]} {body[7:]}"


def _holds(signs: str) -> bool:
    if any(sign not in ALPHABET for sign in signs):
        return False
    return check_sign(signs[:-1]) == signs[-1]
