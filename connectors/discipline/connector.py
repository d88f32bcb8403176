"""Sealed referrals (密封移送) to the discipline inspection body (纪检监察机关).

A letter is sealed for the body's public key: afterwards neither this house nor anything on the way can read it.
Without a connection the same letter is carried by hand, and the receipt is entered by a person.
"""

import base64
import datetime as dt
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import ClassVar

import aiohttp

from connectors.discipline.wire import Receipt, signed_text
from connectors.errors import Garbled, Refused
from connectors.partners.access import Access
from connectors.partners.client import PartnerClient, now
from connectors.partners.fields import CHINA
from connectors.policies.sealed_letter import fingerprint, seal_letter
from connectors.policies.sm2 import PublicKey

SYSTEM = "discipline"
LONGEST_NUMBER = 64
# Never called: a client without a connection refuses to send.
_NOWHERE = "http://not-connected.invalid"


class Discipline(PartnerClient):
    """Seals, and sends where there is a connection.

    access:  receiver_key: their SM2 public key; receipt_key: the one they sign receipts with, "" = the same;
             url "" = no connection
    raises:  ValueError for a key that is none
    """

    system: ClassVar[str] = SYSTEM
    title: ClassVar[str] = "纪检监察线索接收系统"
    paths: ClassVar[Mapping[str, str]] = {"referrals": "/api/v1/referrals"}
    needs: ClassVar[tuple[str, ...]] = ("receiver_key",)
    more_settings: ClassVar[tuple[str, ...]] = ("receiver_key", "receipt_key")

    def __init__(
        self,
        access: Access,
        session: aiohttp.ClientSession | None = None,
        *,
        clock: Callable[[], dt.datetime] = now,
    ) -> None:
        super().__init__(replace(access, url=access.url or _NOWHERE), session, clock=clock)
        self.is_connected = bool(access.url)
        self._receiver = PublicKey(access.receiver_key)
        self._signer = PublicKey(access.receipt_key or access.receiver_key)

    @property
    def key_fingerprint(self) -> str:
        """Of the key that letters are sealed for: what both sides compare by telephone."""
        return fingerprint(self._receiver)

    def seal(self, text: bytes) -> bytes:
        """The letter; about 20 ms."""
        return seal_letter(text, self._receiver)

    async def send(self, number: str, letter: bytes, *, message_id: str) -> Receipt:
        """Send one letter and give its receipt, whose hash and signature were found right.

        number:  ours for the letter; it tells nothing about the lead
        raises:  Unreachable, Refused, Garbled (also for a receipt that is not about this letter)
        """
        if not self.is_connected:
            raise Refused("没有配置与纪检监察机关的连接，请当面递交", system=self.system)
        sha256 = hashlib.sha256(letter).hexdigest()
        body = {
            "number": number,
            "sha256": sha256,
            "receiver": self.key_fingerprint,
            "letter": base64.b64encode(letter).decode(),
        }
        answer = await self.call("referrals", self.fields.write("letter", body), message_id=message_id)
        return self._receipt(answer, sha256)

    def _receipt(self, answer: object, sha256: str) -> Receipt:
        read = self.fields.read("receipt", answer if isinstance(answer, Mapping) else {})
        said = read.values
        if read.problems or len(said["number"]) > LONGEST_NUMBER:
            raise self._wrong(f"没有可用的回执：{'；'.join(read.problems)}")
        if said["sha256"].lower() != sha256:
            raise self._wrong("回执上的摘要与发出的密封件不符")
        text = signed_text(said["number"], said["received_at"], said["sha256"])
        if not self._signer.is_right(text, said["signature"]):
            raise self._wrong("回执的签名不对")
        return Receipt(said["number"], self._moment(said["received_at"]), sha256, said["signature"])

    def _moment(self, text: str) -> dt.datetime:
        try:
            at = dt.datetime.fromisoformat(text)
        except ValueError:
            raise self._wrong("回执上的收件时间读不懂") from None
        return at if at.tzinfo else at.replace(tzinfo=CHINA)

    def _wrong(self, words: str) -> Garbled:
        return Garbled(f"{self.title}：{words}", system=self.system)
