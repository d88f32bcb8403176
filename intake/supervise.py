"""`xiansuo run`: every process of one machine, started, watched, restarted and stopped together.

Children run in sessions of their own and die with this process (PR_SET_PDEATHSIG
on Linux), so that neither Ctrl-C nor kill -9 leaves orphans.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
import socket
import sys
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from intake.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
BOT = ROOT / "bot"
STOP_S = 8.0
RESTART_S = (1, 2, 5, 10, 30)
READY_S = 240.0


@dataclass(frozen=True)
class Part:
    """One process: its command, where it runs, and the address that says it is ready (None: at once)."""

    name: str
    command: tuple[str, ...]
    cwd: Path = ROOT
    env: dict[str, str] = field(default_factory=dict)
    ready: str | None = None
    port: tuple[int, str] | None = None


def xiansuo(*words: str) -> tuple[str, ...]:
    """Our own command in this environment."""
    return (str(Path(sys.executable).with_name("xiansuo")), *words)


def parts(settings: Settings, *, with_hotline: bool, bot_model: Path) -> list[Part]:
    """The processes of one machine; docker/compose.yml starts the same commands."""
    base = f"http://{settings.host}:{settings.port}"
    token = settings.bot_token.get_secret_value()
    bot_port = int(settings.bot_url.rsplit(":", 1)[-1].strip("/"))
    found = [
        Part("web", xiansuo("web"), ready=f"{base}/healthz", port=(settings.port, "XIANSUO_PORT")),
        Part("worker", xiansuo("worker")),
        Part(
            "bot",
            (
                str(BOT / ".venv/bin/python"),
                "-W",
                "ignore",
                "-m",
                "server",
                "--model",
                str(bot_model),
                "--port",
                str(bot_port),
            ),
            cwd=BOT,
            env={"BOT_TOKEN": token, "BOT_TRACKER_DB": str(settings.var_dir.resolve() / "bot.db")},
            ready=f"{settings.bot_url}/status?token={token}",
            port=(bot_port, "XIANSUO_BOT_URL"),
        ),
    ]
    if with_hotline:
        found.append(
            Part(
                "hotline",
                xiansuo("simulate", "hotline"),
                ready=f"http://127.0.0.1:{settings.hotline_port}/healthz",
                port=(settings.hotline_port, "XIANSUO_HOTLINE_PORT"),
            )
        )
    return found


def taken_port(wanted: Sequence[Part]) -> str | None:
    """One line about the first port that is taken, None when all are free."""
    for part in wanted:
        if part.port is None:
            continue
        number, setting = part.port
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", number))
            except OSError:
                return f"端口 {number} 已被占用（{part.name}）：请停止占用它的程序，或设置 {setting} 换一个端口 (port {number} is taken)"
    return None


def say(words: str) -> None:
    print(words, flush=True)


async def run_all(settings: Settings, *, with_hotline: bool) -> int:
    """Train what is missing, start all parts, keep them running until SIGINT or SIGTERM. The exit code."""
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    wanted = parts(settings, with_hotline=with_hotline, bot_model=Path("-"))
    problem = taken_port(wanted) or missing_environment()
    if problem:
        print(f"xiansuo: {problem}", file=sys.stderr)
        return 1
    settings.var_dir.mkdir(parents=True, exist_ok=True)
    trained = await _until(stop, _train_both(settings))
    if trained is None:
        return 130
    model, error = trained
    if error:
        print(f"xiansuo: {error}", file=sys.stderr)
        return 1
    watchers = [Watcher(p, stop) for p in parts(settings, with_hotline=with_hotline, bot_model=model)]
    tasks = [asyncio.create_task(w.run()) for w in watchers]
    announce = asyncio.create_task(_announce(settings, watchers, stop, with_hotline=with_hotline))
    await stop.wait()
    say("正在停止……")
    announce.cancel()
    await asyncio.gather(*tasks, announce, return_exceptions=True)
    say("已全部停止。")
    return 0


def missing_environment() -> str | None:
    if not (BOT / ".venv/bin/python").exists():
        return "机器人环境还没有装好：请先运行 make setup (bot/.venv is missing)"
    return None


async def _until(stop: asyncio.Event, work: object) -> tuple[Path, str | None] | None:
    """The result of `work`, or None when asked to stop before it is done."""
    task = asyncio.ensure_future(work)  # type: ignore[call-overload]
    waiting = asyncio.create_task(stop.wait())
    await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if task.done():
        result: tuple[Path, str | None] = task.result()
        return result
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    return None


async def _train_both(settings: Settings) -> tuple[Path, str | None]:
    """Both models side by side; (bot archive, error or None)."""
    classifier = _lines("classifier", xiansuo("train"), ROOT)
    bot = _lines("bot", (str(BOT / ".venv/bin/python"), "-W", "ignore", "-m", "train"), BOT)
    (code_a, _), (code_b, last) = await asyncio.gather(classifier, bot)
    if code_a:
        return Path(), "识别模型训练失败，请看上面的输出 (classifier training failed)"
    if code_b:
        return Path(), "机器人模型训练失败，请看上面的输出 (bot training failed)"
    return Path(last), None


async def _lines(name: str, command: Sequence[str], cwd: Path) -> tuple[int, str]:
    """Run a command, print its lines with its name; (exit code, last line of output)."""
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=cwd,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        preexec_fn=die_with_parent(),
        limit=2**20,
    )
    last = ""
    try:
        assert process.stdout is not None
        async for raw in process.stdout:
            last = raw.decode(errors="replace").rstrip()
            say(f"[{name}] {last}")
        return await process.wait(), last
    except asyncio.CancelledError:
        process.terminate()
        await process.wait()
        raise


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
            code = await self._once()
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


async def _announce(
    settings: Settings, watchers: Sequence[Watcher], stop: asyncio.Event, *, with_hotline: bool
) -> None:
    """Print each part as it becomes ready, then the addresses."""
    started = time.monotonic()
    await asyncio.gather(*(_tell_ready(w, started) for w in watchers))
    if stop.is_set():
        return
    base = f"http://{settings.host}:{settings.port}"
    lines = [
        f"对话投诉   {base}/",
        f"网页表单   {base}/form",
        f"查询进度   {base}/track",
        f"工作台     {base}/console",
    ]
    if settings.is_development:
        lines.append(
            f"  开发账号 shi（市级）、hubin（湖滨区），密码 {settings.dev_password.get_secret_value()}，仅限本机开发"
        )
    if with_hotline:
        lines.append(f"本地热线   http://127.0.0.1:{settings.hotline_port}/")
    say("\n全部就绪：\n  " + "\n  ".join(lines) + "\n按 Ctrl-C 停止。")


async def _tell_ready(watcher: Watcher, started: float) -> None:
    await asyncio.wait_for(watcher.is_ready.wait(), READY_S)
    say(f"[{watcher.part.name}] 就绪（{time.monotonic() - started:.0f} 秒）")
