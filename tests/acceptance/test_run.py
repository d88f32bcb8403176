"""`xiansuo run` looks after its processes: restarts with a reason, no orphans, quick when everything is trained."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from intake.settings import Settings
from intake.supervise import Part, Watcher, parts, taken_port, watcher
from tests.conftest import cannot_run
from tests.factories.server import free_port

ROOT = Path(__file__).resolve().parents[2]
SECOND_START_S = 25
pytestmark = pytest.mark.processes


def python(code: str, name: str = "dummy", **more: object) -> Part:
    return Part(name, (sys.executable, "-c", code), **more)


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text("utf-8").rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


async def gone(pids: list[int], within_s: float = 10) -> bool:
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        if not any(is_alive(pid) for pid in pids):
            return True
        await asyncio.sleep(0.1)
    return False


async def numbers_in(file: Path, count: int) -> list[int]:
    """The first `count` process ids that dummies wrote into a file."""
    for _ in range(100):
        words = file.read_text("utf-8").split() if file.exists() else []
        if len(words) >= count:
            return [int(word) for word in words]
        await asyncio.sleep(0.1)
    raise AssertionError(f"only {words} were started")


async def test_a_part_that_dies_is_named_with_its_last_words_and_started_again(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(watcher, "RESTART_S", (0.1,))
    stop, starts = asyncio.Event(), tmp_path / "starts"
    code = f"import os, sys; open({str(starts)!r}, 'a').write(f'{{os.getpid()}} '); sys.exit('no space left')"
    task = asyncio.create_task(Watcher(python(code, "bot"), stop).run())

    await numbers_in(starts, 3)
    stop.set()
    await asyncio.wait_for(task, 10)

    said = capsys.readouterr().out
    assert "[bot] 意外停止（退出码 1）：no space left" in said
    assert "重新启动" in said


async def test_waits_grow_longer_and_never_end():
    assert list(watcher.RESTART_S) == sorted(watcher.RESTART_S)
    assert watcher.RESTART_S[-1] <= 60


async def test_a_command_that_does_not_exist_is_told_and_tried_again(capsys, monkeypatch):
    monkeypatch.setattr(watcher, "RESTART_S", (0.1,))
    stop = asyncio.Event()
    task = asyncio.create_task(Watcher(Part("web", ("/nowhere/xiansuo", "web")), stop).run())
    await asyncio.sleep(0.5)

    assert not task.done()
    assert "[web]" in capsys.readouterr().out
    stop.set()
    await asyncio.wait_for(task, 5)


async def test_stopping_ends_children_and_grandchildren_that_refuse(monkeypatch, tmp_path):
    monkeypatch.setattr(watcher, "STOP_S", 0.5)
    stop, pids = asyncio.Event(), tmp_path / "pids"
    stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
    code = (
        "import os, signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
        f"p = subprocess.Popen([sys.executable, '-c', {stubborn!r}]); "
        f"open({str(pids)!r}, 'w').write(f'{{os.getpid()}} {{p.pid}}'); time.sleep(60)"
    )
    task = asyncio.create_task(Watcher(python(code), stop).run())
    started = await numbers_in(pids, 2)

    stop.set()
    await asyncio.wait_for(task, 10)

    assert await gone(started)


async def test_a_child_does_not_outlive_a_killed_parent(tmp_path):
    pids = tmp_path / "pids"
    child = f"import os, time; open({str(pids)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    code = (
        "import asyncio, sys\nfrom intake.supervise import Part, Watcher\n"
        f"asyncio.run(Watcher(Part('x', (sys.executable, '-c', {child!r})), asyncio.Event()).run())"
    )
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", code, cwd=ROOT)
    started = await numbers_in(pids, 1)

    parent.kill()
    await parent.wait()

    assert await gone(started)


def test_a_taken_port_names_the_setting_that_changes_it():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        settings = Settings(_env_file=None, port=free_port(), bot_url=f"http://127.0.0.1:{port}")

        problem = taken_port(parts(settings, with_hotline=False, bot_model=Path("-")))

    assert problem is not None
    assert str(port) in problem
    assert "XIANSUO_BOT_URL" in problem
    assert "\n" not in problem


def own_settings(folder: Path) -> dict[str, str]:
    return os.environ | {
        "XIANSUO_PORT": str(free_port()),
        "XIANSUO_BOT_URL": f"http://127.0.0.1:{free_port()}",
        "XIANSUO_HOTLINE_PORT": str(free_port()),
        "XIANSUO_VAR_DIR": str(folder),
        "XIANSUO_MODEL_DIR": str(ROOT / "var/models"),
    }


def children(parent: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text("utf-8").rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == parent:
            found.append(int(stat.parent.name))
    return found


async def first_answer(base: str, until: float) -> str:
    """What the bot says to a greeting, asked until it is the bot that answers."""
    async with aiohttp.ClientSession() as session:
        while time.monotonic() < until:
            try:
                async with session.get(f"{base}/readyz") as ready:
                    is_ready = (await ready.json())["bot"] == "ok"
                if is_ready:
                    body = {"message_id": uuid.uuid4().hex, "text": "你好"}
                    async with session.post(f"{base}/api/v1/chat/messages", json=body) as answer:
                        return str((await answer.json())["messages"][0]["text"])
            except (aiohttp.ClientError, OSError, KeyError, ValueError):
                pass
            await asyncio.sleep(0.2)
    raise AssertionError("the chat did not answer in time")


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """`xiansuo run` with ports and data of its own, and its address; ended whatever happens."""
    if not (ROOT / "bot/.venv/bin/python").exists():
        cannot_run("xiansuo run: bot/.venv is missing; run make setup")
    env = own_settings(folder)
    command = Path(sys.executable).with_name("xiansuo")
    with (folder / "run.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            command, "run", cwd=ROOT, env=env, stdout=log, stderr=log
        )
        try:
            yield process, f"http://127.0.0.1:{env['XIANSUO_PORT']}"
        finally:
            if process.returncode is None:
                process.terminate()
                await asyncio.wait_for(process.wait(), 30)


@pytest.fixture(scope="module")
def trained():
    """Both models are there, as after a first start."""
    subprocess.run(
        [Path(sys.executable).with_name("xiansuo"), "train"],
        cwd=ROOT,
        check=True,
        env=own_settings(ROOT / "var"),
    )
    subprocess.run(
        [ROOT / "bot/.venv/bin/python", "-W", "ignore", "-m", "train"], cwd=ROOT / "bot", check=True
    )


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda s: s.name)
async def test_a_second_start_answers_soon_and_leaves_no_orphans(sign, tmp_path, trained):
    # Meant for a machine that does nothing else: what others take of it is added.
    limit = SECOND_START_S * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
    started = time.monotonic()
    async with running(tmp_path) as (process, base):
        said = await first_answer(base, started + limit * 2)
        took = time.monotonic() - started
        inside = children(process.pid)
        process.send_signal(sign)
        code = await asyncio.wait_for(process.wait(), 30)

    log = (tmp_path / "run.log").read_text("utf-8")
    assert said, log
    assert took < limit, log
    assert len(inside) == 4, log
    assert await gone(inside), log
    assert code == (0 if sign != signal.SIGKILL else -signal.SIGKILL), log
