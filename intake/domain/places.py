"""Places of Sanmenxia (data/gazetteer.csv): counties, zones and the 81 townships, old names too."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from intake.domain.tables import rows


@dataclass(frozen=True, slots=True)
class Place:
    """needs_suffix: the short name alone is an everyday word and does not count."""

    code: str
    name: str
    county_code: str
    aliases: tuple[str, ...]
    needs_suffix: bool


@cache
def everyone() -> tuple[Place, ...]:
    return tuple(
        Place(
            r["code"],
            r["name"],
            r["county_code"],
            tuple(a for a in _names(r) if a != r["name"]),
            "需要后缀" in (r["alias_risk"] + r["ambiguity"]),
        )
        for r in rows("gazetteer")
    )


@cache
def by_code() -> dict[str, Place]:
    return {place.code: place for place in everyone()}


def county_of(code: str) -> str:
    """The county, city or zone code that a place belongs to."""
    if code.startswith("411200") or not code.isdigit():
        return code
    return "411200-JKQ" if code.startswith("411271") else code[:6]


def _names(row: dict[str, str]) -> list[str]:
    found = []
    for part in (row["short_alias"] + "|" + row["other_alias"]).split("|"):
        name = part.replace("(旧)", "").strip()
        if name and "(旧县名)" not in name:
            found.append(name)
    return found
