"""What every connector looks like from outside: three small protocols and the values they exchange.

A connector makes one attempt a call and raises one of errors.py; trying again,
waiting and giving up belong to the caller's outbox.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol, runtime_checkable

Result = Literal["created", "updated", "duplicate_same"]


@dataclass(frozen=True, slots=True)
class Ack:
    """The other side has it.

    number:    their number for it
    result:    what it was to them; "duplicate_same" is as good as "created"
    trace_id:  their trace number, "" when they gave none
    """

    number: str
    result: Result
    trace_id: str


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that happened at the other side.

    seq:         their order; rises, may have holes
    number:      their number
    our_number:  ours, "" when the case is theirs and not yet known to us
    kind:        created | updated | status | event
    at:          RFC 3339 with offset, their clock
    origin:      "hotline" or the app id that caused it: one's own echo is skipped by it
    body:        everything they sent about it, unread
    """

    seq: int
    number: str
    our_number: str
    kind: str
    stage: str
    status: str
    at: str
    origin: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ChangePage:
    """changes: in their order; next: pass it as `since` next time; has_more: ask again at once."""

    changes: tuple[Change, ...]
    next: str
    has_more: bool


@runtime_checkable
class Connector(Protocol):
    """Anything in registry.py."""

    system: str

    async def close(self) -> None:
        """Let go of sockets; safe to call twice."""


@runtime_checkable
class TakesWorkOrders(Connector, Protocol):
    """A system we can send a work order and its events to."""

    async def push_work_order(self, order: Mapping[str, Any], *, message_id: str) -> Ack:
        """Send one work order; the same message_id never makes a second one there."""

    async def push_event(self, number: str, event: Mapping[str, Any], *, message_id: str) -> Ack:
        """Tell what happened to their work order `number`."""


@runtime_checkable
class TellsChanges(Connector, Protocol):
    """A system that can be asked what happened since."""

    async def changes(self, since: str | None = None, limit: int = 100) -> ChangePage:
        """since: `next` of the page before, None for the beginning; limit: 1-500."""
