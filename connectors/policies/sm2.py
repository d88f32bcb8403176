"""SM2 signatures with SM3 (GB/T 32918.2, user id of GM/T 0009) over gmssl's arithmetic.

gmssl leaves to its caller what makes a signature safe: a good random number, the
range of r and s, a public key that lies on the curve. All three are seen to here.
Its arithmetic is plain Python and not constant in time: a signing key belongs on
a machine that is not shared with strangers.
"""

import re
import secrets
from typing import Any

from cryptography.hazmat.primitives import hashes
from gmssl import sm2

USER_ID = b"1234567812345678"
_CURVE: dict[str, str] = sm2.default_ecc_table
_P, _A, _B, _N = (int(_CURVE[name], 16) for name in ("p", "a", "b", "n"))
_HEX = re.compile(r"[0-9a-fA-F]*")


class PublicKey:
    """A point of the curve.

    text:     128 hex digits x and y, or 130 with the leading 04
    user_id:  both sides must use the same; 1234567812345678 unless agreed otherwise
    raises:   ValueError, Chinese, when it is no key
    """

    def __init__(self, text: str, *, user_id: bytes = USER_ID) -> None:
        digits = text.strip().lower()
        if len(digits) == 130 and digits.startswith("04"):
            digits = digits[2:]
        if len(digits) != 128 or not _HEX.fullmatch(digits):
            raise ValueError("SM2 公钥应为 128 位十六进制（或以 04 开头的 130 位）")
        x, y = int(digits[:64], 16), int(digits[64:], 16)
        if x >= _P or y >= _P or (y * y - (x * x * x + _A * x + _B)) % _P:
            raise ValueError("SM2 公钥不在曲线上，请核对是否抄错")
        self.text = digits
        self._user_id = user_id

    def hash_of(self, text: bytes) -> bytes:
        """SM3 over Z (user, curve and key) and the text: what is really signed."""
        bits = (len(self._user_id) * 8).to_bytes(2, "big")
        curve = bytes.fromhex(_CURVE["a"] + _CURVE["b"] + _CURVE["g"] + self.text)
        return sm3(sm3(bits + self._user_id + curve) + text)

    def is_right(self, text: bytes, given: str) -> bool:
        """Whether `given` (r and s, 128 hex digits) is a signature of the text by this key."""
        digits = given.strip()
        if len(digits) != 128 or not _HEX.fullmatch(digits):
            return False
        r, s = int(digits[:64], 16), int(digits[64:], 16)
        if not (0 < r < _N and 0 < s < _N) or (r + s) % _N == 0:
            return False
        try:
            return bool(_engine("", self.text).verify(digits, self.hash_of(text)))
        except TypeError:  # gmssl's way of saying that a sum is the point at infinity
            return False


class PrivateKey:
    """Our half.

    text:    64 hex digits
    raises:  ValueError, Chinese, when it is no key
    """

    def __init__(self, text: str, *, user_id: bytes = USER_ID) -> None:
        digits = text.strip().lower()
        if len(digits) != 64 or not _HEX.fullmatch(digits) or not 0 < int(digits, 16) < _N - 1:
            raise ValueError("SM2 私钥应为 64 位十六进制")
        self._digits = digits
        self.public = PublicKey(_engine(digits, "")._kg(int(digits, 16), _CURVE["g"]), user_id=user_id)

    def shared(self, point: PublicKey) -> str:
        """Our key times a point, x and y as 128 hex digits: what both sides of an encryption know."""
        return times(int(self._digits, 16), point.text)

    def sign(self, text: bytes) -> str:
        """r and s as 128 hex digits; another one every time."""
        while True:
            made = self.sign_with(text, secrets.randbelow(_N - 1) + 1)
            if made is not None:
                return made

    def sign_with(self, text: bytes, random: int) -> str | None:
        """The signature by a given random number: for the standard's example; None when the number will not do."""
        made: str | None = _engine(self._digits, "").sign(self.public.hash_of(text), f"{random:064x}")
        return made


def new_private_key() -> str:
    """64 hex digits of a fresh key."""
    return f"{secrets.randbelow(_N - 2) + 1:064x}"


def times(factor: int, point: str = _CURVE["g"]) -> str:
    """A point of the curve times a number, x and y as 128 hex digits; the base point unless another is given."""
    return str(_engine("", "")._kg(factor, point))


def _engine(private: str, public: str) -> Any:
    engine = sm2.CryptSM2(private_key=private, public_key="")
    # Set afterwards: gmssl's constructor strips every leading 0 and 4 off a key.
    engine.public_key = public
    return engine


def sm3(data: bytes) -> bytes:
    """The SM3 digest, 32 bytes."""
    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
    return digest.finalize()
