"""Calls to the departments' case handling system (部门行政执法办案系统): a case file, on formal request only."""

from collections.abc import Mapping
from typing import ClassVar

from connectors.case_system.wire import CaseFile
from connectors.partners.client import Found, PartnerClient, Question


class CaseSystem(PartnerClient):
    """Asks by document number, with number and reason of the request (调卷函)."""

    system: ClassVar[str] = "case_system"
    title: ClassVar[str] = "部门行政执法办案系统"
    paths: ClassVar[Mapping[str, str]] = {"case_files": "/api/v1/case-files"}

    async def look_up(self, question: Question) -> Found:
        """The case files with one document number.

        raises: Unreachable, Refused, Garbled; ValueError without document number, request number or reason
        """
        wanted = {
            "document_no": question.document_no or None,
            "request_no": question.request_no or None,
            "reason": question.reason or None,
        }
        body = self.fields.write("query", wanted)
        return Found(*await self.rows("case_files", body, CaseFile.record, CaseFile))
