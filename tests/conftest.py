"""What every test may use: both databases, a small house, and loud words about what cannot run here."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from intake.services.house import House
from tests.factories.house import small_house

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


def _postgres_binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a real PostgreSQL: TEST_PG_URL, else one started here and removed afterwards."""
    if os.environ.get("TEST_PG_URL"):
        yield os.environ["TEST_PG_URL"]
        return
    binaries = _postgres_binaries()
    if binaries is None:
        cannot_run("PostgreSQL: no initdb here and no TEST_PG_URL")
    assert binaries is not None
    folder = Path(tempfile.mkdtemp(prefix="xiansuo-pg-"))
    runner: list[str] = []
    if os.geteuid() == 0:
        # PostgreSQL refuses to run as root.
        folder.chmod(0o755)
        shutil.chown(folder, "nobody")
        runner = ["setpriv", "--reuid=nobody", "--clear-groups", "--no-new-privs"]
    data, port = folder / "data", str(20000 + os.getpid() % 20000)
    quiet = {"check": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
    subprocess.run(
        [
            *runner,
            binaries / "initdb",
            "-D",
            data,
            "-U",
            "test",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
        ],
        **quiet,
    )
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    control = [*runner, binaries / "pg_ctl", "-D", data, "-w"]
    subprocess.run([*control, "-o", options, "-l", folder / "log", "start"], **quiet)
    try:
        yield f"postgresql+asyncpg://test@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], **{**quiet, "check": False})
        shutil.rmtree(folder, ignore_errors=True)


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
