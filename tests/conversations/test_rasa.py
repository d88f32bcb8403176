"""Rasa's own tests: the data is sound, and every story of ours is predicted word by word."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from tests.conversations.bot_server import BOT, PYTHON, archive

STORIES = Path("tests/conversations/stories").resolve()
QUIET = {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3", "LOG_LEVEL": "WARNING"}


def rasa(*words: object) -> subprocess.CompletedProcess[str]:
    command = [str(PYTHON), "-W", "ignore", "-m", "rasa", *map(str, words)]
    env = {**os.environ, **QUIET, "PYTHONPATH": str(BOT)}
    return subprocess.run(command, cwd=BOT, capture_output=True, text=True, env=env, check=False)


def test_the_data_is_valid():
    archive()
    data = BOT / ".rasa" / "data"
    subprocess.run(
        [PYTHON, "-c", f"import corpus, pathlib; corpus.write(pathlib.Path({str(data / 'nlu.yml')!r}))"],
        cwd=BOT,
        check=True,
    )

    done = rasa(
        "data", "validate", "--domain", "domain", "--data", data, "dialogue", "--config", "config.yml"
    )

    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]


def test_every_story_goes_as_written(tmp_path):
    done = rasa(
        "test",
        "core",
        "--model",
        archive(),
        "--stories",
        STORIES,
        "--out",
        tmp_path,
        "--fail-on-prediction-errors",
    )

    said = done.stdout + done.stderr
    failed = tmp_path / "failed_test_stories.yml"
    assert done.returncode == 0, said[-2000:] + (failed.read_text("utf-8") if failed.exists() else "")
    assert not failed.exists() or not re.search(r"story:", failed.read_text("utf-8"))
