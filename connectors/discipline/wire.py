"""What the discipline inspection body answers: a receipt that it has signed."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Receipt:
    """收件回执. received_at: aware, their clock; sha256: of the bytes they received; signature: SM2, hex."""

    number: str
    received_at: dt.datetime
    sha256: str
    signature: str


def signed_text(number: str, received_at: str, sha256: str) -> bytes:
    """What the signature of a receipt covers: the three fields as they travel, a line each."""
    return "\n".join((number, received_at, sha256)).encode("utf-8", "replace")
