"""The web chat: POST a message, get the answer; later messages by server-sent events."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from intake.api.deps import HouseDep, address
from intake.api.pace import Pace
from intake.api.schemas import AnswerOut, MessageIn
from intake.services.converse import converse
from intake.services.later_messages import later_messages

router = APIRouter(prefix="/api/v1/chat", tags=["citizens"])
PACE = Pace(per_minute=120)  # beyond it a person is answered more slowly, never refused at once
POLL_S = 3.0
LONGEST_S = 600.0


@router.post("/messages")
async def message(body: MessageIn, house: HouseDep, request: Request) -> AnswerOut:
    """One message of a citizen; the same (session, message_id) gives the same answer."""
    await PACE.take(body.session or address(request))
    answer = await converse(
        session=body.session,
        message_id=body.message_id,
        text=body.text,
        payload=body.payload,
        attachment_ids=body.attachment_ids or (),
        channel="web",
        house=house,
    )
    return AnswerOut.model_validate(
        {
            "session": answer.session,
            "messages": answer.messages,
            "filed": answer.filed,
            "handed_over": answer.handed_over,
        }
    )


@router.get("/events")
async def events(session: str, house: HouseDep, request: Request) -> StreamingResponse:
    """Server-sent events: what happened to the complaints filed in this conversation."""
    first = await later_messages(session, None, house=house)

    async def stream() -> AsyncIterator[str]:
        yield "retry: 5000\n\n"
        seen = first.cursor
        for _ in range(int(LONGEST_S / POLL_S)):
            if await request.is_disconnected():
                return
            found = await later_messages(session, seen, house=house)
            seen = found.cursor
            for item in found.messages:
                yield f"data: {json.dumps(item, ensure_ascii=False)}\n\n"
            yield ": still here\n\n"
            await asyncio.sleep(POLL_S)

    return StreamingResponse(stream(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})
