"""What the platform posts: XML of a message or an event, read strictly."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

MOST = 64 * 1024
KINDS = frozenset({"text", "voice", "image", "video", "shortvideo", "location", "link", "file", "event"})
_LONGEST_ID = 128


class Unreadable(Exception):
    """Not what the platform sends."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message or event.

    sender:   the OpenID: personal data, never logged
    receiver: the account's original id (gh_…)
    key:      by which repetitions are known: MsgId, of events sender and time
    kind:     one of KINDS, or "unknown"
    text:     of a text; recognised words of a voice; place of a location; title and address of a link
    event:    subscribe | unsubscribe | SCAN | CLICK | …, "" of a message; event_key: of the menu or the code
    """

    sender: str
    receiver: str
    created_at: int
    key: str
    kind: str
    text: str = ""
    media_id: str = ""
    file_name: str = ""
    event: str = ""
    event_key: str = ""


def read_xml(body: bytes) -> Element:
    """raises: Unreadable for what is too long, not XML, or brings entities or a DTD"""
    if len(body) > MOST:
        raise Unreadable
    try:
        root: Element = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as wrong:
        raise Unreadable from wrong
    if root.tag != "xml":
        raise Unreadable
    return root


def sealed_part(root: Element) -> str:
    """The text of <Encrypt>, "" when there is none."""
    return _of(root, "Encrypt", MOST)


def read_message(root: Element) -> Incoming:
    """raises: Unreadable"""
    sender, receiver = _of(root, "FromUserName", _LONGEST_ID), _of(root, "ToUserName", _LONGEST_ID)
    created, kind = _of(root, "CreateTime", 12), _of(root, "MsgType", 32)
    if not sender or not receiver or not created.isascii() or not created.isdigit() or not kind:
        raise Unreadable
    number = _of(root, "MsgId", 32)
    is_event = kind == "event"
    if not is_event and not (number.isascii() and number.isdigit()):
        raise Unreadable
    event, event_key = _of(root, "Event", 32), _of(root, "EventKey", 256)
    return Incoming(
        sender=sender,
        receiver=receiver,
        created_at=int(created),
        key=f"e{created}.{sender}" if is_event else f"m{number}",
        kind=kind if kind in KINDS else "unknown",
        text=_text(root, kind),
        media_id=_of(root, "MediaId", 256),
        file_name=_of(root, "Title", 256) if kind == "file" else "",
        event=event if is_event else "",
        event_key=event_key if is_event else "",
    )


def _text(root: Element, kind: str) -> str:
    if kind == "text":
        return _of(root, "Content", MOST)
    if kind == "voice":
        return _of(root, "Recognition", MOST)
    if kind == "location":
        where = _of(root, "Label", 512) or f"{_of(root, 'Location_X', 16)}，{_of(root, 'Location_Y', 16)}"
        return f"我的位置：{where}"
    if kind == "link":
        return " ".join(part for part in (_of(root, "Title", 512), _of(root, "Url", 1024)) if part)
    return ""


def _of(root: Element, name: str, longest: int) -> str:
    """raises: Unreadable for what is longer than it can be"""
    value = (root.findtext(name) or "").strip()
    if len(value) > longest:
        raise Unreadable
    return value
