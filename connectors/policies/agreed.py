"""What was agreed with a partner, from settings: how calls are signed, whether bodies are sealed."""

from collections.abc import Mapping
from dataclasses import dataclass

from connectors.policies.seals import Seal, Sm4Cbc, Sm4Gcm
from connectors.policies.signers import HmacSigner, Signer, Sm2Signer
from connectors.policies.sm2 import PrivateKey, PublicKey

SIGNATURES = ("HMAC-SHA256", "HMAC-SM3", "SM2")
SEALS = ("none", "SM4-GCM", "SM4-CBC")


@dataclass(frozen=True, slots=True)
class Agreed:
    """signer: ours out, theirs in; seal: None when bodies travel readable (inside TLS)."""

    signer: Signer
    seal: Seal | None = None


def agreed(values: Mapping[str, str]) -> Agreed:
    """Read what was agreed.

    values:  signature (HMAC-SHA256 unless given), secret, sm2_private_key, sm2_public_key,
             seal (none unless given), sm4_key
    raises:  ValueError, Chinese, naming the value and what is right
    """
    return Agreed(_signer(values), _seal(values))


def _signer(values: Mapping[str, str]) -> Signer:
    name = values.get("signature") or "HMAC-SHA256"
    if name == "HMAC-SHA256":
        return HmacSigner(_needed(values, "secret", name), "HMAC-SHA256")
    if name == "HMAC-SM3":
        return HmacSigner(_needed(values, "secret", name), "HMAC-SM3")
    if name == "SM2":
        ours = PrivateKey(_needed(values, "sm2_private_key", name))
        return Sm2Signer(ours, PublicKey(_needed(values, "sm2_public_key", name)))
    raise ValueError(f"signature 不能是 {name}，应为其中之一：{'、'.join(SIGNATURES)}")


def _seal(values: Mapping[str, str]) -> Seal | None:
    name = values.get("seal") or "none"
    if name == "none":
        return None
    if name not in SEALS:
        raise ValueError(f"seal 不能是 {name}，应为其中之一：{'、'.join(SEALS)}（SM4-ECB 不安全，不支持）")
    digits = _needed(values, "sm4_key", name)
    try:
        key = bytes.fromhex(digits)
    except ValueError:
        key = b""
    if len(key) != 16:
        raise ValueError("sm4_key 应为 32 位十六进制（16 字节）")
    return Sm4Gcm(key) if name == "SM4-GCM" else Sm4Cbc(key)


def _needed(values: Mapping[str, str], key: str, who: str) -> str:
    value = values.get(key, "").strip()
    if not value:
        raise ValueError(f"使用 {who} 时必须设置 {key}")
    return value
