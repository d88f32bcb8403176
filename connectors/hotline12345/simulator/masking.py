"""Personal data is masked before the local hotline keeps anything."""

import re
from collections.abc import Mapping
from typing import Any

_ID = re.compile(r"(?<![0-9])([0-9]{6})[0-9]{8}([0-9]{3}[0-9Xx])(?![0-9])")
_PHONE = re.compile(r"(?<![0-9])(1[3-9][0-9])[0-9]{4}([0-9]{4})(?![0-9])")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_NAMES = frozenset({"caller_name", "operator_name"})
_NEVER = frozenset({"id_no", "email", "caller_tag", "geo"})


def mask(text: str) -> str:
    """The text with phone numbers, id numbers and mail addresses made unreadable."""
    text = _ID.sub(r"\1********\2", text)
    text = _PHONE.sub(r"\1****\2", text)
    return _EMAIL.sub("***@***", text)


def masked(value: Any) -> Any:
    """Any JSON value with every text in it masked; names shortened, the most private keys dropped."""
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, list):
        return [masked(member) for member in value]
    if isinstance(value, Mapping):
        return {key: _field(key, member) for key, member in value.items() if key not in _NEVER}
    return value


def _field(key: str, value: Any) -> Any:
    if key in _NAMES and isinstance(value, str) and value:
        return value[0] + "**"
    return masked(value)
