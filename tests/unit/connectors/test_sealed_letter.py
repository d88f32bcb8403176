"""Sealed letters: the standard's answer for SM2 encryption, and what nobody else can do with a letter."""

from __future__ import annotations

import json

import pytest

from connectors.policies.sealed_letter import fingerprint, open_letter, seal_letter, unwrap, wrap
from connectors.policies.seals import NotOpened
from connectors.policies.sm2 import PrivateKey, new_private_key

# GB/T 32918.5-2017, appendix C.2: key, random number, "encryption standard", C1 || C3 || C2.
KEY = "3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8"
RANDOM = 0x59276E27D506861A16680F3AD9C02DCCEF3CC1FA3CDBE4CE6D54B80DEAC1BC21
SEALED = (
    "0404ebfc718e8d1798620432268e77feb6415e2ede0e073c0f4f640ecd2e149a73"
    "e858f9d81e5430a57b36daab8f950a3c64e6ee6a63094d99283aff767e124df0"
    "59983c18f809e262923c53aec295d30383b54e39d609d160afcb1908d0bd8766"
    "21886ca989ca9c7d58087307ca93092d651efa"
)
OURS = PrivateKey(KEY)


def test_sm2_encryption_gives_the_standards_answer():
    assert wrap(b"encryption standard", OURS.public, RANDOM).hex() == SEALED
    assert unwrap(bytes.fromhex(SEALED), OURS) == b"encryption standard"


def test_a_letter_is_opened_by_its_receiver_and_nobody_else():
    text = "测试：某单位人员索要财物".encode()
    one, two = seal_letter(text, OURS.public), seal_letter(text, OURS.public)

    assert one != two
    assert open_letter(one, OURS) == text
    with pytest.raises(NotOpened):
        open_letter(one, PrivateKey(new_private_key()))


@pytest.mark.parametrize("place", ["format", "algorithms", "receiver", "key", "body"])
def test_a_letter_that_was_changed_anywhere_is_not_opened(place):
    said = json.loads(seal_letter(b"text", OURS.public))
    said[place] = ("1" if said[place][0] != "1" else "2") + said[place][1:]

    with pytest.raises(NotOpened):
        open_letter(json.dumps(said).encode(), OURS)


@pytest.mark.parametrize("letter", [b"", b"{}", b"[]", b"\xff", b'{"format": 1}', b"null"])
def test_what_is_no_letter_is_not_opened(letter):
    with pytest.raises(NotOpened):
        open_letter(letter, OURS)


def test_a_point_beside_the_curve_is_not_multiplied_with_our_key():
    beside = bytearray.fromhex(SEALED)
    beside[64] ^= 1

    with pytest.raises(NotOpened):
        unwrap(bytes(beside), OURS)


def test_the_fingerprint_names_the_key():
    assert fingerprint(OURS.public) == json.loads(seal_letter(b"", OURS.public))["receiver"]
    assert fingerprint(OURS.public) != fingerprint(PrivateKey(new_private_key()).public)
