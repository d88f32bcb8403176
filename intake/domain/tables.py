"""Read the CSV tables of data/: a code a row, readable by a lawyer, each with its source."""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """The rows of data/<name>.csv in file order."""
    text = resources.files("intake.domain").joinpath(f"data/{name}.csv").read_text("utf-8")
    return tuple(csv.DictReader(text.splitlines()))
