"""Cues: kinds of words (data/cues.csv) and which kinds meet in one sentence.

A few thousand own rows cannot show every word; what is known beforehand is that an
agency, a report and "nobody came" in one sentence make a complaint about conduct.
`prior` adds up that knowledge (data/gate_weights.csv); the learnt weights come on top.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from itertools import combinations

from intake.classify.lookup import Words
from intake.domain import agencies
from intake.domain.tables import rows

_SENTENCE = re.compile(r"[。！？!?；;\n]+|\s{2,}")
LONGEST = 120
HEADLINE = 45
MOST = 2
# Domains whose agencies mostly serve or decide on application: being named says less.
_SOFT = frozenset({"AD13", "AD16", "AD20", "AD21", "AD22", "AD25", "AD26", "AD29", "AD30"})
_SOFT_NAMES = frozenset(
    {"社保", "社保局", "人社", "人社局", "车管所", "出入境", "户政", "不动产登记中心", "疾控", "疾控中心"}
)


@cache
def _reader() -> tuple[Words, dict[str, tuple[str, ...]]]:
    kinds: dict[str, set[str]] = {}
    for row in rows("cues"):
        for word in row["words"].split():
            kinds.setdefault(word, set()).add(row["kind"])
    for alias, domain in agencies.aliases().items():
        is_soft = domain in _SOFT or alias in _SOFT_NAMES
        kinds.setdefault(alias, set()).add("soft" if is_soft else "named")
    return Words(kinds), {word: tuple(sorted(ks)) for word, ks in kinds.items()}


def _sentences(text: str) -> list[str]:
    found: list[str] = []
    for sentence in _SENTENCE.split(text):
        found += [sentence[i : i + LONGEST] for i in range(0, len(sentence), LONGEST)]
    return found


def cues(text: str) -> Counter[str]:
    """Counted by sentences: kinds, pairs of kinds within one (`a+b`); of the headline `^a`; of the text `a&b`."""
    words, kinds = _reader()
    found: Counter[str] = Counter()
    everywhere: set[str] = set()
    for sentence in _sentences(text):
        present = sorted({kind for match in words.found(sentence) for kind in kinds[match]})
        everywhere.update(present)
        found.update(f"c:{kind}" for kind in present)
        found.update(f"c:{a}+{b}" for a, b in combinations(present, 2))
    head = {kind for match in words.found(text[:HEADLINE]) for kind in kinds[match]}
    found.update(f"c:^{kind}" for kind in head)
    found.update(f"c:{a}&{b}" for a, b in combinations(sorted(everywhere), 2))
    return found


@cache
def _weights() -> tuple[tuple[str, float], ...]:
    return tuple((f"c:{_sorted(row['feature'])}", float(row["weight"])) for row in rows("gate_weights"))


def _sorted(feature: str) -> str:
    for sign in "+&":
        if sign in feature:
            return sign.join(sorted(feature.split(sign)))
    return feature


def prior(found: Counter[str]) -> float:
    """How much the cues of a text speak for a complaint about enforcement conduct, before any learning."""
    return sum(weight * min(MOST, found[name]) for name, weight in _weights() if name in found)
