"""Local counterparts on a free port and the connectors that talk to them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from aiohttp.test_utils import TestServer

from connectors.discipline.simulator import Desk
from connectors.discipline.simulator import counterpart as discipline
from connectors.partners.access import Access
from connectors.partners.client import PartnerClient
from connectors.partners.counterpart import Counterpart, make_app
from connectors.partners.simulate import all_counterparts
from connectors.partners.systems import SYSTEMS
from connectors.policies.sm2 import PrivateKey, new_private_key

APP, SECRET = "xiansuo-test", "test-secret-of-partners"
PACKAGE_KEY = b"0123456789abcdef0123456789abcdef"


@dataclass
class Partners:
    """base: the address of all; counterparts and clients by system; desk: of the discipline inspection body."""

    base: str
    counterparts: dict[str, Counterpart]
    clients: dict[str, PartnerClient]
    desk: Desk

    def fault(self, system: str, mode: str, **more: Any) -> None:
        self.counterparts[system].faults.set({"mode": mode, **more})

    def client(self, system: str, **changes: Any) -> PartnerClient:
        """A second client with another configuration."""
        return SYSTEMS[system](replace(self.clients[system].access, **changes))


@asynccontextmanager
async def partners() -> AsyncIterator[Partners]:
    desk = Desk(PrivateKey(new_private_key()))
    counterparts = [*all_counterparts(APP, SECRET), discipline(APP, SECRET, desk)]
    server = TestServer(make_app(counterparts))
    await server.start_server()
    base = str(server.make_url("")).rstrip("/")
    clients = {
        one.system: SYSTEMS[one.system](
            Access(
                f"{base}/{one.system}",
                APP,
                SECRET,
                timeout_s=2.0,
                package_key=PACKAGE_KEY,
                receiver_key=desk.key.public.text,
            )
        )
        for one in counterparts
    }
    try:
        yield Partners(base, {one.system: one for one in counterparts}, clients, desk)
    finally:
        for client in clients.values():
            await client.close()
        await server.close()
