"""Calls to the province's platform (全省行政执法和行政执法监督一体化平台): leads out, directory in."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar

from connectors.base import Ack
from connectors.errors import Garbled, Refused
from connectors.partners.client import PartnerClient
from connectors.province_platform.wire import DirectoryAgency, DirectoryDuty

T = TypeVar("T")
PAGE = 200
MOST_PAGES = 200
KINDS = {"lead": "leads", "document": "documents", "result": "results"}


class ProvincePlatform(PartnerClient):
    """Takes `lead`, `document`, `result`, the lead first; tells its directory page by page."""

    system: ClassVar[str] = "province_platform"
    title: ClassVar[str] = "全省行政执法监督一体化平台"
    paths: ClassVar[Mapping[str, str]] = {
        "leads": "/api/v1/leads",
        "documents": "/api/v1/documents",
        "results": "/api/v1/results",
        "agencies": "/api/v1/agencies",
        "duties": "/api/v1/duties",
    }

    async def deliver(self, kind: str, payload: Mapping[str, Any], *, message_id: str) -> Ack:
        """Send a lead, a document of it or its result.

        raises: Unreachable, Refused (also for a kind it does not take), Garbled
        """
        if kind not in KINDS:
            raise Refused(f"{self.title}不接收 {kind}", system=self.system)
        return await self.push(KINDS[kind], kind, payload, message_id=message_id)

    async def agencies(self, region: str) -> tuple[tuple[DirectoryAgency, ...], tuple[str, ...]]:
        """All bodies that enforce in a region (six digits) and below it; what could not be read.

        raises: Unreachable, Refused, Garbled
        """
        return await self._all("agencies", region, DirectoryAgency.record, DirectoryAgency)

    async def duties(self, region: str) -> tuple[tuple[DirectoryDuty, ...], tuple[str, ...]]:
        """All duties of the same bodies; what could not be read. raises: as `agencies`"""
        return await self._all("duties", region, DirectoryDuty.record, DirectoryDuty)

    async def _all(
        self, call: str, region: str, record: str, make: Callable[..., T]
    ) -> tuple[tuple[T, ...], tuple[str, ...]]:
        """Page after page until one is empty: their pages may be smaller than what was asked for."""
        found: dict[T, None] = {}
        problems: list[str] = []
        for page in range(1, MOST_PAGES + 1):
            query = self.fields.write("query", {"page": page, "size": PAGE, "region": region})
            rows, wrong = await self.rows(call, query, record, make)
            before = len(found)
            found |= dict.fromkeys(rows)
            problems += [f"第 {page} 页{words}" for words in wrong]
            if not rows and not wrong:
                return tuple(found), tuple(problems)
            if rows and len(found) == before:
                # The same page again: they do not count pages, so this was all of it.
                return tuple(found), tuple(problems)
        raise Garbled(f"{self.title}的目录超过 {MOST_PAGES} 页", system=self.system, status=200)
