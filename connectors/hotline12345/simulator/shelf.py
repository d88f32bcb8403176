"""Files of the local hotline, each at an address that is signed and ends: whoever has the address may fetch it."""

import datetime as dt
import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from aiohttp import web

from connectors.hotline12345.simulator.faults import Faults, suffer

GOOD_FOR = dt.timedelta(days=7)


@dataclass(slots=True)
class Shelf:
    """In memory: the files of a development hotline need not outlive it."""

    clock: Callable[[], dt.datetime]
    faults: Faults
    key: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)

    def offer(self, base: str, name: str, media_type: str, content: bytes) -> dict[str, Any]:
        """What stands in a work order about it (附件); base: address of this hotline."""
        file_id = secrets.token_hex(8)
        self.files[file_id] = (media_type, content)
        until = str(int((self.clock() + GOOD_FOR).timestamp()))
        query = urlencode({"expires": until, "signature": self._sign(file_id, until)})
        return {
            "name": name,
            "media_type": media_type,
            "sha256": hashlib.sha256(content).hexdigest(),
            "bytes": len(content),
            "url": f"{base.rstrip('/')}/files/{quote(file_id)}?{query}",
        }

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """A file by its address, with the faults of the day; 404 for a wrong or ended address."""
        delay_s = self.faults.delay_s
        return await suffer(self.faults.next(), delay_s, request, self._give)

    async def _give(self, request: web.Request) -> web.StreamResponse:
        file_id, until = request.match_info["id"], request.query.get("expires", "")
        is_right = hmac.compare_digest(
            self._sign(file_id, until).encode(), request.query.get("signature", "").encode()
        )
        if not is_right or int(until) < self.clock().timestamp() or file_id not in self.files:
            raise web.HTTPNotFound(text="没有这个附件，或地址已过期")
        media_type, content = self.files[file_id]
        return web.Response(body=content, content_type=media_type)

    def _sign(self, file_id: str, until: str) -> str:
        return hmac.new(
            self.key, f"{file_id}\n{until}".encode("utf-8", "replace"), hashlib.sha256
        ).hexdigest()
