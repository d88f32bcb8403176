"""What is new in the inbox, as it comes (server-sent events): how many, as far as the viewer may see them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from intake.domain.errors import DutyFirst, NotSignedIn, TooMany
from intake.pages.console.person import COOKIE, HouseDep, PersonDep
from intake.services.new_leads import new_leads
from intake.services.sign_in import who

router = APIRouter(prefix="/console")
EVERY_S = 5.0
MOST_STREAMS = 200
_open = 0


@router.get("/events")
async def events(request: Request, person: PersonDep, house: HouseDep) -> StreamingResponse:
    """A line when there is something new, a comment every few seconds so that a broken line is noticed."""
    if _open >= MOST_STREAMS:
        raise TooMany(60)
    since, token = house.clock(), request.cookies[COOKIE]

    async def lines() -> AsyncIterator[str]:
        global _open
        _open += 1
        told = 0
        try:
            yield "retry: 10000\n\n"
            while not await request.is_disconnected():
                # Asked again each time: a session that ended, or a role that changed, ends the stream.
                viewer = (await who(token, house=house)).viewer
                count = await new_leads(viewer, since, house=house)
                if count > told:
                    told = count
                    yield f"event: news\ndata: {json.dumps({'new': count})}\n\n"
                else:
                    yield ": still here\n\n"
                await asyncio.sleep(EVERY_S)
        except (NotSignedIn, DutyFirst):
            return
        finally:
            _open -= 1

    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(lines(), media_type="text/event-stream", headers=headers)
