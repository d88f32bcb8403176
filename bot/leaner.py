"""Work that Rasa repeats at every turn and that need be done once, or not at all.

Measured inside the bot process on the nine turns of a complaint (2 shared cores, docs/benchmarks.md).
Every change here keeps results as they are; tests/conversations hold the bot to the same talks.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Dict, Text


def make_lean() -> None:
    """Change Rasa in place; call it before an agent is made."""
    _trust_own_actions()
    _know_event_classes()
    _write_ahead()


def _trust_own_actions() -> None:
    """RemoteAction checks answers against a JSON schema (a quarter of a turn); ours are made in this process by rasa_sdk."""
    from rasa.core.actions.action import RemoteAction

    def valid(_self: RemoteAction, _result: Dict[Text, Any]) -> bool:
        return True

    RemoteAction._validate_action_result = valid  # type: ignore[method-assign]


def _know_event_classes() -> None:
    """Every stored event looks for its class among all subclasses (a sixth of a turn)."""
    from rasa.shared.utils import common

    common.all_subclasses = lru_cache(maxsize=None)(common.all_subclasses)


def _write_ahead() -> None:
    """The tracker's SQLite waits for the disk at every commit; intake keeps each message before the bot hears it."""
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    @event.listens_for(Engine, "connect")
    def set_pragmas(connection: Any, _record: Any) -> None:
        if type(connection).__module__.startswith("sqlite3"):
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
