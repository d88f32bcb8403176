"""One file of evidence from a citizen, before it is filed."""

from __future__ import annotations

from collections.abc import AsyncIterator

from fastapi import APIRouter, Request
from pydantic import BaseModel

from intake.api.deps import HouseDep, address
from intake.api.multipart import read_parts
from intake.api.pace import Pace
from intake.api.upload_quota import UPLOADS
from intake.domain.errors import FieldProblem, Malformed
from intake.services.attach_evidence import day_bytes
from intake.services.receive_evidence import Received, receive_evidence

router = APIRouter(prefix="/api/v1/attachments", tags=["citizens"])
PACE = Pace(per_minute=30)
BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "session": {"type": "string", "description": "of the conversation; before the file"},
                        "file": {"type": "string", "format": "binary"},
                    },
                }
            }
        },
    }
}


class AttachmentOut(BaseModel):
    id: str
    sha256: str
    media_type: str
    bytes: int
    state: str
    name: str


@router.post("", status_code=201, openapi_extra=BODY)
async def upload(house: HouseDep, request: Request) -> AttachmentOut:
    """Receive one file. Its id is the only way to file it, once, within 24 hours; keep it secret."""
    await PACE.take(address(request))
    received: list[Received] = []

    async def take(_field: str, name: str, plain: AsyncIterator[bytes]) -> None:
        if received:
            raise Malformed(FieldProblem("file", "one_file", "一次请上传一个文件。"))
        counted = UPLOADS.counted(address(request), plain, most=day_bytes(house), clock=house.clock)
        session = request.scope["xiansuo.fields"].get("session") or None
        received.append(await receive_evidence(name, counted, session=session, house=house))

    await read_parts(request, take)
    if not received:
        raise Malformed(FieldProblem("file", "file_missing", "没有收到文件，请选择文件后再上传。"))
    one = received[0]
    return AttachmentOut(
        id=one.id,
        sha256=one.sha256,
        media_type=one.media_type,
        bytes=one.size,
        state=one.state,
        name=one.name,
    )
