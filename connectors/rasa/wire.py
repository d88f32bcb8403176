"""Rasa's REST answers as values; field names are Rasa 3.6's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from connectors.errors import Garbled


@dataclass(frozen=True, slots=True)
class Button:
    title: str
    payload: str


@dataclass(frozen=True, slots=True)
class BotMessage:
    text: str
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class BotAnswer:
    """What the bot said, and the command it gave, if any."""

    messages: tuple[BotMessage, ...]
    command: dict[str, Any] | None


def read_answer(raw: Any) -> BotAnswer:
    """Messages and at most one command; the most consequential one when there are several.

    raises: Garbled when it is not a list of objects
    """
    if not isinstance(raw, list) or not all(isinstance(item, dict) for item in raw):
        raise Garbled("the answer of the bot is not a list of messages", system="bot")
    messages, commands = [], []
    for item in raw:
        custom = item.get("custom")
        if isinstance(custom, dict) and custom.get("command"):
            commands.append(custom)
        if item.get("text"):
            buttons = tuple(Button(str(b["title"]), str(b["payload"])) for b in item.get("buttons") or [])
            messages.append(BotMessage(str(item["text"]), buttons))
    # A filing must never be lost to another command of the same turn.
    commands.sort(key=lambda c: c["command"] != "file_complaint")
    return BotAnswer(tuple(messages), commands[0] if commands else None)
