"""Scan a stream with clamd; everything but a plain OK or FOUND is an error, so that callers fail closed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from connectors.errors import Garbled, Refused, Unreachable

SYSTEM = "clamd"
LONGEST_S = 300.0


class Clamd:
    """address: tcp://host:port or unix:///path

    raises: ValueError for another address
    """

    def __init__(self, address: str, *, timeout_s: float = LONGEST_S) -> None:
        kind, _, rest = address.partition("://")
        host, _, port = rest.rpartition(":")
        if not (kind == "unix" and rest.startswith("/")) and not (kind == "tcp" and host and port.isdigit()):
            raise ValueError("XIANSUO_CLAMD must be tcp://host:port or unix:///path")
        self._path = rest if kind == "unix" else None
        self._host, self._port = host, int(port) if kind == "tcp" else 0
        self._timeout_s = timeout_s

    async def scan(self, plain: AsyncIterator[bytes]) -> str | None:
        """The name of what was found, or None.

        raises: Unreachable; Refused for a file longer than the daemon takes; Garbled
        """
        try:
            async with asyncio.timeout(self._timeout_s):
                return _verdict(await self._talk(plain))
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            if isinstance(error, FileNotFoundError) and self._path is None:
                raise
            raise Unreachable("the scanner does not answer", system=SYSTEM) from error

    async def _talk(self, plain: AsyncIterator[bytes]) -> bytes:
        if self._path is not None:
            reader, writer = await asyncio.open_unix_connection(self._path)
        else:
            reader, writer = await asyncio.open_connection(self._host, self._port)
        try:
            writer.write(b"zINSTREAM\0")
            async for part in plain:
                if part:
                    writer.write(len(part).to_bytes(4, "big") + part)
                    await writer.drain()
            writer.write(bytes(4))
            await writer.drain()
            return await reader.readuntil(b"\0")
        finally:
            writer.close()


def _verdict(answer: bytes) -> str | None:
    words = answer.rstrip(b"\0\n").decode("utf-8", "replace").removeprefix("stream: ")
    if words == "OK":
        return None
    if words.endswith(" FOUND"):
        return words.removesuffix(" FOUND")[:100]
    if "size limit exceeded" in words:
        raise Refused("the file is longer than the scanner takes", system=SYSTEM)
    raise Garbled("the scanner said something else", system=SYSTEM)
