"""Which model serves: written by training, obeyed by everybody who loads one.

A model that learnt from corrections serves only when it is nowhere worse than the
one before it, or when a person says so (`xiansuo train --accept VERSION`).
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

FILE = "in_service.json"
# How much a figure may fall before a model counts as worse: the spread of refits on our held-out rows.
TOLERANCE = 0.01


@dataclass(frozen=True, slots=True)
class Chosen:
    """version: the model's; base: the fingerprint of the data and code it belongs to; why: one line."""

    version: str
    base: str
    why: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """rows: (figure, before, after); worse: the figures that fell by more than the tolerance."""

    rows: tuple[tuple[str, float, float], ...]
    worse: tuple[str, ...]


def read(models: Path) -> Chosen | None:
    try:
        return Chosen(**json.loads((models / FILE).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def put(models: Path, chosen: Chosen) -> None:
    """Atomic: a reader sees the old choice or the new one."""
    partial = models / f".{FILE}.{os.getpid()}"
    partial.write_text(json.dumps(asdict(chosen), ensure_ascii=False) + "\n", "utf-8")
    partial.replace(models / FILE)


def folder(models: Path) -> Path | None:
    """The folder of the model in service; None when none was chosen or it is gone."""
    chosen = read(models)
    path = models / f"classifier-{chosen.version}" if chosen else None
    return path if path and (path / "model.json").exists() else None


def judge(before: dict[str, Any], after: dict[str, Any]) -> Verdict:
    """Compare two reports of `evaluation.held_out` over the same rows."""
    rows = tuple(
        (f"{head} {figure}", float(before[head][figure]), float(after[head][figure]))
        for head in sorted(before)
        if isinstance(before[head], dict)
        for figure in ("macro_f1", "accuracy")
    )
    return Verdict(rows, tuple(name for name, old, new in rows if new < old - TOLERANCE))
