"""SM3 against the standard's own examples, so that HMAC-SM3 stands on ground that others share."""

import pytest
from cryptography.hazmat.primitives import hashes


@pytest.mark.parametrize(
    ("text", "digest"),
    [
        pytest.param(
            b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0", id="GB/T 32905 A.1"
        ),
        pytest.param(
            b"abcd" * 16,
            "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732",
            id="GB/T 32905 A.2",
        ),
    ],
)
def test_sm3_gives_the_standards_digest(text, digest):
    sm3 = hashes.Hash(hashes.SM3())
    sm3.update(text)

    assert sm3.finalize().hex() == digest
