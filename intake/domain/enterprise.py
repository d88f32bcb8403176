"""统一社会信用代码 (unified social credit code): GB 32100-2015, 18 signs, check sign modulo 31."""

from __future__ import annotations

import re
import unicodedata

SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def normalise_uscc(text: str) -> str:
    """What a person typed, without spaces and hyphens, in upper case and half width."""
    return re.sub(r"[\s\-－—]", "", unicodedata.normalize("NFKC", text)).upper()


def is_valid_uscc(code: str) -> bool:
    """Whether `code` (normalised) has 18 allowed signs and the right check sign.

    >>> is_valid_uscc("91320105780688132K")
    True
    """
    if len(code) != 18 or any(sign not in SIGNS for sign in code):
        return False
    total = sum(SIGNS.index(sign) * weight for sign, weight in zip(code, WEIGHTS, strict=False))
    return SIGNS[(31 - total % 31) % 31] == code[17]
