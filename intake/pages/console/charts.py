"""Figures as bars, a tile map and a line: plain numbers for templates that draw SVG."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

SHADES = 4


@dataclass(frozen=True, slots=True)
class Tile:
    """A place on the schematic map; x, y: upper left corner; up: where its words begin, from there."""

    code: str
    name: str
    x: int
    y: int
    width: int
    height: int
    up: int
    is_small: bool = False


# Drawn by us after the lie of the land: not to scale, and no border is exact. An enclave comes after what it lies in.
TILES = (
    Tile("411282", "灵宝市", 4, 70, 172, 150, 66),
    Tile("411203", "陕州区", 180, 70, 246, 204, 160),
    Tile("411202", "湖滨区", 226, 50, 156, 72, 30),
    Tile("411200-JKQ", "经开区", 188, 132, 76, 64, 26, True),
    Tile("411200-SFQ", "示范区", 267, 132, 76, 64, 26, True),
    Tile("411200-XDFW", "服务业区", 346, 132, 76, 64, 26, True),
    Tile("411221", "渑池县", 430, 70, 206, 204, 46),
    Tile("411281", "义马市", 520, 150, 110, 84, 36),
    Tile("411224", "卢氏县", 40, 278, 250, 96, 42),
)


def bars(rows: list[dict[str, Any]] | None, names: dict[str, str]) -> list[dict[str, Any]] | None:
    """Rows with name and width (0 to 100, None when hidden); None for a table that is withheld."""
    if rows is None:
        return None
    most = max((r["count"] for r in rows if r["count"]), default=1)
    return [
        {
            "name": names.get(r["code"], r["code"]),
            "shown": r["shown"],
            "width": None if r["count"] is None else round(100 * r["count"] / most, 1),
        }
        for r in rows
    ]


def tiles(rows: list[dict[str, Any]] | None) -> list[tuple[Tile, str, str]]:
    """(tile, shade m0 to m4 or mh, what is shown) of every place; a place without a row has none, or is withheld."""
    found = {r["code"]: r for r in rows or ()}
    most = max((r["count"] for r in found.values() if r["count"]), default=1)
    nothing = {"count": None, "shown": "不显示"} if rows is None else {"count": 0, "shown": "0"}
    result = []
    for tile in TILES:
        row = found.get(tile.code, nothing)
        result.append((tile, _shade(row["count"], most), row["shown"]))
    return result


def _shade(count: int | None, most: int) -> str:
    if count is None:
        return "mh"
    return f"m{-(-SHADES * count // most)}"


@dataclass(frozen=True, slots=True)
class Line:
    """points: (x, y, words) of what is shown; paths: the line in pieces, broken where a month is hidden."""

    points: list[tuple[float, float, str]]
    paths: list[str]
    labels: list[tuple[float, str]]


def line(figures: list[tuple[str, int | None]]) -> Line:
    """A line through (name, count or None) in a box of 640 by 200; a hidden figure is a gap."""
    most = max((count for _, count in figures if count), default=1)
    step = 580 / max(len(figures) - 1, 1)
    points, labels = [], []
    pieces: list[list[str]] = [[]]
    for place, (name, count) in enumerate(figures):
        x = round(30 + place * step, 1)
        labels.append((x, name))
        if count is None:
            pieces.append([])
            continue
        y = round(150 - 110 * count / most, 1)
        points.append((x, y, str(count)))
        pieces[-1].append(f"{x} {y}")
    return Line(points, ["M" + " L".join(piece) for piece in pieces if len(piece) > 1], labels)
