"""The collaborators of every use case, gathered once in bootstrap and passed by hand.

Time, models and other systems are always here, so that a test can stand in for
each with a real small one.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from weakref import WeakValueDictionary

from connectors.hotline12345.field_map import AS_IT_IS, FieldMap
from connectors.policies.agreed import Agreed
from connectors.policies.signers import HmacSigner
from intake.domain import routing, sla
from intake.domain.classification import Classification
from intake.domain.workdays import WorkCalendar
from intake.store.unit_of_work import Store

if TYPE_CHECKING:
    from intake.services.evidence_room import EvidenceRoom


class Understanding(Protocol):
    """The classifier: pure, thread-safe, about a millisecond a text."""

    version: str

    def classify(self, text: str, *, today: dt.date) -> Classification: ...


class Bot(Protocol):
    """connectors.rasa: one turn of talk, or one event told."""

    async def turn(self, sender: str, text: str, metadata: dict[str, Any]) -> Any: ...

    async def tell(self, sender: str, event: str, entities: dict[str, Any]) -> Any: ...

    async def alive(self) -> bool: ...


class Hotline(Protocol):
    """connectors.hotline12345: work orders and events out, changes in."""

    async def push_work_order(self, order: dict[str, Any], *, message_id: str) -> Any: ...

    async def push_event(self, number: str, event: dict[str, Any], *, message_id: str) -> Any: ...

    async def changes(self, since: str | None = None, limit: int = 100) -> Any: ...

    async def work_order(self, number: str) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Organisation:
    """level: city | county | town | zone | vertical; kind: agency | justice | government | hotline."""

    code: str
    name: str
    region: str
    level: str
    kind: str
    domain: str
    parent: str | None


@dataclass(frozen=True)
class Policy:
    """Settings that rules look at; durations as timedelta, counts as int."""

    public_phone: str
    secret: bytes
    session_length: dt.timedelta
    is_development: bool
    hotline_app_id: str
    hotline_secret: str
    # Whether the person who wrote a reply may not be the one who approves it.
    four_eyes: bool = False
    # Whether roles that open identities (and administrators) must sign in with a one-time code as well.
    require_totp: bool = False
    # How calls with the hotline are signed and sealed; None: by the secret, not sealed.
    hotline_trust: Agreed | None = None
    # Their names and codes, when they are not the canonical ones.
    hotline_map: FieldMap = AS_IT_IS
    # Source name to (app id, how its calls are signed and sealed), of the authorities beside the hotline.
    callers: Mapping[str, tuple[str, Agreed]] = field(default_factory=dict)
    # Working days after which a missing receipt for a sealed referral is shown as stuck.
    referral_days: int = 5
    # Calls a second to the hotline, all workers together; 0: no limit.
    hotline_rate: float = 0.0
    # How long one call to the hotline may take, and the longest wait before the next attempt, in seconds.
    hotline_timeout_s: float = 15.0
    longest_wait_s: float = 1800.0
    # Where others reach us; "" offers them no copies of evidence.
    public_url: str = ""
    # Where the daily anchors of the histories are kept.
    anchors: Path = Path("var/anchors")

    @property
    def trust(self) -> Agreed:
        """What was agreed with the hotline."""
        return self.hotline_trust or Agreed(HmacSigner(self.hotline_secret))

    def caller(self, source: str) -> tuple[str, Agreed] | None:
        """(app id, trust) of an authority that may call us; each has a key of its own. None: not configured."""
        if source == "hotline12345":
            return self.hotline_app_id, self.trust
        return self.callers.get(source)


@dataclass
class House:
    store: Store
    policy: Policy
    calendar: WorkCalendar
    clock: Callable[[], dt.datetime]
    organisations: Mapping[str, Organisation]
    region_names: Mapping[str, str]
    bot: Bot
    hotline: Hotline
    understanding: Understanding | None = None
    # connectors.partners: the government systems that are switched on, by name.
    partners: Mapping[str, Any] = field(default_factory=dict)
    # connectors.hotline12345.files: who fetches the files that a system offers, by name of the system.
    their_files: Mapping[str, Any] = field(default_factory=dict)
    # services/wechat_desk.py: the WeChat account; None: switched off.
    wechat: Any = None
    # The versions in force; services/refresh_rules.py keeps them and the calendar up to date.
    limits: sla.Limits = field(default_factory=sla.first_limits)
    routes: routing.Routes = field(default_factory=routing.first_routes)
    rules_stamp: str = ""
    # None: this house takes no files (programs that only read).
    evidence: EvidenceRoom | None = None
    # One turn at a time for each conversation: Rasa 3.6 is not safe for parallel messages of one sender.
    # A lock lives as long as somebody holds it or waits for it.
    talking: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)
    # Argon2 takes 19 MiB and a tenth of a second: two at a time, in threads.
    hashing: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(2))

    @property
    def parents(self) -> dict[str, str | None]:
        """Organisation code to parent code, for the conflict rule."""
        return {code: organisation.parent for code, organisation in self.organisations.items()}
