"""The command `xiansuo`: every failure is one clear line and a non-zero exit."""

from __future__ import annotations

import os
import sys

from intake.cli import exports, imports, models, processes, pulls, records, staff, upkeep, wechat
from intake.cli.shell import app

__all__ = [
    "app",
    "exports",
    "imports",
    "main",
    "models",
    "processes",
    "pulls",
    "records",
    "staff",
    "upkeep",
    "wechat",
]


def main() -> None:
    """The entry point: whatever goes wrong is told in one line."""
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        if os.environ.get("XIANSUO_TRACEBACK"):
            raise
        print(f"xiansuo: {type(error).__name__}: {error}".splitlines()[0], file=sys.stderr)
        sys.exit(1)
