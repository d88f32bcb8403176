"""What came of asking another system for what is new."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field

# A page of a hundred cases is filed in less; renewed with each page.
LEASE = dt.timedelta(minutes=5)


@dataclass
class Pulled:
    """counts: how many of each kind (created, updated, duplicate_same, refused; bodies, duties); problems: Chinese."""

    counts: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        return sum(self.counts.values())

    @property
    def is_news(self) -> bool:
        """Whether it says anything that is worth keeping over what was said before."""
        return bool(self.count or self.problems)
