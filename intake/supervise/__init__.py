"""`xiansuo run`: every process of one machine, started, watched, restarted and stopped together.

Children run in sessions of their own and die with this process (PR_SET_PDEATHSIG
on Linux), so that neither Ctrl-C nor kill -9 leaves orphans.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
import time
from collections.abc import Coroutine, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from intake.settings import Settings
from intake.supervise.processes import BOT, ROOT, Part, parts, taken_port, xiansuo
from intake.supervise.watcher import Watcher, die_with_parent, say

STILL_S = 60.0
UNTRAINED = Path("untrained")

__all__ = ["Part", "Watcher", "parts", "run_all", "taken_port"]


async def run_all(settings: Settings, *, with_hotline: bool) -> int:
    """Train what is missing, start all parts, keep them running until SIGINT or SIGTERM. The exit code."""
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    wanted = parts(settings, with_hotline=with_hotline, bot_model=UNTRAINED)
    problem = taken_port(wanted) or missing_environment()
    if problem:
        return _refuse(problem)
    settings.var_dir.mkdir(parents=True, exist_ok=True)
    watchers = [Watcher(part, stop) for part in wanted]
    announce = asyncio.create_task(_announce(settings, watchers, stop, with_hotline=with_hotline))
    problems = await asyncio.gather(*(_keep(watcher, stop) for watcher in watchers), _tell_stopping(stop))
    announce.cancel()
    await asyncio.gather(announce, return_exceptions=True)
    say("已全部停止。")
    failed = [problem for problem in problems if problem]
    return _refuse(failed[0]) if failed else 0


async def _tell_stopping(stop: asyncio.Event) -> None:
    await stop.wait()
    say("正在停止……")


def _refuse(problem: str) -> int:
    print(f"xiansuo: {problem}", file=sys.stderr, flush=True)
    return 1


def missing_environment() -> str | None:
    if not (BOT / ".venv/bin/python").exists():
        return "机器人环境还没有装好：请先运行 make setup (bot/.venv is missing)"
    return None


async def _keep(watcher: Watcher, stop: asyncio.Event) -> str | None:
    """Train what this part needs, then keep it running; a problem ends every part."""
    # Each part waits for its own model only: the bot is slow to start and need not wait for the classifier.
    problem = await _until(stop, _prepare(watcher))
    if problem:
        stop.set()
        return problem
    await watcher.run()
    return None


async def _prepare(watcher: Watcher) -> str | None:
    """Train the model of web or bot unless it is there; what went wrong, or None."""
    part = watcher.part
    if part.name == "web":
        code, _ = await _lines("classifier", xiansuo("train", "--no-corrections"), ROOT)
        return "识别模型训练失败，请看上面的输出 (classifier training failed)" if code else None
    if part.name == "bot":
        code, archive = await _lines("bot", (part.command[0], "-W", "ignore", "-m", "train"), BOT)
        command = tuple(archive if word == str(UNTRAINED) else word for word in part.command)
        watcher.part = replace(part, command=command)
        return "机器人模型训练失败，请看上面的输出 (bot training failed)" if code else None
    return None


async def _until(stop: asyncio.Event, work: Coroutine[Any, Any, str | None]) -> str | None:
    """The result of `work`; None, and the work cancelled, when asked to stop before it is done."""
    task = asyncio.create_task(work)
    waiting = asyncio.create_task(stop.wait())
    await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if task.done():
        return task.result()
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    return None


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
    """Say when a part is ready; meanwhile say now and then that it is not."""
    while not watcher.is_ready.is_set():
        try:
            await asyncio.wait_for(watcher.is_ready.wait(), STILL_S)
        except TimeoutError:
            say(f"[{watcher.part.name}] 还没有就绪（{time.monotonic() - started:.0f} 秒）")
    say(f"[{watcher.part.name}] 就绪（{time.monotonic() - started:.0f} 秒）")
