"""How many bytes one address may send in a day: room for any honest case, not for filling a disk."""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable

from intake.domain.errors import TooMany
from intake.domain.sla import LOCAL

KEPT = 10_000
WORDS = "今天从您这里上传的文件已经很多，请明天再传，或拨打 12345 说明情况。先提交文字，文件可以之后补充。"


class UploadQuota:
    """Counts in this process; addresses are kept for the day only, and never logged."""

    def __init__(self) -> None:
        self._day: dt.date | None = None
        self._sent: OrderedDict[str, int] = OrderedDict()

    async def counted(
        self, address: str, plain: AsyncIterator[bytes], *, most: int, clock: Callable[[], dt.datetime]
    ) -> AsyncIterator[bytes]:
        """The stream as it is, until the day's bytes are used up.

        most: bytes a day
        raises: TooMany
        """
        async for part in plain:
            now = clock().astimezone(LOCAL)
            if self._add(address, len(part), now.date()) > most:
                midnight = dt.datetime.combine(now.date() + dt.timedelta(days=1), dt.time(), LOCAL)
                raise TooMany(int((midnight - now).total_seconds()) + 1, WORDS)
            yield part

    def _add(self, address: str, size: int, day: dt.date) -> int:
        if day != self._day:
            self._day = day
            self._sent.clear()
        self._sent[address] = self._sent.pop(address, 0) + size
        while len(self._sent) > KEPT:
            self._sent.popitem(last=False)
        return self._sent[address]


UPLOADS = UploadQuota()
