"""Fetch a file that the hotline offers by a signed address: from the hotline's own host only, whole, within limits.

The address comes from outside, so it could name anything that this machine reaches: what is not below the
configured base address is refused before anything is opened, and a redirect is not followed.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from yarl import URL

from connectors.errors import Garbled, Refused, Unreachable
from connectors.http import LATER

SYSTEM = "hotline12345"
TOTAL_S, CONNECT_S, READ_S = 120.0, 5.0, 30.0
MOST_ADDRESS = 2048
_CHUNK = 65_536


class FileFetcher:
    """base_url: scheme, host and port that files may come from; session: shared, stays open."""

    def __init__(self, base_url: str, session: aiohttp.ClientSession, *, total_s: float = TOTAL_S) -> None:
        self._base = URL(base_url)
        self._session = session
        self._limits = aiohttp.ClientTimeout(total=total_s, sock_connect=CONNECT_S, sock_read=READ_S)

    @asynccontextmanager
    async def open(self, address: str, *, most_bytes: int) -> AsyncIterator[AsyncIterator[bytes]]:
        """The bytes of a file, a piece at a time; never more than `most_bytes`.

        raises: Refused (not their host, gone, no right, too large); Unreachable, Garbled: try again
        """
        url = self._checked(address)
        try:
            async with self._session.get(url, timeout=self._limits, allow_redirects=False) as answer:
                _check(answer, most_bytes)
                yield _parts(answer, most_bytes)
        except (aiohttp.ClientError, TimeoutError, OSError) as failed:
            raise Unreachable("12345 热线没有送来附件，稍后再取", system=SYSTEM) from failed

    def _checked(self, address: str) -> URL:
        try:
            url = URL(address) if len(address) <= MOST_ADDRESS else URL()
            is_theirs = url.origin() == self._base.origin() and url.user is None and url.password is None
        except ValueError:
            is_theirs = False
        if not is_theirs:
            raise Refused("附件地址不在 12345 热线的主机上，没有去取", system=SYSTEM)
        return url


def _check(answer: aiohttp.ClientResponse, most_bytes: int) -> None:
    if answer.status >= 500 or answer.status in LATER:
        raise Unreachable(
            f"12345 热线暂时不能送附件（HTTP {answer.status}）", system=SYSTEM, status=answer.status
        )
    if 300 <= answer.status < 400:
        raise Refused("附件地址转到了别处，没有跟去", system=SYSTEM, status=answer.status)
    if answer.status != 200:
        words = f"12345 热线不给这个附件（HTTP {answer.status}），地址可能已过期"
        raise Refused(words, system=SYSTEM, status=answer.status)
    kind = answer.content_type
    if kind in ("text/html", "application/json"):
        # A login page or an error inside HTTP 200: neither is a kind of file that is accepted.
        raise Garbled("12345 热线送来的是网页或错误信息，不是附件", system=SYSTEM, status=200)
    if answer.content_length is not None and answer.content_length > most_bytes:
        raise _too_large(most_bytes)


async def _parts(answer: aiohttp.ClientResponse, most_bytes: int) -> AsyncIterator[bytes]:
    got = 0
    async for part in answer.content.iter_chunked(_CHUNK):
        got += len(part)
        if got > most_bytes:
            raise _too_large(most_bytes)
        yield part


def _too_large(most_bytes: int) -> Refused:
    return Refused(f"附件超过 {most_bytes // 1_048_576} MB，没有收", system=SYSTEM)
