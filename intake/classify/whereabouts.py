"""Which agency and which place a text speaks of, resolved against the tables."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from intake.classify.lookup import Words
from intake.domain import agencies, places
from intake.domain.agencies import Agency

_TOWN_WORDS = re.compile(r"(?:人民)?政府|执法|街道办|办事处|[乡镇]里|综合|镇上|街道|乡上")
_CITY_CUE = re.compile(r"市(?:里|局|级|直)?$|三门峡(?:市)?$")


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a name stands in the clean text."""

    start: int
    end: int
    code: str


@cache
def _place_words() -> tuple[Words, dict[str, tuple[str, ...]]]:
    names: dict[str, list[str]] = {}
    for place in places.everyone():
        wanted = [place.name, *(() if place.needs_suffix else place.aliases)]
        if place.name.endswith("街道") and len(place.name) > 3:
            wanted.append(place.name + "办")
        for name in wanted:
            if len(name) >= 2:
                names.setdefault(name, []).append(place.code)
    names.setdefault("三门峡", []).append("411200")
    return Words(names), {n: tuple(c) for n, c in names.items()}


def find_places(text: str) -> list[Hit]:
    """Places of Sanmenxia; an ambiguous township counts only beside its county."""
    words, codes = _place_words()
    matches = [(start, end, codes[word]) for word, start, end in words.find(text)]
    counties = {places.county_of(c[0]) for _, _, c in matches if len(c) == 1}
    found = []
    for start, end, options in matches:
        fitting = [c for c in options if len(options) == 1 or places.county_of(c) in counties]
        if len(fitting) == 1:
            found.append(Hit(start, end, fitting[0]))
    return found


def region_of(hits: list[Hit]) -> Hit | None:
    """The place the text is about: the most exact one of the first county named."""
    if not hits:
        return None
    local = [h for h in hits if h.code != "411200"]
    if not local:
        return hits[0]
    county = places.county_of(local[0].code)
    same = [h for h in local if places.county_of(h.code) == county]
    return max(same, key=lambda h: (len(h.code) if h.code.isdigit() else 7, -h.start))


@cache
def _agency_words() -> Words:
    names = {a.name for a in agencies.everyone() if a.kind in ("agency", "justice", "government")}
    names |= set(agencies.aliases()) | {"司法局"}
    return Words(names)


@dataclass(frozen=True, slots=True)
class Named:
    """An agency as written: its domain, and the organisation when it can be told."""

    start: int
    end: int
    domain: str
    agency: Agency | None


def find_agencies(text: str, region: str | None, hits: list[Hit]) -> list[Named]:
    """Agencies and their popular names; each resolved by the place written before it, else by `region`.

    hits: the places of the text
    """
    found = []
    for name, at, end in _agency_words().find(text):
        full = agencies.by_name().get(name)
        if full is not None:
            found.append(Named(at, end, full.domain, full))
            continue
        start, where = at, region
        before = [h for h in hits if h.end == at or (h.end + 1 == at and text[h.end] in "的市县区")]
        if before:
            start, where = before[-1].start, before[-1].code
        elif _CITY_CUE.search(text[max(0, at - 4) : at]) and region is None:
            where = None
        found.append(Named(start, end, *_resolve(name, where)))
    return found + _towns(text, hits, found)


def _resolve(name: str, where: str | None) -> tuple[str, Agency | None]:
    if name == "司法局":
        return "", agencies.by_code().get(f"{(where or '')[:6]}-SF")
    domain = agencies.aliases()[name]
    return domain, agencies.resolve(domain, where)


def _towns(text: str, hits: list[Hit], found: list[Named]) -> list[Named]:
    """A township named together with its government or squad is the agency itself."""
    more = []
    for hit in hits:
        is_town = len(hit.code) == 9 and hit.code.isdigit()
        taken = any(f.start <= hit.start < f.end for f in found)
        if is_town and not taken and _TOWN_WORDS.match(text[hit.end :]):
            match = _TOWN_WORDS.match(text[hit.end :])
            end = hit.end + (match.end() if match else 0)
            more.append(Named(hit.start, end, "AD29", agencies.by_code().get(hit.code)))
    return more
