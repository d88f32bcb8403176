"""The processes of one machine: commands, folders, settings, and how each says that it is ready."""

from __future__ import annotations

import socket
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from intake.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
BOT = ROOT / "bot"


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
