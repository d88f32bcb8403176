"""What we answer a callback with: nothing, or one text, plain or sealed."""

from __future__ import annotations

import time
from xml.sax.saxutils import escape

from connectors.wechat.crypto import MessageSeal, sign

NOTHING = b"success"
LONGEST = 2000


def text_reply(to: str, sender: str, text: str, *, now: float | None = None) -> bytes:
    """A text as passive reply (被动回复)."""
    at = int(time.time() if now is None else now)
    return (
        f"<xml><ToUserName>{escape(to)}</ToUserName><FromUserName>{escape(sender)}</FromUserName>"
        f"<CreateTime>{at}</CreateTime><MsgType>text</MsgType><Content>{escape(text)}</Content></xml>"
    ).encode()


def sealed_reply(
    plain: bytes, seal: MessageSeal, token: str, nonce: str, *, now: float | None = None
) -> bytes:
    """The same in the encrypted mode; nonce: the request's, or one of our own."""
    at, sealed = str(int(time.time() if now is None else now)), seal.seal(plain)
    return (
        f"<xml><Encrypt>{sealed}</Encrypt><MsgSignature>{sign(token, at, nonce, sealed)}</MsgSignature>"
        f"<TimeStamp>{at}</TimeStamp><Nonce>{escape(nonce)}</Nonce></xml>"
    ).encode()


def pieces(text: str) -> list[str]:
    """A text in parts that the platform takes (2,048 bytes), cut at line ends where it can be."""
    found: list[str] = []
    rest = text.strip()
    while rest:
        part = rest.encode()[:LONGEST].decode(errors="ignore")
        if len(part) < len(rest):
            end = part.rfind("\n")
            part = part[: end if end > len(part) // 2 else len(part)]
        found.append(part.strip())
        rest = rest[len(part) :].strip()
    return [part for part in found if part]
