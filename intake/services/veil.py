"""Phones, id numbers and query codes never reach the bot: tokens go instead.

The tokens of a conversation and what they stand for are its sealed vault.
"""

from __future__ import annotations

import re

from intake.domain import privacy, receipts

TOKEN = re.compile(r"⟨(手机号|身份证|查询码)\d+⟩")
_CODE = receipts.CODE_IN_TEXT


def veil(text: str, vault: dict[str, str]) -> str:
    """The text with each secret replaced by a token; new ones are added to `vault`."""
    text = _CODE.sub(lambda m: _veil_code(m, vault), text.replace("⟨", "〈").replace("⟩", "〉"))
    for secret in sorted(privacy.find_secrets(text), key=lambda s: s.start, reverse=True):
        kind = {"phone": "手机号", "id": "身份证"}.get(secret.kind)
        if kind:
            token = _token(kind, secret.value, vault)
            text = text[: secret.start] + token + text[secret.end :]
    return text


def _veil_code(match: re.Match[str], vault: dict[str, str]) -> str:
    code = receipts.tidy(match.group())
    return _token("查询码", code, vault) if receipts.is_query_code(code) else match.group()


def _token(kind: str, value: str, vault: dict[str, str]) -> str:
    for token, known in vault.items():
        if known == value and kind in token:
            return token
    token = f"⟨{kind}{sum(kind in t for t in vault) + 1}⟩"
    vault[token] = value
    return token


def unveil(text: str, vault: dict[str, str]) -> str:
    """The text with what each token stands for, in clear: only for filing."""
    return TOKEN.sub(lambda m: vault.get(m.group(), m.group()), text)


def show(text: str, vault: dict[str, str]) -> str:
    """The text as a citizen reads it: phones and ids masked, their own code not shown again."""
    return TOKEN.sub(lambda m: _shown(m, vault), text)


def _shown(match: re.Match[str], vault: dict[str, str]) -> str:
    value = vault.get(match.group())
    if value is None:
        return match.group()
    return "您的查询码" if match.group(1) == "查询码" else privacy.mask(value)
