"""A running house for the journey: the one that answers, or one of its own in a fresh folder."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp

READY_S = 300
PORTS = {"XIANSUO_PORT": "8400", "XIANSUO_BOT_URL": "http://127.0.0.1:5405", "XIANSUO_HOTLINE_PORT": "8412"}


async def answers(base: str) -> bool:
    """Whether web, worker and bot of a house are all well."""
    try:
        async with aiohttp.ClientSession() as session, session.get(f"{base}/readyz") as answer:
            state = await answer.json()
    except (aiohttp.ClientError, OSError, ValueError):
        return False
    return bool(state.get("bot") == "ok" and state.get("database") == "ok" and state.get("worker") == "ok")


@contextlib.asynccontextmanager
async def running_house(env: dict[str, str] | None = None) -> AsyncIterator[str]:
    """The base address of a house with all its processes; a house of our own is ended with its children.

    env: settings of a house of our own; None may use the one that runs already
    """
    base = os.environ.get("XIANSUO_BASE", "http://127.0.0.1:8000")
    if env is None and await answers(base):
        yield base
        return
    with tempfile.TemporaryDirectory(prefix="xiansuo-") as folder:
        settings = {
            **os.environ,
            **PORTS,
            "XIANSUO_VAR_DIR": folder,
            "XIANSUO_MODEL_DIR": "var/models",
            **(env or {}),
        }
        log = Path(folder, "run.log").open("wb")
        command = Path(sys.executable).with_name("xiansuo")
        process = await asyncio.create_subprocess_exec(
            str(command), "run", env=settings, stdout=log, stderr=log
        )
        base = f"http://127.0.0.1:{settings['XIANSUO_PORT']}"
        try:
            for _ in range(READY_S * 2):
                if process.returncode is not None:
                    raise RuntimeError(Path(folder, "run.log").read_text("utf-8", "replace")[-2000:])
                if await answers(base):
                    break
                await asyncio.sleep(0.5)
            else:
                raise RuntimeError(Path(folder, "run.log").read_text("utf-8", "replace")[-2000:])
            yield base
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
                await asyncio.wait_for(process.wait(), 30)
            log.close()
