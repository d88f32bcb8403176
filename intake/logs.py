"""Logs: one JSON object a line, a static event name and fields; never names, phones or texts.

What slips through is masked: runs of seven or more digits become ***.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import time
from typing import Any

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_DIGITS = re.compile(r"\d{7,}")


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
            "level": record.levelname.lower(),
            "log": record.name,
            "event": record.getMessage(),
        }
        line |= {k: v for k, v in vars(record).items() if k not in _STANDARD}
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return _DIGITS.sub("***", json.dumps(line, ensure_ascii=False, default=str))


def configure(level: str) -> None:
    """Send every log to stderr as JSON lines; request lines of the web server stay off."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.getLogger("uvicorn.access").disabled = True
    for noisy in ("aiosqlite", "asyncio", "alembic", "jieba", "uvicorn.error", "uvicorn"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
