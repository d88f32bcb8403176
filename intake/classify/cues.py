"""Cues: kinds of words (data/cues.csv) and which kinds meet in one sentence.

A few hundred own rows cannot show every word; what they can show is that an
agency, a report and an "unheard" in one sentence make a complaint about conduct.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from itertools import combinations

from intake.domain import agencies
from intake.domain.tables import rows

_SENTENCE = re.compile(r"[。！？!?；;\n]+|\s{2,}")
_CLAUSE = re.compile(r"[，,、：:\s]+")
LONGEST = 120


@cache
def _reader() -> tuple[re.Pattern[str], dict[str, tuple[str, ...]]]:
    kinds: dict[str, set[str]] = {}
    for row in rows("cues"):
        for word in row["words"].split():
            kinds.setdefault(word, set()).add(row["kind"])
    for alias, domain in agencies.aliases().items():
        kinds.setdefault(alias, set()).update({"agency", "named"})
        kinds[alias].add(f"d{domain[2:]}")
    longest_first = sorted(kinds, key=lambda w: (-len(w), w))
    found = {word: tuple(sorted(ks)) for word, ks in kinds.items()}
    return re.compile("|".join(map(re.escape, longest_first))), found


def _sentences(text: str) -> list[str]:
    found: list[str] = []
    for sentence in _SENTENCE.split(text):
        if len(sentence) <= LONGEST:
            found.append(sentence)
        else:
            found += [sentence[i : i + LONGEST] for i in range(0, len(sentence), LONGEST)]
    return found


def cues(text: str) -> Counter[str]:
    """Kinds, pairs and triples of kinds within a sentence, and their order; counted by sentences."""
    pattern, kinds = _reader()
    found: Counter[str] = Counter()
    for sentence in _sentences(text):
        if not sentence:
            continue
        seen: dict[str, int] = {}
        for match in pattern.finditer(sentence):
            for kind in kinds[match.group()]:
                seen.setdefault(kind, match.start())
        present = sorted(seen)
        found.update(f"c:{kind}" for kind in present)
        found.update(f"c:{a}+{b}" for a, b in combinations(present, 2))
        found.update(f"c:{a}>{b}" for a in present for b in present if a != b and 0 < seen[b] - seen[a] <= 25)
    return found
