"""The words a text is found by, and the words a question asks for.

A text gives every word of the dictionary that stands anywhere in it, however it
would be cut, and every single sign; a question is cut once, without guessing at
new words. So whatever stands in a text in one piece is found, 税务 inside
国家税务总局 as well, on any database: no parser of a database sees the text.

>>> words_asked("税务局 罚款")
('税务局', '罚款')
"""

from __future__ import annotations

import re
import unicodedata

from intake.classify.segmenter import segmenter

# To be raised when the cutting or the dictionary changes: what was indexed before is indexed again.
CUT = 1
LONGEST = 64
# Letters and digits of the Latin alphabet make words by themselves; other scripts are cut.
_RUN = re.compile(r"[0-9a-z]+|[^\W_0-9a-z]+")
_LATIN = re.compile(r"[0-9a-z]")


def _runs(text: str) -> list[str]:
    return _RUN.findall(unicodedata.normalize("NFKC", text).casefold())


def words_of(text: str) -> frozenset[str]:
    """What `text` is found by: lower case, full width made half, punctuation left out."""
    found: set[str] = set()
    for run in _runs(text):
        if _LATIN.match(run):
            found.add(run[:LONGEST])
        else:
            found.update(word for word in segmenter().cut_all(run) if len(word) <= LONGEST)
            found.update(run)
    return frozenset(found)


def words_asked(question: str) -> tuple[str, ...]:
    """What must all be there; empty when nothing in the question can be looked for."""
    found: set[str] = set()
    for run in _runs(question):
        found.update([run[:LONGEST]] if _LATIN.match(run) else segmenter().cut(run, False))
    return tuple(sorted(found))
