"""What is new in the inbox, as it comes (server-sent events): how many, as far as the viewer may see them."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import time
from collections import Counter
from collections.abc import AsyncIterator

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from intake.domain.errors import DutyFirst, NotSignedIn, TooMany
from intake.pages.console.person import COOKIE, HouseDep, PersonDep
from intake.services.house import House
from intake.services.new_leads import News, latest_event, new_leads
from intake.services.sign_in import who

router = APIRouter(prefix="/console")
EVERY_S = 5.0
# A session that ended is noticed after this long, and always before anything is told.
WHO_S = 30.0
MOST_STREAMS = 400
MOST_OF_ONE = 6  # a browser opens six connections to one address at most
_open: Counter[str] = Counter()


class _Pulse:
    """When anything happened last, asked once for all streams of this process."""

    def __init__(self) -> None:
        self._asked = float("-inf")
        self._latest: dt.datetime | None = None
        self._lock = asyncio.Lock()

    async def latest(self, house: House) -> dt.datetime | None:
        async with self._lock:
            if time.monotonic() - self._asked >= EVERY_S:
                self._latest = await latest_event(house=house)
                self._asked = time.monotonic()
            return self._latest


_pulse = _Pulse()


@router.get("/events")
async def events(request: Request, person: PersonDep, house: HouseDep) -> StreamingResponse:
    """A line when there is something new, a comment every few seconds so that a broken line is noticed."""
    account, since = person.viewer.account, house.clock()
    if _open[account] >= MOST_OF_ONE or _open.total() >= MOST_STREAMS:
        raise TooMany(60)
    token = request.cookies[COOKIE]

    async def lines() -> AsyncIterator[str]:
        _open[account] += 1
        told, checked = News(0, 0), since
        known_at, is_new = time.monotonic(), False
        try:
            yield "retry: 10000\n\n"
            while not await request.is_disconnected():
                latest = await _pulse.latest(house)
                # Once more after each news: an event may be written down later than a younger one.
                was_new, is_new = is_new, latest is not None and latest > checked
                look = is_new or was_new
                if look or time.monotonic() - known_at > WHO_S:
                    # Asked again: a session that ended, or a role that changed, ends the stream.
                    viewer, known_at = (await who(token, house=house)).viewer, time.monotonic()
                news = await new_leads(viewer, since, house=house) if look else told
                checked = max(checked, latest or checked)
                yield _line(news) if news != told else ": still here\n\n"
                told = news
                await asyncio.sleep(EVERY_S)
        except (NotSignedIn, DutyFirst):
            return
        finally:
            _open[account] -= 1

    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(lines(), media_type="text/event-stream", headers=headers)


def _line(news: News) -> str:
    return f"event: news\ndata: {json.dumps({'new': news.received, 'changed': news.changed})}\n\n"
