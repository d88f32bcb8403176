"""Signature of a call between systems, both ways: X-App-Id, X-Timestamp, X-Nonce, X-Signature.

X-Signature is, in lower-case hex, the signature of five lines:
METHOD \\n PATH?QUERY \\n TIMESTAMP \\n NONCE \\n hex digest of the body.
PATH?QUERY is the raw, still percent-encoded request target; the body is taken as
it travels. Signature and digest go together: HMAC-SHA256 with SHA-256, HMAC-SM3
and SM2 with SM3 (connectors/policies). Which counts is agreed per partner and
never read from the call.
"""

import datetime as dt
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from connectors.policies.signers import Algorithm, HmacSigner, Signer

__all__ = ["Algorithm", "Caller", "NotTrusted", "Signer", "signature", "signed_headers", "verify"]
Reason = Literal["missing_header", "malformed_header", "stale_timestamp", "unknown_app", "bad_signature"]

WINDOW = dt.timedelta(minutes=5)
_NO_SECRET = "0" * 32  # compared against when the app is unknown, so that both refusals cost the same
_NONCE = re.compile(r"[A-Za-z0-9_-]{8,64}")
_TIMESTAMP = re.compile(r"[0-9]{10}|[0-9]{13}")

# What the other side may be told; an unknown app and a wrong signature read the same.
MESSAGES: Mapping[Reason, str] = {
    "missing_header": "缺少签名请求头：X-App-Id、X-Timestamp、X-Nonce、X-Signature 都要有",
    "malformed_header": "签名请求头格式不对：X-Timestamp 为秒或毫秒时间戳，X-Nonce 为 8 至 64 位字母、数字、-、_",
    "stale_timestamp": "X-Timestamp 与本机时间相差超过 5 分钟，请校准时钟",
    "unknown_app": "签名不正确",
    "bad_signature": "签名不正确",
}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who signed; the nonce still has to be spent by whoever keeps them (once within twice WINDOW)."""

    app_id: str
    nonce: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class NotTrusted:
    """Why a call is not believed; message may be shown to the caller."""

    reason: Reason

    @property
    def message(self) -> str:
        return MESSAGES[self.reason]


def _signer(secret: str | Signer, algorithm: Algorithm) -> Signer:
    return HmacSigner(secret, algorithm) if isinstance(secret, str) else secret


def string_to_sign(
    method: str, path_qs: str, *, timestamp: str, nonce: str, body: bytes, signer: Signer
) -> bytes:
    """The bytes under the signature; body b"" when the call has none."""
    digest = signer.digest(body)
    return "\n".join((method.upper(), path_qs, timestamp, nonce, digest)).encode("utf-8", "replace")


def signature(
    secret: str | Signer,
    method: str,
    path_qs: str,
    *,
    timestamp: str,
    nonce: str,
    body: bytes,
    algorithm: Algorithm = "HMAC-SHA256",
) -> str:
    """The X-Signature of one call, lower-case hex."""
    signer = _signer(secret, algorithm)
    return signer.sign(
        string_to_sign(method, path_qs, timestamp=timestamp, nonce=nonce, body=body, signer=signer)
    )


def signed_headers(
    app_id: str,
    secret: str | Signer,
    method: str,
    path_qs: str,
    body: bytes,
    *,
    now: dt.datetime,
    nonce: str | None = None,
    algorithm: Algorithm = "HMAC-SHA256",
) -> dict[str, str]:
    """The four headers of one call; every attempt needs new ones (nonce None draws one)."""
    timestamp = str(int(_aware(now).timestamp()))
    nonce = nonce or secrets.token_urlsafe(18)
    return {
        "X-App-Id": app_id,
        "X-Timestamp": timestamp,
        "X-Nonce": nonce,
        "X-Signature": signature(
            secret, method, path_qs, timestamp=timestamp, nonce=nonce, body=body, algorithm=algorithm
        ),
    }


def verify(
    headers: Mapping[str, str],
    method: str,
    path_qs: str,
    body: bytes,
    *,
    secret_of: Callable[[str], str | Signer | None],
    now: dt.datetime,
    algorithm: Algorithm = "HMAC-SHA256",
    decoy: Signer | None = None,
) -> Caller | NotTrusted:
    """Say who signed a call, or why it is not believed. Pure: nonces are the caller's business.

    headers:    names in any case
    path_qs:    raw request target as it came, e.g. /api/v1/changes?since=3
    secret_of:  app id -> shared secret or signer, None when unknown or switched off
    decoy:      signer tried for an unknown app, so that both refusals cost the same
    now:        aware
    """
    claim = _claim(headers)
    if isinstance(claim, NotTrusted):
        return claim
    app_id, timestamp, nonce, given = claim
    seconds = int(timestamp) / (1000 if len(timestamp) == 13 else 1)
    if abs(seconds - _aware(now).timestamp()) > WINDOW.total_seconds():
        return NotTrusted("stale_timestamp")
    secret = secret_of(app_id)
    signer = _signer(secret or decoy or _NO_SECRET, algorithm)
    text = string_to_sign(method, path_qs, timestamp=timestamp, nonce=nonce, body=body, signer=signer)
    is_same = signer.is_right(text, given)
    if not secret:
        return NotTrusted("unknown_app")
    if not is_same:
        return NotTrusted("bad_signature")
    return Caller(app_id, nonce, dt.datetime.fromtimestamp(seconds, dt.UTC))


def _claim(headers: Mapping[str, str]) -> tuple[str, str, str, str] | NotTrusted:
    """App id, time stamp, nonce and signature, well-formed but not yet believed."""
    found = {name.lower(): value for name, value in headers.items()}
    app_id, timestamp, nonce, given = (
        found.get(name, "") for name in ("x-app-id", "x-timestamp", "x-nonce", "x-signature")
    )
    if not (app_id and timestamp and nonce and given):
        return NotTrusted("missing_header")
    if len(app_id) > 64 or not _TIMESTAMP.fullmatch(timestamp) or not _NONCE.fullmatch(nonce):
        return NotTrusted("malformed_header")
    return app_id, timestamp, nonce, given


def _aware(moment: dt.datetime) -> dt.datetime:
    if moment.tzinfo is None:
        raise ValueError("now must carry a time zone")
    return moment
