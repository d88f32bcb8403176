"""Words and characters of a short message, as the intent classifier counts them."""

from __future__ import annotations

import re
import unicodedata
from typing import List

import rjieba

_SPACE = re.compile(r"\s+")
_TOKEN = re.compile(r"⟨(手机号|身份证|查询码)\d+⟩")
_NUMBER = re.compile(r"xs[0-9a-z]{11}", re.IGNORECASE)


def normalise(text: str) -> str:
    """Full width to half, lower case; secrets and receipt numbers become one sign each."""
    text = _TOKEN.sub(" 〇\\1 ", text)
    text = unicodedata.normalize("NFKC", text).lower()
    return _SPACE.sub(" ", _NUMBER.sub(" 受理编号 ", text)).strip()


def features(text: str) -> List[str]:
    """Characters 1–3 and words 1–2 of a normalised text."""
    padded = f"^{text}$"
    found = [padded[i : i + n] for n in (1, 2, 3) for i in range(len(padded) - n + 1)]
    words = [w for w in rjieba.cut(text) if w.strip()]
    found += [f"w:{w}" for w in words]
    return found + [f"w:{a} {b}" for a, b in zip(words, words[1:])]
