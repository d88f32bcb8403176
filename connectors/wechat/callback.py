"""Is a callback the platform's own, and what does it say? GET and POST, plain, compatible and encrypted mode."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from connectors.wechat.crypto import MessageSeal, NotOurs, is_signed
from connectors.wechat.messages import Incoming, Unreadable, read_message, read_xml, sealed_part
from connectors.wechat.replies import sealed_reply, text_reply

FRESH_S = 300
Mode = Literal["plain", "compatible", "encrypted"]


class NotSigned(Exception):
    """Wrong signature, wrong mode, or too old: not from the platform, or a replay."""


@dataclass(frozen=True)
class Account:
    """One Official Account as set up in the platform's console.

    name: the last part of the callback address; seal: None in plain mode
    """

    name: str
    app_id: str
    token: str
    mode: Mode = "encrypted"
    seal: MessageSeal | None = None


@dataclass(frozen=True)
class Call:
    """A callback that was proved; `reply` makes the passive answer in the same mode."""

    message: Incoming
    account: Account
    nonce: str
    is_sealed: bool

    def reply(self, text: str) -> bytes:
        plain = text_reply(self.message.sender, self.message.receiver, text)
        if self.is_sealed and self.account.seal is not None:
            return sealed_reply(plain, self.account.seal, self.account.token, self.nonce)
        return plain


def hello(account: Account, query: Mapping[str, str], *, now: float) -> bytes:
    """What the platform wants back when the address is set up (GET).

    raises: NotSigned; Unreadable
    """
    echo = query.get("echostr", "")
    if len(echo) > 1024 or not echo:
        raise Unreadable
    if account.seal is not None and query.get("msg_signature"):
        _check(query, "msg_signature", account, now, echo)
        return _opened(account.seal, echo)
    _check(query, "signature", account, now)
    return echo.encode()


def read_call(account: Account, query: Mapping[str, str], body: bytes, *, now: float) -> Call:
    """The message of a POST. In the compatible mode only the sealed part is believed.

    raises: NotSigned; Unreadable
    """
    is_sealed = query.get("encrypt_type") == "aes"
    if account.mode == "encrypted" and not is_sealed:
        raise NotSigned
    if not is_sealed:
        _check(query, "signature", account, now)
        return Call(read_message(read_xml(body)), account, query.get("nonce", ""), is_sealed=False)
    if account.seal is None:
        raise NotSigned
    # The cheap signature of address and time comes first: strangers don't get at the XML.
    _check(query, "signature", account, now)
    sealed = sealed_part(read_xml(body))
    _check(query, "msg_signature", account, now, sealed)
    message = read_message(read_xml(_opened(account.seal, sealed)))
    return Call(message, account, query.get("nonce", ""), is_sealed=True)


def _check(query: Mapping[str, str], name: str, account: Account, now: float, *more: str) -> None:
    at, nonce, signature = query.get("timestamp", ""), query.get("nonce", ""), query.get(name, "")
    if not (at.isascii() and at.isdigit() and len(at) <= 12 and 0 < len(nonce) <= 128):
        raise NotSigned
    if not is_signed(signature, account.token, at, nonce, *more) or abs(int(at) - now) > FRESH_S:
        raise NotSigned


def _opened(seal: MessageSeal, sealed: str) -> bytes:
    try:
        return seal.open(sealed)
    except NotOurs as wrong:
        raise NotSigned from wrong
