"""Calls to the “Internet + supervision” system (“互联网+监管”): acts on an enterprise in, substantiated conduct out."""

from collections.abc import Mapping
from typing import Any, ClassVar

from connectors.base import Ack
from connectors.errors import Refused
from connectors.internet_supervision.wire import Act
from connectors.partners.client import Found, PartnerClient, Question


class InternetSupervision(PartnerClient):
    """Asks by enterprise and year; takes `conduct`."""

    system: ClassVar[str] = "internet_supervision"
    title: ClassVar[str] = "“互联网+监管”系统"
    paths: ClassVar[Mapping[str, str]] = {"acts": "/api/v1/acts", "conduct": "/api/v1/conduct"}

    async def look_up(self, question: Question) -> Found:
        """The acts of supervision on one enterprise in one year.

        raises: Unreachable, Refused, Garbled; ValueError without an enterprise
        """
        if not (question.uscc or question.name):
            raise ValueError("a USCC or a name is needed")
        wanted = {
            "uscc": question.uscc or None,
            "name": None if question.uscc else question.name,
            "year": question.year,
        }
        return Found(*await self.rows("acts", self.fields.write("query", wanted), Act.record, Act))

    async def deliver(self, kind: str, payload: Mapping[str, Any], *, message_id: str) -> Ack:
        """Push one substantiated conduct (kind "conduct").

        raises: Unreachable, Refused (also for a kind it does not take), Garbled
        """
        if kind != "conduct":
            raise Refused(f"{self.title}不接收 {kind}", system=self.system)
        return await self.push("conduct", "conduct", payload, message_id=message_id)
