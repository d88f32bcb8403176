"""The local counterpart of the discipline inspection body: its own key pair, opens letters, signs receipts.

For development and tests; what it opened is kept in memory only and shown to this machine alone.
"""

import base64
import binascii
import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from connectors.discipline.wire import signed_text
from connectors.partners.counterpart import Answer, Book, Counterpart, No
from connectors.partners.fields import CHINA
from connectors.policies.sealed_letter import fingerprint, open_letter
from connectors.policies.seals import NotOpened
from connectors.policies.sm2 import PrivateKey

# What a wrong receipt can be wrong in.
LIES = ("", "sha256", "signature", "time")


def _now() -> dt.datetime:
    return dt.datetime.now(CHINA)


@dataclass
class Desk:
    """Opens what comes with its private key. lies: one of LIES, for the next receipts."""

    key: PrivateKey = field(repr=False)
    clock: Callable[[], dt.datetime] = _now
    lies: str = ""
    receipts: dict[str, dict[str, str]] = field(default_factory=dict)

    def take(self, book: Book, content: Mapping[str, Any]) -> dict[str, str]:
        """One letter; the same message gets the same receipt."""
        message_id = str(content["_message_id"])
        letter = _letter(content)
        sha256 = hashlib.sha256(letter).hexdigest()
        if content.get("wjzy") != sha256 or content.get("gyzw") != fingerprint(self.key.public):
            raise No(42201, "摘要或公钥指纹与密封件不符")
        earlier = self.receipts.get(message_id)
        if earlier is not None:
            if earlier["wjzy"] != sha256:
                raise No(40902, "同一消息编号的内容不一致")
            return self._told(earlier)
        try:
            opened = json.loads(open_letter(letter, self.key))
        except (NotOpened, ValueError):
            raise No(42202, "用本机关的私钥打不开这个密封件") from None
        book.taken.append({"number": content.get("wjbh"), "opened": opened})
        return self._told(self._receipt(message_id, sha256))

    def _receipt(self, message_id: str, sha256: str) -> dict[str, str]:
        number = f"JJ{self.clock():%Y%m%d}{len(self.receipts) + 1:05d}"
        at = self.clock().isoformat(timespec="seconds")
        signature = self.key.sign(signed_text(number, at, sha256))
        self.receipts[message_id] = {"hzbh": number, "sjsj": at, "wjzy": sha256, "qm": signature}
        return self.receipts[message_id]

    def _told(self, receipt: dict[str, str]) -> dict[str, str]:
        wrong = {
            "sha256": {"wjzy": "0" * 64},
            "signature": {"qm": self.key.sign(b"something else")},
            "time": {"sjsj": "2020-01-01T00:00:00+08:00"},
        }
        return receipt | wrong.get(self.lies, {})


def _letter(content: Mapping[str, Any]) -> bytes:
    try:
        return base64.b64decode(str(content.get("mfwj", "")), validate=True)
    except (binascii.Error, ValueError):
        raise No(40002, "密封件不是正确的 base64") from None


def counterpart(app_id: str, secret: str, desk: Desk) -> Counterpart:
    """The body with its desk; `Counterpart.book.taken` is what was opened."""
    answers: Mapping[str, Answer] = {"/api/v1/referrals": desk.take}
    return Counterpart("discipline", answers, app_id, secret)
