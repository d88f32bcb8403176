"""Where a lead goes: the rows of data/routing.csv or of a later version, read from the top, the first row that fits.

A row names a desk (supervision 监督, green 绿色通道, vertical 垂直管理, above
上一级) and the region whose queue it is; a queue's code is "<desk>-<region>".
What is probably not ours to supervise waits at the desk `transfer` of the same
region, where a person decides (nothing is refused by the machine).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

CITY = "411200"
COUNTIES = ("411202", "411203", "411221", "411224", "411281", "411282")
DESK_LABELS = {
    "supervision": "监督线索",
    "green": "民企绿色通道",
    "vertical": "垂直管理机关",
    "above": "上级监督",
    "transfer": "待转办",
}
# Scopes that a supervision desk keeps although they are not (or not only) SC00:
# a repeat or a vague complaint is still about enforcement conduct.
SUPERVISED_SCOPES = frozenset({"SC00", "SC40", "SC41", "SC71", "SC80", "SC81"})


@dataclass(frozen=True, slots=True)
class Facts:
    """What routing looks at.

    region:       six-digit county code, city code, internal zone code, or None
    agency_level: city | county | town | zone | vertical | justice_city | justice_county | joint | unknown
    complainant:  person | enterprise
    """

    region: str | None
    agency_level: str
    complainant: str
    domain: str
    scope: str = "SC00"


@dataclass(frozen=True, slots=True)
class Route:
    """supervisor: organisation code of the justice bureau answerable; reason: Chinese, shown to staff."""

    queue: str
    supervisor: str
    reason: str


@dataclass(frozen=True, slots=True)
class Routes:
    """One version of the routing table; version 0 is data/routing.csv."""

    version: int
    rows: tuple[dict[str, str], ...]


@cache
def first_routes() -> Routes:
    """Version 0: the routing table of this release."""
    text = resources.files("intake.domain").joinpath("data/routing.csv").read_text("utf-8")
    return Routes(0, tuple(csv.DictReader(text.splitlines())))


def route(facts: Facts, routes: Routes) -> Route:
    """The queue and the supervising organisation for `facts`; some row always fits."""
    kind, own = _region_kind(facts.region)
    for row in routes.rows:
        if _fits(row, facts, kind):
            region = own if row["queue_region"] == "own" else row["queue_region"]
            supervisor = f"{own}-SF" if row["supervisor"] == "own" else row["supervisor"]
            # About a justice bureau, its own transfer desk must not have it whatever it is about.
            is_kept = facts.scope in SUPERVISED_SCOPES or row["desk"] == "above"
            desk = row["desk"] if is_kept else "transfer"
            return Route(f"{desk}-{region}", supervisor, row["reason"])
    raise LookupError("the routing table has no last row that fits everything")


def queue_label(queue: str, region_names: dict[str, str]) -> str:
    desk, _, region = queue.partition("-")
    return f"{region_names.get(region, region)} · {DESK_LABELS.get(desk, desk)}"


def _region_kind(region: str | None) -> tuple[str, str]:
    """("county" | "zone" | "city" | "unknown", six-digit code of the queue it would own)."""
    if region is None:
        return "unknown", CITY
    if region.startswith(f"{CITY}-") or region[:6] == "411271":
        return "zone", CITY
    if region[:6] in COUNTIES:
        return "county", region[:6]
    return ("city", CITY) if region.startswith("4112") else ("unknown", CITY)


def _fits(row: dict[str, str], facts: Facts, kind: str) -> bool:
    wanted = {
        "region": kind,
        "agency_level": facts.agency_level,
        "complainant": facts.complainant,
        "domain": facts.domain,
    }
    return all(row[column] in ("any", value) for column, value in wanted.items())
