"""Calls to the ministry's platform (司法部行政执法监督批评建议平台): transferred suggestions in, results out."""

from collections.abc import Mapping
from typing import Any, ClassVar

from connectors.base import Ack
from connectors.errors import Garbled, Refused
from connectors.moj_suggestions.wire import Suggestion, SuggestionPage
from connectors.partners.client import PartnerClient

PAGE = 100
LONGEST_CURSOR = 200


class MojSuggestions(PartnerClient):
    """Tells `suggestions` page by page; takes a `result` for each."""

    system: ClassVar[str] = "moj_suggestions"
    title: ClassVar[str] = "司法部行政执法监督批评建议平台"
    paths: ClassVar[Mapping[str, str]] = {
        "suggestions": "/api/v1/suggestions",
        "results": "/api/v1/results",
    }

    async def suggestions(self, since: str = "") -> SuggestionPage:
        """What was transferred to us since; one that cannot be used is there too, with its problems.

        since: `next` of the page before, "" for the beginning
        raises: Unreachable, Refused, Garbled
        """
        data = await self.call(
            "suggestions", self.fields.write("query", {"since": since or None, "limit": PAGE})
        )
        found = []
        for raw in self.records_in(data):
            read = self.fields.read("suggestion", raw)
            found.append(Suggestion(read.values, raw, read.problems))
        page = self.fields.read("page", data if isinstance(data, Mapping) else {}).values
        following = page["next"] or ""
        if len(following) > LONGEST_CURSOR:
            raise Garbled(f"{self.title}给出的翻页位置太长", system=self.system, status=200)
        # Without a place to go on from, "more" would read the same page for ever.
        return SuggestionPage(
            tuple(found), following, bool(page["has_more"]) and following not in ("", since)
        )

    async def deliver(self, kind: str, payload: Mapping[str, Any], *, message_id: str) -> Ack:
        """Send the result of one suggestion (kind "result") to whoever transferred it.

        raises: Unreachable, Refused (also for a kind it does not take), Garbled
        """
        if kind != "result":
            raise Refused(f"{self.title}不接收 {kind}", system=self.system)
        return await self.push("results", "result", payload, message_id=message_id)
