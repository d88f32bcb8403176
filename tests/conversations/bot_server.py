"""A real bot process on a free port, and a person who talks to it as intake does."""

from __future__ import annotations

import json
import os
import subprocess
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path
from typing import Any

from tests.factories.house import classifier
from tests.factories.server import free_port

BOT = Path("bot").resolve()
PYTHON = BOT / ".venv/bin/python"
TOKEN = "conversation-tests-token"
READY_S = 120


def archive() -> Path:
    """The trained model; trained now when the data changed."""
    done = subprocess.run(
        [PYTHON, "-W", "ignore", "-m", "train"], cwd=BOT, check=True, capture_output=True, text=True
    )
    return Path(done.stdout.strip().splitlines()[-1])


class BotProcess:
    def __init__(self, tracker: Path) -> None:
        self.port, self.tracker, self.model = free_port(), tracker, archive()
        self.base = f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.process = subprocess.Popen(
            [PYTHON, "-W", "ignore", "-m", "server", "--model", self.model, "--port", str(self.port)],
            cwd=BOT,
            env={**os.environ, "BOT_TOKEN": TOKEN, "BOT_TRACKER_DB": str(self.tracker)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + READY_S
        while time.monotonic() < until:
            try:
                if self.request("GET", f"/status?token={TOKEN}")[0] == 200:
                    return
            except OSError:
                time.sleep(0.3)
        raise RuntimeError("the bot did not start")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)

    def request(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(
            self.base + path, data, {"Content-Type": "application/json"}, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            return error.code, None
        except json.JSONDecodeError:
            return 200, None


class Person:
    """Says things; what the classifier understands goes along, as in intake."""

    def __init__(self, bot: BotProcess) -> None:
        self.bot, self.id = bot, uuid.uuid4().hex
        self.texts: list[str] = []
        self.command: dict[str, Any] | None = None
        self.buttons: list[str] = []

    def say(self, text: str) -> str:
        """All the bot's words to one message or /payload."""
        import datetime as dt

        understood = None
        if not text.startswith("/"):
            understood = classifier().classify(text, today=dt.date(2026, 11, 23)).to_json()
        body = {"sender": self.id, "message": text, "metadata": {"understood": understood, "context": {}}}
        status, answer = self.bot.request("POST", f"/webhooks/rest/webhook?token={TOKEN}", body)
        assert status == 200
        return self._heard(answer)

    def told(self, event: str, **entities: str) -> str:
        path = f"/conversations/{self.id}/trigger_intent?token={TOKEN}&output_channel=rest"
        status, answer = self.bot.request("POST", path, {"name": event, "entities": entities})
        assert status == 200
        return self._heard(answer["messages"])

    def _heard(self, messages: list[dict[str, Any]]) -> str:
        commands = [m["custom"] for m in messages if m.get("custom")]
        self.command = commands[0] if commands else None
        self.texts = [m["text"] for m in messages if m.get("text")]
        last = next((m for m in reversed(messages) if m.get("text")), {})
        self.buttons = [b["payload"] for b in last.get("buttons") or []]
        return "\n".join(self.texts)

    def until_confirm(self) -> str:
        """Answer everything that is asked with the shortest answer, up to the summary."""
        words = "\n".join(self.texts)
        for _ in range(9):
            if "请看一下我记得对不对" in words:
                return words
            if any(b.startswith("/choose") for b in self.buttons):
                words = self.say('/choose{"route": "file"}')
            elif "/stay_anonymous" in self.buttons:
                words = self.say("/stay_anonymous")
            else:
                words = self.say("/skip")
        raise AssertionError(words)

    def file(self) -> dict[str, Any]:
        """Confirm, and return the complaint of the command."""
        self.until_confirm()
        self.say("确认")
        assert self.command is not None
        assert self.command["command"] == "file_complaint"
        complaint: dict[str, Any] = self.command["complaint"]
        return complaint
