"""Keep one process running: print its lines, say why it died, start it again, end it without orphans."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Callable

import aiohttp

from intake.supervise.processes import Part

STOP_S = 8.0
RESTART_S = (1, 2, 5, 10, 30)


def say(words: str) -> None:
    print(words, flush=True)


def die_with_parent() -> Callable[[], None]:
    """For a child, before exec: a session of its own, and SIGTERM when this process dies."""
    library = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
    parent = os.getpid()

    def prepare() -> None:
        os.setsid()
        if library is not None:
            library.prctl(1, signal.SIGTERM)
            if os.getppid() != parent:
                os._exit(1)

    return prepare


class Watcher:
    """Keeps one part running: prints its lines, says why it died, starts it again, each time a little later."""

    def __init__(self, part: Part, stop: asyncio.Event) -> None:
        self.part = part
        self.stop = stop
        self.is_ready = asyncio.Event()
        self.last_lines: deque[str] = deque(maxlen=3)

    async def run(self) -> None:
        failures = 0
        while not self.stop.is_set():
            started = time.monotonic()
            try:
                code = await self._once()
            except OSError as error:
                # The command itself cannot be started: its file is gone, or the machine is full.
                self.last_lines.append(str(error))
                code = 127
            if self.stop.is_set():
                return
            failures = 0 if time.monotonic() - started > 60 else failures + 1
            wait = RESTART_S[min(failures, len(RESTART_S) - 1)]
            why = self.last_lines[-1] if self.last_lines else "没有输出"
            say(f"[{self.part.name}] 意外停止（退出码 {code}）：{why[:300]}；{wait} 秒后重新启动")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.stop.wait(), wait)

    async def _once(self) -> int:
        process = await asyncio.create_subprocess_exec(
            *self.part.command,
            cwd=self.part.cwd,
            env={**os.environ, **self.part.env},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            preexec_fn=die_with_parent(),
            limit=2**20,
        )
        reader = asyncio.create_task(self._read(process))
        ready = asyncio.create_task(self._wait_ready())
        stopping = asyncio.create_task(self.stop.wait())
        ended = asyncio.create_task(process.wait())
        await asyncio.wait({stopping, ended}, return_when=asyncio.FIRST_COMPLETED)
        if not ended.done():
            await _end(process)
        for task in (ready, stopping):
            task.cancel()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(reader, 2)
        self.is_ready.clear()
        return process.returncode or 0

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        async for raw in process.stdout:
            line = raw.decode(errors="replace").rstrip()
            if line:
                self.last_lines.append(line)
                say(f"[{self.part.name}] {line}")

    async def _wait_ready(self) -> None:
        if self.part.ready is None:
            self.is_ready.set()
            return
        async with aiohttp.ClientSession() as session:
            while not self.is_ready.is_set():
                with contextlib.suppress(aiohttp.ClientError, TimeoutError, OSError):
                    async with session.get(self.part.ready, timeout=aiohttp.ClientTimeout(total=2)) as answer:
                        if answer.status == 200:
                            self.is_ready.set()
                            return
                await asyncio.sleep(0.3)


async def _end(process: asyncio.subprocess.Process) -> None:
    """Ask the whole group to end, then make it."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), STOP_S)
            return
