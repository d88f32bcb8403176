"""Organisations of Sanmenxia (data/agencies.csv) and the names people give them.

"城管" in 湖滨区 is 湖滨区城市管理局: a popular name gives the domain
(data/agency_aliases.csv), the region gives the organisation.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from intake.domain.tables import rows


@dataclass(frozen=True, slots=True)
class Agency:
    """level: province | city | county | town | zone | vertical; kind: agency | justice | government | hotline."""

    code: str
    name: str
    region_code: str
    level: str
    domain: str
    parent_code: str | None
    kind: str
    is_vertical: bool


@cache
def everyone() -> tuple[Agency, ...]:
    return tuple(
        Agency(
            r["code"],
            r["name"],
            r["region_code"],
            r["level"],
            r["domain"],
            r["parent_code"] or None,
            r["kind"],
            r["is_vertical"] == "1",
        )
        for r in rows("agencies")
    )


@cache
def by_code() -> dict[str, Agency]:
    return {agency.code: agency for agency in everyone()}


@cache
def by_name() -> dict[str, Agency]:
    return {agency.name: agency for agency in everyone()}


@cache
def aliases() -> dict[str, str]:
    """Popular name to domain code."""
    return {r["alias"]: r["domain"] for r in rows("agency_aliases")}


def resolve(domain: str, region: str | None) -> Agency | None:
    """The organisation of a domain in a region; None when the region or the pair is unknown.

    region: county, city, zone or nine-digit township code
    """
    if region is None:
        return None
    known = by_code()
    if domain == "AD29":
        return known.get(region) if len(region) == 9 and region.isdigit() else None
    if region in known and known[region].level == "zone":
        return known[region]
    return known.get(f"{region[:6]}-{domain}")
