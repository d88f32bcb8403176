"""A real PostgreSQL of one's own, removed afterwards."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def postgres_binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


class Server:
    """A running server that a test may stop hard and start again; the same address all its life."""

    def __init__(self, folder: Path, runner: list[str], binaries: Path) -> None:
        self._folder, self._port = folder, str(20000 + os.getpid() % 20000)
        self._control = [*runner, binaries / "pg_ctl", "-D", folder / "data", "-w"]
        self.address = f"postgresql+asyncpg://test@127.0.0.1:{self._port}/postgres"

    def start(self) -> None:
        options = f"-p {self._port} -k {self._folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        self._run("-o", options, "-l", self._folder / "log", "start")

    def stop(self, mode: str = "immediate") -> None:
        """mode: fast (connections are cut) | immediate (as a crash: recovery at the next start)"""
        self._run("-m", mode, "stop")

    def _run(self, *words: str | Path) -> None:
        quiet = {"check": False, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run([*self._control, *words], cwd=self._folder, **quiet)


@contextmanager
def serving(binaries: Path) -> Iterator[Server]:
    """A server that lives as long as the block."""
    folder = Path(tempfile.mkdtemp(prefix="xiansuo-pg-"))
    runner: list[str] = []
    if os.geteuid() == 0:
        # PostgreSQL refuses to run as root.
        folder.chmod(0o755)
        shutil.chown(folder, "nobody")
        runner = ["setpriv", "--reuid=nobody", "--clear-groups", "--no-new-privs"]
    made = [*runner, binaries / "initdb", "-D", folder / "data", "-U", "test", "-A", "trust", "-E", "UTF8"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run([*made, "--locale=C.UTF-8"], check=True, cwd=folder, **quiet)
    server = Server(folder, runner, binaries)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def started(binaries: Path) -> Iterator[str]:
    """The address of a server that lives as long as the block."""
    with serving(binaries) as server:
        yield server.address
