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
from collections.abc import Sequence
from pathlib import Path

from intake.settings import Settings
from intake.supervise.processes import BOT, ROOT, Part, parts, taken_port, xiansuo
from intake.supervise.watcher import Watcher, die_with_parent, say

READY_S = 240.0

__all__ = ["Part", "Watcher", "parts", "run_all", "taken_port"]


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
