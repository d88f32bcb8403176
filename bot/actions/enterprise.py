"""统一社会信用代码: the check sign of GB 32100-2015, so that a typing error is found at once."""

from __future__ import annotations

import re
import unicodedata
from typing import Optional, Text

SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
SHAPE = re.compile(r"[0-9A-Z]{15,20}")


def find(text: Text) -> Optional[Text]:
    """The run of signs in `text` that looks meant as a code, right or wrong."""
    tidy = re.sub(r"[\s\-－—]", "", unicodedata.normalize("NFKC", text)).upper()
    found = SHAPE.search(tidy)
    return found.group() if found else None


def is_valid(code: Text) -> bool:
    if len(code) != 18 or any(sign not in SIGNS for sign in code):
        return False
    total = sum(SIGNS.index(sign) * weight for sign, weight in zip(code, WEIGHTS))
    return SIGNS[(31 - total % 31) % 31] == code[17]
