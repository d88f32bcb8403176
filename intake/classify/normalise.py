"""The text as the machine reads it, with the way back to the raw one.

NUL, zero-width signs and `_x000D_` go; full width becomes half; traditional
becomes simplified sign by sign, so that every position keeps its raw offset.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

import opencc

_GONE = frozenset("\x00\u200b\u200c\u200d\u2060\ufeff\u00ad")
_MARK = "_x000D_"
KNOWN_SIGNS = 20_000


@dataclass(frozen=True, slots=True)
class Clean:
    """offsets[i] is where clean sign i stands in the raw text; one more for the end. None: nothing moved."""

    text: str
    offsets: tuple[int, ...] | None

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """A span of the clean text as a span of the raw one."""
        if self.offsets is None:
            return start, end
        return self.offsets[start], self.offsets[end - 1] + 1 if end > start else self.offsets[start]


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


@lru_cache(maxsize=KNOWN_SIGNS)
def _sign(sign: str) -> str:
    """One clean sign for a raw one, "" when it goes."""
    if sign in _GONE or (unicodedata.category(sign) in ("Cs", "Cc") and sign not in "\n\t"):
        return ""
    if sign in "\n\t\r\u3000\xa0":
        return " "
    # Only letters and digits fold: a Chinese comma is not an English one.
    folded = unicodedata.normalize("NFKC", sign)
    if len(folded) != 1 or not folded.isalnum():
        folded = sign
    if "\u4e00" <= folded <= "\u9fff":
        simple = _converter().convert(folded)
        return simple if len(simple) == 1 else folded
    return folded.lower() if "A" <= folded <= "Z" else folded


# Signs met that stay as they are: a text of nothing else is clean already.
_PLAIN: set[str] = set()


class _Table(dict[int, str]):
    """What str.translate asks for a sign it has not met."""

    def __missing__(self, code: int) -> str:
        found = _sign(chr(code))
        if len(self) < KNOWN_SIGNS:
            self[code] = found
            if found == chr(code):
                _PLAIN.add(found)
        return found


_TABLE = _Table()


def normalise(text: str) -> Clean:
    """The clean text; letters stay as they are for codes, see `features` for lower case."""
    if _MARK not in text:
        if _PLAIN.issuperset(text):
            return Clean(text, None)
        clean = text.translate(_TABLE)
        if len(clean) == len(text):
            return Clean(clean, None)
    signs: list[str] = []
    offsets: list[int] = []
    skip_until = 0
    has_mark = _MARK in text
    for position, sign in enumerate(text):
        if position < skip_until:
            continue
        if has_mark and sign == "_" and text.startswith(_MARK, position):
            skip_until = position + len(_MARK)
            continue
        one = _sign(sign)
        if one:
            signs.append(one)
            offsets.append(position)
    return Clean("".join(signs), (*offsets, len(text)))
