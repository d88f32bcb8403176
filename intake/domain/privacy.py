"""Personal data in a text: found by certain signs only, masked for everybody else's eyes.

>>> mask("电话13800138000,身份证110101000000001234。")
'电话138****8000,身份证110101********1234。'
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Secret:
    """kind: phone | id | card | plate | mail | wechat; offsets into the text; value as written, digits only for numbers."""

    kind: str
    start: int
    end: int
    value: str


_D = r"[0-9０-９]"
# What may not stand before is asked after the first sign: a pattern that begins with a plain class is searched several
# times as fast as one that begins by looking back.
_PATTERNS = (
    ("mail", re.compile(r"[A-Za-z0-9._%+-]{2,64}@[A-Za-z0-9.-]+\.[A-Za-z]{2,8}")),
    (
        "id",
        re.compile(
            rf"[1-9１-９](?<![0-9A-Za-z０-９].){_D}{{5}} ?{_D}{{8}} ?{_D}{{3}}[0-9Xx０-９](?![0-9A-Za-z０-９])"
        ),
    ),
    (
        "phone",
        re.compile(
            rf"[+81１](?<![0-9０-９].)(?:(?<=[1１])|(?<=8)6[- ]?[1１]|(?<=\+)86[- ]?[1１])"
            rf"[3-9３-９]{_D}[- ]{{0,2}}{_D}{{4}}[- ]{{0,2}}{_D}{{4}}(?![0-9０-９])"
        ),
    ),
    (
        "phone",
        re.compile(
            r"[幺一](?<![零〇幺一二三四五六七八九].)[三四五六七八九][零〇幺一二三四五六七八九][ ，,]?[零〇幺一二三四五六七八九]{4}[ ，,]?[零〇幺一二三四五六七八九]{4}(?![零〇幺一二三四五六七八九])"
        ),
    ),
    ("phone", re.compile(r"[0０](?<!\d.)\d{2,3}[- —－]?[2-8２-８]\d{6,7}(?!\d)")),
    ("phone", re.compile(r"400(?<!\d400)[- ]?\d{3}[- ]?\d{4}(?!\d)")),
    ("card", re.compile(r"\d(?<!\d\d)\d{3} ?\d{4} ?\d{4} ?\d{4}(?: ?\d{1,3})?(?!\d)")),
    (
        "plate",
        re.compile(
            r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][·•. -]?(?:[A-HJ-NP-Z0-9]{5,6}(?![A-Za-z0-9])|[A-HJ-NP-Z0-9]{4}挂)"
        ),
    ),
)
# Without a digit, a mail sign or letters there is nothing to look for.
_LONG_NUMBER = re.compile(r"\d[\d \-—]{5}")
_HINT = re.compile(r"[0-9０-９@A-Za-z]|[幺一][三四五六七八九][零〇幺一二三四五六七八九]{2}")
_WECHAT = re.compile(
    r"(?:微信号?|薇信|V[Xx]|v[Xx]|Wechat|wechat)\s*(?:号|是|为)?\s*[:：]?\s*([A-Za-z][A-Za-z0-9_-]{5,19})"
)
_FULL_WIDTH = str.maketrans("０１２３４５６７８９零〇幺一二三四五六七八九", "0123456789001123456789")


def _likely(text: str) -> Iterator[tuple[str, re.Pattern[str]]]:
    """The patterns that can match at all."""
    has_numbers = bool(_LONG_NUMBER.search(text))
    for kind, pattern in _PATTERNS:
        if ("@" in text) if kind == "mail" else (has_numbers or kind not in ("id", "card")):
            yield kind, pattern


def find_secrets(text: str) -> tuple[Secret, ...]:
    """Phones, id numbers, bank cards (Luhn), plates, mail addresses and WeChat names, in order, not overlapping."""
    if not _HINT.search(text):
        return ()
    found: list[Secret] = []
    for kind, pattern in _likely(text):
        for match in pattern.finditer(text):
            if any(s.start < match.end() and match.start() < s.end for s in found):
                continue
            value = re.sub(r"[ \-—－，]", "", match.group().translate(_FULL_WIDTH))
            if kind != "card" or _luhn(value):
                found.append(Secret(kind, match.start(), match.end(), value))
    for match in _WECHAT.finditer(text):
        if not any(s.start < match.end(1) and match.start(1) < s.end for s in found):
            found.append(Secret("wechat", match.start(1), match.end(1), match.group(1)))
    return tuple(sorted(found, key=lambda s: s.start))


def mask(text: str) -> str:
    """The text with the middle of each secret starred."""
    parts, last = [], 0
    for secret in find_secrets(text):
        parts += [text[last : secret.start], _starred(secret, text[secret.start : secret.end])]
        last = secret.end
    return "".join([*parts, text[last:]])


def _starred(secret: Secret, written: str) -> str:
    if secret.kind == "mail":
        return written[0] + "***" + written[written.index("@") :]
    if secret.kind == "wechat":
        return written[0] + "***" + written[-1]
    if secret.kind == "plate":
        return written[:2] + "***" + written[-2:]
    if secret.kind == "id":
        return secret.value[:6] + "********" + secret.value[-4:]
    if secret.kind == "card":
        return secret.value[:4] + "********" + secret.value[-4:]
    return secret.value[:3] + "****" + secret.value[-4:]


def _luhn(digits: str) -> bool:
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if position % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0 and len(set(digits)) > 1
