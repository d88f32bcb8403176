"""One signed JSON call to another government system, and what came back.

One attempt a call, errors of connectors/errors.py. Questions go in the body, never in
the address: addresses are written into the logs of every gateway on the way.
"""

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, TypeVar
from uuid import uuid4

import aiohttp

from connectors.base import Ack, Result
from connectors.errors import ConnectorError, Garbled, Refused, Unreachable
from connectors.hotline12345.signing import signed_headers
from connectors.http import HttpCaller, Limits
from connectors.partners.access import CONNECTION, Access
from connectors.partners.fields import FieldMap, FieldSpec, read_specs

T = TypeVar("T")
MOST_ROWS = 500
_ROWS = ("items", "rows", "list", "records")
_RESULTS: Mapping[str, Result] = {
    "created": "created",
    "updated": "updated",
    "duplicate_same": "duplicate_same",
}


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked up; nothing in it says who complained, or that somebody did.

    request_no, reason: of a formal request for a case file
    """

    uscc: str = ""
    name: str = ""
    document_no: str = ""
    year: int = 0
    request_no: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """records: dataclasses of the system's wire.py; problems: rows or fields that could not be read, Chinese."""

    records: tuple[Any, ...]
    problems: tuple[str, ...] = ()


def now() -> dt.datetime:
    """The clock of signatures, UTC."""
    return dt.datetime.now(dt.UTC)


class PartnerClient:
    """Base of the connectors to government systems.

    A subclass names its `system`, its Chinese `title` and its `paths` (call -> path); its fields are in data/fields.csv beside it.

    session: an aiohttp session to share, None to own one (then call close)
    raises:  ValueError for settings that cannot work
    """

    system: ClassVar[str]
    title: ClassVar[str]
    paths: ClassVar[Mapping[str, str]]
    # Settings it cannot do without, and those that only it has.
    needs: ClassVar[tuple[str, ...]] = CONNECTION
    more_settings: ClassVar[tuple[str, ...]] = ()
    needs_package_key: ClassVar[bool] = False

    def __init__(
        self,
        access: Access,
        session: aiohttp.ClientSession | None = None,
        *,
        clock: Callable[[], dt.datetime] = now,
    ) -> None:
        self.fields = FieldMap(self.field_specs(), access.fields)
        self.access = access
        limits = Limits(total_s=access.timeout_s, connect_s=min(5.0, access.timeout_s))
        self._http = HttpCaller(self.title, access.url, session=session, limits=limits)
        self._clock = clock

    @classmethod
    def field_specs(cls) -> tuple[FieldSpec, ...]:
        return _specs_of(cls.system)

    async def close(self) -> None:
        await self._http.close()

    async def call(self, name: str, body: Mapping[str, Any], *, message_id: str | None = None) -> Any:
        """Make one call of `paths` and give its data; None when they say there is nothing.

        raises: Unreachable, Refused, Garbled
        """
        url = self._http.url(self.access.paths.get(name) or self.paths[name])
        raw = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
        access = self.access
        signed = signed_headers(
            access.app_id,
            access.secret,
            "POST",
            url.raw_path_qs,
            raw,
            now=self._clock(),
            algorithm=access.algorithm,
        )
        headers = {
            "Accept": "application/json",
            "Content-Type": "application/json; charset=utf-8",
            "X-Message-Id": message_id or uuid4().hex,
            **signed,
        }
        try:
            answer = await self._http.json("POST", url, body=raw, headers=headers)
        except ConnectorError as failed:
            failed.system = self.system
            if failed.code is not None and failed.code in access.envelope.empty:
                return None
            raise
        return self._data(answer.status, answer.body)

    async def push(self, name: str, record: str, values: Mapping[str, Any], *, message_id: str) -> Ack:
        """Send one record; the same message_id never makes a second one there.

        raises: Unreachable, Refused, Garbled; ValueError for a record without what it must have
        """
        data = await self.call(name, self.fields.write(record, values), message_id=message_id)
        read = self.fields.read("ack", data if isinstance(data, Mapping) else {})
        number = read.values["number"]
        if read.problems or len(number) > 64:
            raise Garbled(
                f"{self.title}的应答没有可用的回执编号：{'；'.join(read.problems)}", system=self.system
            )
        result = _RESULTS.get(str(read.values.get("result") or "created"), "updated")
        return Ack(number, result, "")

    async def rows(
        self, name: str, body: Mapping[str, Any], record: str, make: Callable[..., T]
    ) -> tuple[tuple[T, ...], tuple[str, ...]]:
        """The records of one question and what could not be read of them.

        A row without what it must have is left out and named; a single bad field is left empty and named.

        raises: Unreachable, Refused, Garbled
        """
        data = await self.call(name, body)
        found, problems = [], []
        required = {spec.name for spec in self.field_specs() if spec.record == record and spec.is_required}
        for place, raw in enumerate(self.records_in(data)[:MOST_ROWS], 1):
            read = self.fields.read(record, raw)
            problems += [f"第 {place} 条：{problem}" for problem in read.problems]
            if all(read.values[key] is not None for key in required):
                found.append(make(**read.values))
        return tuple(found), tuple(problems[:20])

    def _data(self, status: int, body: Mapping[str, Any]) -> Any:
        envelope = self.access.envelope
        code = str(body.get(envelope.code, ""))[:20]
        if code in envelope.ok:
            return body.get(envelope.data)
        if code in envelope.empty:
            return None
        said = str(body.get(envelope.message) or "")[:120]
        kind, words = _meaning(code)
        raise kind(
            f"{self.title}{words}（{code or '空'}）{said}", system=self.system, status=status, code=code
        )

    def records_in(self, data: Any) -> Sequence[Mapping[str, Any]]:
        """The records in the data of an answer. raises: Garbled"""
        if data is None:
            return ()
        if isinstance(data, Mapping):
            names = (self.access.envelope.rows, *_ROWS)
            data = next((data[name] for name in names if isinstance(data.get(name), list)), data)
        if not isinstance(data, list) or not all(isinstance(row, Mapping) for row in data):
            raise Garbled(f"{self.title}的应答不是记录列表", system=self.system, status=200)
        return data


@cache
def _specs_of(system: str) -> tuple[FieldSpec, ...]:
    return read_specs(Path(__file__).parents[1] / system / "data" / "fields.csv")


def _meaning(code: str) -> tuple[type[ConnectorError], str]:
    """An error inside a success: 4.. is final, 429.. and 5.. mean later, anything else is not understood."""
    if code.startswith(("5", "429")):
        return Unreachable, "暂时不能处理"
    if code.startswith("4"):
        return Refused, "不接受这个请求"
    return Garbled, "返回了不认识的结果码"
