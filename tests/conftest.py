"""What every test may use: both databases, a small house, and loud words about what cannot run here."""

from __future__ import annotations

import os
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from intake.services.house import House
from tests.factories.house import small_house
from tests.factories.postgres import postgres_binaries, started

IN_CI = os.environ.get("CI") == "true"
not_run: list[str] = []


def cannot_run(why: str) -> None:
    """Say loudly that a part cannot run here; in CI that is a failure."""
    not_run.append(why)
    if IN_CI:
        pytest.fail(f"cannot run in CI: {why}")
    pytest.skip(why)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for why in dict.fromkeys(not_run):
        terminalreporter.write_line(f"!!!! NOT RUN HERE: {why}", red=True, bold=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a real PostgreSQL: TEST_PG_URL, else one started here and removed afterwards."""
    if os.environ.get("TEST_PG_URL"):
        yield os.environ["TEST_PG_URL"]
        return
    binaries = postgres_binaries()
    if binaries is None:
        cannot_run("PostgreSQL: no initdb here and no TEST_PG_URL")
    assert binaries is not None
    with started(binaries) as address:
        yield address


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh database of each kind."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"
    return await _fresh_database(request.getfixturevalue("postgres"))


async def _fresh_database(server: str) -> str:
    import asyncpg

    name = f"t{uuid.uuid4().hex}"
    connection = await asyncpg.connect(server.replace("+asyncpg", ""))
    await connection.execute(f'CREATE DATABASE "{name}"')
    await connection.close()
    return server.rsplit("/", 1)[0] + f"/{name}"


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """A small house on SQLite and on PostgreSQL."""
    async with small_house(database_url, tmp_path) as opened:
        yield opened


@pytest.fixture
async def lite(tmp_path: Path) -> AsyncIterator[House]:
    """A small house on SQLite only, for what does not depend on the database."""
    async with small_house(f"sqlite+aiosqlite:///{tmp_path / 'test.db'}", tmp_path) as opened:
        yield opened
