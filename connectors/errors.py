"""What can go wrong when a lead leaves the house.

ConnectorError
├── Unreachable    no answer, or an answer that says "later"   -> try again
├── Refused        the other side read it and said no          -> a person decides
└── Garbled        the answer is not what the interface says   -> try again, then a person
"""

from typing import ClassVar


class ConnectorError(Exception):
    """Common to all three; never raised itself.

    system:          connector name, as in registry.py
    status:          HTTP status, when there was an answer
    code:            the other side's own code, when it gave one
    trace_id:        the other side's trace number, for a call to their desk
    retry_after_s:   seconds the other side asked us to wait, None when it did not say
    """

    retryable: ClassVar[bool] = True

    def __init__(
        self,
        message: str,
        *,
        system: str,
        status: int | None = None,
        code: str | None = None,
        trace_id: str | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.system = system
        self.status = status
        self.code = code
        self.trace_id = trace_id
        self.retry_after_s = retry_after_s


class Unreachable(ConnectorError):
    """No answer, or an answer that says "later": try again."""


class Refused(ConnectorError):
    """The other side read it and said no: a person decides."""

    retryable: ClassVar[bool] = False


class Garbled(ConnectorError):
    """The answer is not what the interface says: try again, then a person."""
