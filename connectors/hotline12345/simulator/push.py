"""The local hotline tells the supervision platform: its status changes and tickets of its own.

One loop walks the book's changes in order, so what happened first is told
first. Not reached: tried again, later each time. Refused: noted and skipped.
"""

import asyncio
import datetime as dt
import json
import logging
import uuid
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from connectors.errors import ConnectorError, Garbled, Refused
from connectors.hotline12345.signing import signed_headers
from connectors.hotline12345.simulator.book import Book, Ticket
from connectors.hotline12345.simulator.faults import Faults
from connectors.http import HttpCaller, Limits
from connectors.policies.agreed import Agreed
from connectors.policies.seals import NotOpened, seal_json, unwrap_json

log = logging.getLogger(__name__)
_BASE = "/api/v1/external/hotline12345/work-orders"
_FIRST_WAIT_S, _MOST_WAIT_S, _MOST_ATTEMPTS = 0.5, 30.0, 20


class Pusher:
    """last_error: the last thing that went wrong, Chinese, "" when fine."""

    def __init__(
        self,
        intake_url: str,
        *,
        app_id: str,
        trust: Agreed,
        book: Book,
        faults: Faults,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._http = HttpCaller("xiansuo", intake_url, limits=Limits(total_s=10))
        self._app_id, self._trust = app_id, trust
        self._book, self._faults, self._clock = book, faults, clock
        self._wake = asyncio.Event()
        self.last_error = ""

    def wake(self) -> None:
        """There is something new in the book."""
        self._wake.set()

    async def run(self) -> None:
        """Tell changes until cancelled."""
        try:
            while True:
                self._wake.clear()
                while self._book.told < len(self._book.changes):
                    await self._tell(self._book.changes[self._book.told])
                    self._book.mark_told(self._book.told + 1)
                await self._wake.wait()
        finally:
            await self._http.close()

    async def _tell(self, change: Mapping[str, Any]) -> None:
        ticket = self._book.find(str(change["number"]))
        if change["origin"] != "hotline" or not (ticket.our_number or ticket.is_own):
            return
        message_id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{ticket.number}/{change['seq']}/{change['at']}"))
        times = 2 if self._faults.mode == "duplicate" else 1
        for _ in range(times):
            await self._until_answered(ticket, change, message_id)

    async def _until_answered(self, ticket: Ticket, change: Mapping[str, Any], message_id: str) -> None:
        wait_s = _FIRST_WAIT_S
        for attempt in range(1, _MOST_ATTEMPTS + 1):
            try:
                await self._send(ticket, change, message_id)
            except Refused as no:
                self.last_error = no.message
                log.warning("intake refused", extra={"ticket": ticket.number, "status": no.status})
                return
            except ConnectorError as failed:
                self.last_error = failed.message
                log.info("intake not reached", extra={"ticket": ticket.number, "attempt": attempt})
                await asyncio.sleep(wait_s)
                wait_s = min(wait_s * 2, _MOST_WAIT_S)
            else:
                self.last_error = ""
                return

    async def _send(self, ticket: Ticket, change: Mapping[str, Any], message_id: str) -> None:
        if change["kind"] == "created":
            answer = await self._post(_BASE, ticket.order, message_id)
            data = self._data(answer)
            if isinstance(data, dict) and isinstance(data.get("number"), str):
                self._book.joined(ticket.number, data["number"])
            return
        event = {
            "event": change["event"] or "status",
            "event_id": message_id,
            "work_order_no": ticket.number,
            "lead_no": ticket.our_number,
            **{key: change[key] for key in ("stage", "status", "at", "text")},
            **{key: change[key] for key in ("source_revision", "deadline") if change.get(key)},
        }
        await self._post(f"{_BASE}/{quote(ticket.number, safe='')}/events", event, message_id)

    def _data(self, answer: dict[str, Any]) -> Any:
        data = answer.get("data") if isinstance(answer.get("data"), dict) else answer
        if self._trust.seal is None:
            return data
        try:
            return unwrap_json(data, self._trust.seal)
        except NotOpened as wrong:
            raise Garbled("线索系统的应答没有按约定加密", system="xiansuo") from wrong

    async def _post(self, path: str, content: Mapping[str, Any], message_id: str) -> dict[str, Any]:
        url = self._http.url(path)
        if self._trust.seal is not None:
            content = seal_json(content, self._trust.seal)
        body = json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")
        signed = signed_headers(
            self._app_id, self._trust.signer, "POST", url.raw_path_qs, body, now=self._clock()
        )
        headers = {**signed, "X-Message-Id": message_id, "Content-Type": "application/json; charset=utf-8"}
        return (await self._http.json("POST", url, body=body, headers=headers)).body
