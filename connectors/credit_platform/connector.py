"""Calls to the credit information sharing platform (信用信息共享平台): look-ups only, nothing is sent."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from connectors.credit_platform.wire import Licence, Penalty, Repair
from connectors.partners.client import Found, PartnerClient, Question

Asked = tuple[str, str, dict[str, str], type[Any]]


class CreditPlatform(PartnerClient):
    """Asks by code of the enterprise (统一社会信用代码) and by document number."""

    system: ClassVar[str] = "credit_platform"
    title: ClassVar[str] = "信用信息共享平台"
    paths: ClassVar[Mapping[str, str]] = {
        "penalties": "/api/v1/penalties",
        "licences": "/api/v1/licences",
        "repairs": "/api/v1/repairs",
    }

    async def look_up(self, question: Question) -> Found:
        """Penalties by document number and by code; with a code also licences and repairs.

        raises: Unreachable, Refused, Garbled; ValueError without code and document number
        """
        if not (question.uscc or question.document_no):
            raise ValueError("a USCC or a document number is needed")
        records: dict[Any, None] = {}
        problems: list[str] = []
        for call, record, wanted, kind in _questions(question):
            found, wrong = await self.rows(call, self.fields.write(record, wanted), kind.record, kind)
            records |= dict.fromkeys(found)  # the same penalty by number and by code is one
            problems += wrong
        return Found(tuple(records), tuple(problems))


def _questions(question: Question) -> Iterator[Asked]:
    if question.document_no:
        yield "penalties", "query", {"document_no": question.document_no}, Penalty
    if question.uscc:
        code = {"uscc": question.uscc}
        yield "penalties", "query", code, Penalty
        yield "licences", "licence_query", code, Licence
        yield "repairs", "repair_query", code, Repair
