"""Bring a database to the newest schema; safe when several processes start at once."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import text

from intake.store.database import Database

LOCK_ID = 20240205


def is_compared(_thing: Any, name: str | None, *_more: Any) -> bool:
    """Whether Alembic may compare it: not what only one of the two databases has for searching."""
    return not (name or "").startswith("search_")


def config() -> Config:
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    return settings


async def upgrade(database: Database, lock_dir: Path) -> None:
    """Run every migration not yet run.

    lock_dir: where SQLite's processes meet to take turns; PostgreSQL uses an advisory lock
    """
    with _turn(lock_dir) if database.is_sqlite else _no_turn():
        async with database.engine.begin() as connection:
            if not database.is_sqlite:
                await connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK_ID})"))
            await connection.run_sync(_run)


def _run(connection: Any) -> None:
    settings = config()
    settings.attributes["connection"] = connection
    command.upgrade(settings, "head")


@contextmanager
def _turn(lock_dir: Path) -> Iterator[None]:
    lock_dir.mkdir(parents=True, exist_ok=True)
    with (lock_dir / "migrate.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def _no_turn() -> Iterator[None]:
    yield
