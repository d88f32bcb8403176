"""multipart/form-data as it comes in: fields kept, files handed on part by part, never gathered.

Starlette's own parser spools whole files first; here a file of 200 MB passes
through a buffer of one network read.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import python_multipart
from fastapi import Request
from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import parse_options_header
from starlette.requests import ClientDisconnect

from intake.domain.errors import FieldProblem, Malformed

MOST_FIELD_BYTES = 512 * 1024
MOST_PARTS = 80
Take = Callable[[str, str, AsyncIterator[bytes]], Awaitable[None]]


@dataclass
class _Part:
    name: str = ""
    filename: str | None = None
    header: bytes = b""
    value: bytes = b""
    disposition: bytes = b""


@dataclass
class _Parsed:
    """What the parser has seen since it was last asked: (what, part, bytes)."""

    seen: deque[tuple[str, _Part, bytes]] = field(default_factory=deque)
    part: _Part = field(default_factory=_Part)
    parts: int = 0

    def begin(self) -> None:
        self.part, self.parts = _Part(), self.parts + 1
        if self.parts > MOST_PARTS:
            raise _bad()

    def header_name(self, data: bytes, start: int, end: int) -> None:
        self.part.header += data[start:end]

    def header_value(self, data: bytes, start: int, end: int) -> None:
        self.part.value += data[start:end]

    def header_end(self) -> None:
        if self.part.header.lower() == b"content-disposition":
            self.part.disposition = self.part.value
        self.part.header = self.part.value = b""

    def headers_finished(self) -> None:
        _, options = parse_options_header(self.part.disposition)
        self.part.name = options.get(b"name", b"").decode("utf-8", "replace")
        if b"filename" in options:
            self.part.filename = options[b"filename"].decode("utf-8", "replace")
        self.seen.append(("begin", self.part, b""))

    def data(self, data: bytes, start: int, end: int) -> None:
        self.seen.append(("data", self.part, data[start:end]))

    def part_end(self) -> None:
        self.seen.append(("end", self.part, b""))


def _bad() -> Malformed:
    return Malformed(FieldProblem("file", "bad_multipart", "上传的内容读不出来，请重新选择文件再试。"))


async def read_parts(request: Request, take: Take) -> dict[str, str]:
    """Read a multipart body; `take(field, filename, stream)` gets each file and must read all of it.

    Returns the plain fields so far as each comes; fields that a file needs must stand before it.
    raises: Malformed for a body that is not multipart or broken; whatever `take` raises
    """
    return await _Reader(request, take).read()


class _Reader:
    def __init__(self, request: Request, take: Take) -> None:
        self._parsed = _Parsed()
        self._chunks = request.stream()
        self._take = take
        self._left = MOST_FIELD_BYTES
        self.fields: dict[str, str] = request.scope.setdefault("xiansuo.fields", {})
        kind, options = parse_options_header(request.headers.get("content-type", ""))
        boundary = options.get(b"boundary")
        if kind != b"multipart/form-data" or not boundary:
            raise _bad()
        calls = self._parsed
        self._parser = python_multipart.MultipartParser(
            boundary,
            {
                "on_part_begin": calls.begin,
                "on_part_data": calls.data,
                "on_part_end": calls.part_end,
                "on_header_field": calls.header_name,
                "on_header_value": calls.header_value,
                "on_header_end": calls.header_end,
                "on_headers_finished": calls.headers_finished,
            },
        )

    async def read(self) -> dict[str, str]:
        value = b""
        while (event := await self._next()) is not None:
            what, part, data = event
            if what == "begin" and part.filename is not None:
                await self._file(part)
                value = b""
            elif what == "data":
                value += data
                self._left -= len(data)
                if self._left < 0:
                    raise _bad()
            elif what == "end":
                self.fields[part.name] = value.decode("utf-8", "replace")
                value = b""
        return self.fields

    async def _file(self, part: _Part) -> None:
        stream = self._bytes()
        if not part.filename and not (first := await anext(stream, b"")):
            return  # a file input that was left empty
        elif not part.filename:
            stream = _chained(first, stream)
        await self._take(part.name, part.filename or "", stream)

    async def _bytes(self) -> AsyncIterator[bytes]:
        while True:
            event = await self._next()
            if event is None:
                raise _bad()
            if event[0] == "end":
                return
            if event[2]:
                yield event[2]

    async def _next(self) -> tuple[str, _Part, bytes] | None:
        """raises: Malformed for a body that breaks off or is no multipart"""
        while not self._parsed.seen:
            try:
                chunk = await anext(self._chunks, None)
            except ClientDisconnect as error:
                # Nobody reads the answer; the file's receiver clears up as for any broken body.
                raise _bad() from error
            if not chunk:
                if chunk is None:
                    self._finish()
                    return None
                continue
            try:
                self._parser.write(chunk)
            except MultipartParseError as error:
                raise _bad() from error
        return self._parsed.seen.popleft()

    def _finish(self) -> None:
        try:
            self._parser.finalize()
        except MultipartParseError as error:
            raise _bad() from error


async def _chained(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for part in rest:
        yield part
