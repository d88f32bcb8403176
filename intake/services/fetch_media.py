"""Fetch a file from the WeChat platform into quarantine, as a stream."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp

from connectors.errors import Unreachable
from connectors.wechat.connector import SYSTEM
from connectors.wechat.messages import Incoming
from intake.services.house import House
from intake.services.receive_evidence import receive_evidence
from intake.services.wechat_desk import KeptToken, WechatDesk

NAMES = {"image": "微信图片", "voice": "微信语音", "video": "微信视频", "shortvideo": "微信视频"}
_CHUNK = 65_536


async def fetch_media(message: Incoming, *, session: str | None, desk: WechatDesk, house: House) -> str:
    """The id of the received file.

    raises: ConnectorError; UnsupportedMedia, FileTooLarge, TooManyFiles, Malformed, StoreUnavailable
    """
    answer, name = await desk.api.open_media(message.media_id, tokens=KeptToken(desk, house))
    try:
        name = NAMES.get(message.kind) or message.file_name or name
        received = await receive_evidence(name, _parts(answer), session=session, house=house)
    finally:
        answer.close()
    return received.id


async def _parts(answer: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    try:
        async for part in answer.content.iter_chunked(_CHUNK):
            yield part
    except (aiohttp.ClientError, TimeoutError) as failed:
        raise Unreachable("文件没有收完", system=SYSTEM) from failed
