"""Where a system answers and how it is called: what the city configures for each."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from connectors.hotline12345.signing import Algorithm

# What a call needs: all of them, or none where a system can do without calls.
CONNECTION = ("url", "app_id", "secret")
CIPHERS = ("AES-GCM", "SM4-GCM")


@dataclass(frozen=True, slots=True)
class Envelope:
    """What their answers are wrapped in.

    code, message, data, rows: names in the answer; ok: codes of a success; empty: codes that mean "nothing found"
    """

    code: str = "code"
    message: str = "message"
    data: str = "data"
    rows: str = "items"
    ok: tuple[str, ...] = ("0", "200")
    empty: tuple[str, ...] = ("40400",)


@dataclass(frozen=True, slots=True)
class Access:
    """One system's configuration; what is secret never shows in a repr.

    paths, fields: only what differs from the connector's own
    package_key:   of sealed packages, b"" where there are none
    receiver_key:  SM2 public key that letters are sealed for; receipt_key: the one receipts are signed with
    """

    url: str = ""
    app_id: str = ""
    secret: str = field(default="", repr=False)
    algorithm: Algorithm = "HMAC-SHA256"
    timeout_s: float = 8.0
    paths: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    envelope: Envelope = field(default_factory=Envelope)
    package_key: bytes = field(default=b"", repr=False)
    key_id: str = "1"
    cipher: str = "AES-GCM"
    receiver_key: str = ""
    receipt_key: str = ""
