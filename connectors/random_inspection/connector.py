"""Calls to the random inspection system (“双随机、一公开”): was it planned, and how many this year."""

from collections.abc import Mapping
from typing import ClassVar

from connectors.partners.client import Found, PartnerClient, Question
from connectors.random_inspection.wire import Task


class RandomInspection(PartnerClient):
    """Asks by enterprise and year."""

    system: ClassVar[str] = "random_inspection"
    title: ClassVar[str] = "“双随机、一公开”系统"
    paths: ClassVar[Mapping[str, str]] = {"tasks": "/api/v1/tasks"}

    async def look_up(self, question: Question) -> Found:
        """The inspection tasks of one enterprise in one year.

        raises: Unreachable, Refused, Garbled; ValueError without an enterprise
        """
        if not (question.uscc or question.name):
            raise ValueError("a USCC or a name is needed")
        wanted = {
            "uscc": question.uscc or None,
            "name": None if question.uscc else question.name,
            "year": question.year,
        }
        return Found(*await self.rows("tasks", self.fields.write("query", wanted), Task.record, Task))
