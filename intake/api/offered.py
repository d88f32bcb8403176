"""Copies of evidence for other authorities, by signed address: the address alone opens one copy, for some days."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from intake.api.deps import HouseDep, address
from intake.api.pace import Pace
from intake.services.fetch_offered import fetch_offered

router = APIRouter(prefix="/api/v1/external", tags=["other authorities"])
PACE = Pace(per_minute=60)


@router.get("/{source}/attachments/{attachment_id}", response_class=StreamingResponse)
async def offered(
    source: str,
    attachment_id: str,
    request: Request,
    house: HouseDep,
    expires: str = "",
    signature: str = "",
) -> StreamingResponse:
    """The stripped copy. 404 for a wrong, expired or withdrawn address."""
    await PACE.take(address(request))
    content = await fetch_offered(source, attachment_id, expires=expires, signature=signature, house=house)
    headers = {
        "Content-Disposition": f'attachment; filename="{content.name}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
    }
    return StreamingResponse(content.stream, media_type=content.media_type, headers=headers)
