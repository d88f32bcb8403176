"""A pace for each client: slower, not lost. Beyond a minute's wait: 429."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict

from intake.domain.errors import TooMany

KEPT = 10_000
LONGEST_WAIT_S = 20.0


class Pace:
    """A token bucket by key: bursts of `per_minute` pass at once, then each waits its turn.

    raises: TooMany when the wait would be longer than 20 s
    """

    def __init__(self, per_minute: int) -> None:
        self.per_minute = per_minute
        self._next: OrderedDict[str, float] = OrderedDict()

    async def take(self, key: str) -> None:
        now = time.monotonic()
        step = 60 / self.per_minute
        free_at = max(self._next.pop(key, 0.0), now - 60)
        self._next[key] = free_at + step
        while len(self._next) > KEPT:
            self._next.popitem(last=False)
        wait = free_at + step - now
        if wait > LONGEST_WAIT_S:
            self._next[key] = free_at
            raise TooMany(int(wait) + 1)
        if wait > 0:
            await asyncio.sleep(wait)
