"""Train the bot: models/bot-<hash>.tar.gz, the hash of everything that goes into it; reused when it is there.

The last line printed is the archive's path. `python -m train --check` also validates the data.
"""

from __future__ import annotations

import hashlib
import os
import sys
import time
import warnings
from pathlib import Path

os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("PYTHONWARNINGS", "ignore")
os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
HERE = Path(__file__).resolve().parent
MODELS = HERE / "models"
SEEN = ("config.yml", "domain/*.yml", "dialogue/*.yml", "components/*.py", "requirements.lock", "corpus.py")


def fingerprint() -> str:
    """A hash over data, configuration, components and the lock."""
    digest = hashlib.sha256()
    files = [p for pattern in SEEN for p in HERE.glob(pattern)]
    files += (HERE.parent / "nlu_data" / "intents").glob("*.txt")
    for path in sorted(files):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def archive() -> Path:
    return MODELS / f"bot-{fingerprint()}.tar.gz"


def say(words: str) -> None:
    print(words, flush=True)


def train() -> Path:
    """The archive for the data as it is now."""
    wanted = archive()
    if wanted.exists():
        say(f"机器人模型未变，直接使用 {wanted.name}")
        return wanted
    started = time.monotonic()
    say("训练机器人模型：载入 Rasa……")
    warnings.filterwarnings("ignore")
    import logging

    import corpus
    from rasa.model_training import train as rasa_train
    from rasa.utils.log_utils import configure_structlog

    # Rasa's structlog prints every rule state at debug level unless told otherwise.
    logging.getLogger().setLevel(logging.WARNING)
    configure_structlog(logging.WARNING)
    data = HERE / ".rasa" / "data"
    corpus.write(data / "nlu.yml")
    say(f"训练机器人模型：开始（已用 {time.monotonic() - started:.0f} 秒）……")
    result = rasa_train(
        domain=str(HERE / "domain"),
        config=str(HERE / "config.yml"),
        training_files=[str(data), str(HERE / "dialogue")],
        output=str(MODELS),
        fixed_model_name=wanted.name.replace(".tar.gz", ".new"),
        force_training=True,
    )
    if result.code or not result.model:
        raise SystemExit("训练机器人模型失败：请查看上面的输出")
    os.replace(result.model, wanted)
    for old in MODELS.glob("bot-*.tar.gz"):
        if old != wanted:
            old.unlink()
    say(f"训练机器人模型：完成，用时 {time.monotonic() - started:.0f} 秒")
    return wanted


if __name__ == "__main__":
    os.chdir(HERE)
    sys.path.insert(0, str(HERE))
    say(str(train()))
