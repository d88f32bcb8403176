"""What the local hotline holds: tickets, their changes in order, message ids already seen.

In memory; with a file every change is appended to it as one JSON line and read
back at the next start.
"""

import dataclasses
import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from connectors.base import Result
from connectors.hotline12345 import versions
from connectors.hotline12345.simulator.masking import mask, masked
from connectors.hotline12345.tables import State, states
from connectors.hotline12345.wire import CHINA

OWN = "hotline12345"
# What the ticket's status becomes at each stage when nobody tells otherwise.
NEXT_STATUS = {"受理": "已派遣", "预审": "已处置", "处置": "已回访", "回访": "已结案"}


@dataclass(slots=True)
class Ticket:
    """One work order; order is masked, digest is of what really came."""

    number: str
    source: str
    our_number: str
    digest: str
    order: dict[str, Any]
    stage: str
    status: str
    created_at: str
    updated_at: str
    marks: list[str] = field(default_factory=list)
    # Changes of each side that this side knows of (versions.py).
    versions: dict[str, int] = field(default_factory=dict)

    @property
    def is_own(self) -> bool:
        return self.source == OWN

    @property
    def is_ended(self) -> bool:
        return states()[self.status].is_end


class UnknownNumber(Exception):
    """No ticket with this number."""


class OtherContent(Exception):
    """The message id was used before for something else."""


class Book:
    """clock: aware now; file: where changes are kept, None for memory only."""

    def __init__(self, clock: Callable[[], dt.datetime], file: Path | None = None) -> None:
        self._clock = clock
        self._file = file
        # Without a file the count starts at the time of day, so that a restart never gives a number twice.
        now = clock().astimezone(CHINA)
        self._sequence = 0 if file else (now.hour * 3600 + now.minute * 60 + now.second) * 10
        self.told = 0
        self.tickets: dict[str, Ticket] = {}
        self.changes: list[dict[str, Any]] = []
        self._messages: dict[str, tuple[str, str, Result]] = {}
        self._by_source: dict[tuple[str, str], str] = {}
        self._by_sender: dict[str, str] = {}
        if file is not None and file.exists():
            self._read(file)

    def take(self, order: Mapping[str, Any], message_id: str) -> tuple[Ticket, Result]:
        """File a work order; the same message, or the same content of the same case, changes nothing.

        raises:  OtherContent
        """
        digest = _digest({key: value for key, value in order.items() if key != "source_revision"})
        earlier = self._earlier(message_id, digest)
        if earlier is not None:
            return self.tickets[earlier], "duplicate_same"
        source = str(order.get("source_system") or "")
        theirs = str(order.get("lead_no") or order.get("work_order_no") or "")
        number = self._by_source.get((source, theirs)) if theirs else None
        if number is None:
            ticket = self._open(order, source, theirs, digest)
            return self._noted(ticket, "created", message_id, digest, source)
        ticket = self.tickets[number]
        if ticket.digest == digest:
            self._messages[message_id] = (digest, number, "duplicate_same")
            return ticket, "duplicate_same"
        ticket.digest, ticket.order = digest, masked(dict(order))
        _learn(ticket, order)
        return self._noted(ticket, "updated", message_id, digest, source)

    def open_own(self, order: Mapping[str, Any]) -> Ticket:
        """A ticket of the hotline's own: a citizen rang."""
        ticket = self._open(order, OWN, "", "")
        ticket.order["work_order_no"] = ticket.number
        self._change(ticket, "created", "hotline")
        return ticket

    def hear(
        self, number: str, event: Mapping[str, Any], message_id: str, origin: str
    ) -> tuple[Ticket, Result]:
        """Put down an event somebody told us.

        raises:  UnknownNumber, OtherContent
        """
        ticket = self.find(number)
        digest = _digest({"number": ticket.number, **event})
        if self._earlier(message_id, digest) is not None:
            return ticket, "duplicate_same"
        kind = str(event["event"])
        _learn(ticket, event)
        status = "终止" if kind == "withdraw" else event.get("status")
        if status is not None:
            self._move(ticket, states()[str(status)])
        if kind in {"urge", "supervise"} and kind not in ticket.marks:
            ticket.marks.append(kind)
        self._messages[message_id] = (digest, ticket.number, "updated")
        self._change(
            ticket, "event", origin, event=kind, text=mask(str(event.get("text") or "")), mid=message_id
        )
        return ticket, "updated"

    def advance(self, number: str) -> Ticket:
        """One stage on, as the hotline's own people would.

        raises:  UnknownNumber
        """
        ticket = self.find(number)
        if not ticket.is_ended:
            status = NEXT_STATUS.get(ticket.stage, "已结案")
            self._move(ticket, states()[status])
            if status == "已处置":
                ticket.order["public_reply"] = "（测试）承办单位已核查处理。"
            self._change(
                ticket, "status", "hotline", event="status", text=str(ticket.order.get("public_reply") or "")
            )
        return ticket

    def say(self, number: str, event: Mapping[str, Any]) -> Ticket:
        """What the hotline's own people do: an event of theirs, told to the other side.

        raises:  UnknownNumber
        """
        ticket = self.find(number)
        if event.get("status"):
            self._move(ticket, states()[str(event["status"])])
        text, deadline = str(event.get("text") or ""), str(event.get("deadline") or "")
        self._change(
            ticket, "event", "hotline", event=str(event["event"]), text=mask(text), deadline=deadline
        )
        return ticket

    def joined(self, number: str, our_number: str) -> None:
        """Remember under which number the other side keeps a ticket of ours."""
        ticket = self.find(number)
        ticket.our_number = our_number[:64]
        self._index(ticket)
        self._write({"ticket": dataclasses.asdict(ticket)})

    def mark_told(self, count: int) -> None:
        """The first `count` changes have been told to the other side."""
        self.told = count
        self._write({"told": count})

    def find(self, number: str) -> Ticket:
        """By the hotline's number, or by the sender's."""
        ticket = self.tickets.get(number) or self.tickets.get(self._by_sender.get(number, ""))
        if ticket is None:
            raise UnknownNumber(number)
        return ticket

    def since(self, seq: int, limit: int) -> list[dict[str, Any]]:
        """Changes after seq; numbered from 1 without holes."""
        return self.changes[seq : seq + limit]

    def _earlier(self, message_id: str, digest: str) -> str | None:
        seen = self._messages.get(message_id)
        if seen is None:
            return None
        if seen[0] != digest:
            raise OtherContent(message_id)
        return seen[1]

    def _open(self, order: Mapping[str, Any], source: str, theirs: str, digest: str) -> Ticket:
        self._sequence += 1
        now = self._now()
        number = f"RX{now[:10].replace('-', '')}{self._sequence:06d}"
        ticket = Ticket(number, source, theirs, digest, masked(dict(order)), "受理", "已受理", now, now)
        _learn(ticket, order)
        self.tickets[number] = ticket
        self._index(ticket)
        return ticket

    def _index(self, ticket: Ticket) -> None:
        if ticket.our_number:
            self._by_source[ticket.source, ticket.our_number] = ticket.number
            self._by_sender[ticket.our_number] = ticket.number

    def _noted(
        self, ticket: Ticket, result: Result, message_id: str, digest: str, origin: str
    ) -> tuple[Ticket, Result]:
        self._messages[message_id] = (digest, ticket.number, result)
        self._change(ticket, result, origin, mid=message_id)
        return ticket, result

    def _move(self, ticket: Ticket, state: State) -> None:
        ticket.stage, ticket.status = state.stage, state.status

    def _change(
        self,
        ticket: Ticket,
        kind: str,
        origin: str,
        *,
        event: str = "",
        text: str = "",
        mid: str = "",
        deadline: str = "",
    ) -> None:
        ticket.updated_at = self._now()
        if origin == "hotline":
            ticket.versions = ticket.versions | {OWN: ticket.versions.get(OWN, 0) + 1}
        change = {
            "seq": len(self.changes) + 1,
            "number": ticket.number,
            "our_number": ticket.our_number,
            "kind": kind,
            "event": event,
            "stage": ticket.stage,
            "status": ticket.status,
            "text": text,
            "at": ticket.updated_at,
            "origin": origin,
            "deadline": deadline,
            "source_revision": versions.write(ticket.versions) if ticket.versions else "",
        }
        self.changes.append(change)
        self._write(
            {
                "change": change,
                "ticket": dataclasses.asdict(ticket),
                "mid": mid,
                "said": self._messages.get(mid),
            }
        )

    def _now(self) -> str:
        return self._clock().astimezone(CHINA).isoformat(timespec="seconds")

    def _write(self, row: Mapping[str, Any]) -> None:
        if self._file is not None:
            with self._file.open("a", encoding="utf-8") as file:
                file.write(json.dumps(row, ensure_ascii=False) + "\n")

    def _read(self, file: Path) -> None:
        for line in file.read_text("utf-8").splitlines():
            try:
                row = json.loads(line)
            except ValueError:
                continue  # the last line of a start that was killed while writing
            self.told = row.get("told", self.told)
            if "ticket" not in row:
                continue
            ticket = Ticket(**row["ticket"])
            self.tickets[ticket.number] = ticket
            self._index(ticket)
            if row.get("change"):
                self.changes.append(row["change"])
            if row.get("mid") and row.get("said"):
                digest, number, result = row["said"]
                self._messages[row["mid"]] = (digest, number, result)
        self._sequence = max((int(number[10:]) for number in self.tickets), default=0)


def _learn(ticket: Ticket, message: Mapping[str, Any]) -> None:
    """Their message says how many changes they know of."""
    told = versions.read(message.get("source_revision")) or {}
    mine = ticket.versions
    ticket.versions = mine | {system: max(count, mine.get(system, 0)) for system, count in told.items()}


def _digest(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
