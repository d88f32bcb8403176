"""Compare another system's directory of bodies that enforce with our table: differences for a person to read.

Nothing here changes our table: it decides who may not see which lead (domain/conflict.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

CITY = "三门峡市"
PROVINCE = "河南省"
ALIKE = 0.7
LABELS = {
    "only_theirs": "平台有，本系统单位表没有",
    "similar": "名称相近，可能是同一机关",
    "ended": "平台上已注销或撤销，本系统还在用",
    "region": "所属地区不一致",
    "parent": "上级单位不一致",
    "only_ours": "本系统有，平台没有",
}


@dataclass(frozen=True, slots=True)
class Body:
    """code: ours, "" for theirs; region: a county, city or zone code, "" unknown; parent: a name, "" unknown."""

    code: str
    name: str
    region: str
    parent: str
    is_ended: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """kind: key of LABELS; code: ours, "" when we have none; ours, theirs: what each says."""

    kind: str
    code: str
    ours: str
    theirs: str


class Names:
    """Finds our body by their name: with or without the names of the province and the city before it."""

    def __init__(self, ours: Iterable[Body]) -> None:
        self._by_place: dict[tuple[str, str], Body] = {}
        self._by_name: dict[str, list[Body]] = {}
        for body in ours:
            self._by_place[plain(body.name), body.region[:6]] = body
            self._by_name.setdefault(plain(body.name), []).append(body)

    def find(self, name: str, region: str | None) -> Body | None:
        """The one of the same region; else the only one of that name."""
        found = self._by_place.get((plain(name), (region or "")[:6]))
        alone = self._by_name.get(plain(name), [])
        return found or (alone[0] if len(alone) == 1 else None)


def plain(name: str) -> str:
    """A name without what only says where the city is.

    >>> plain("河南省三门峡市湖滨区城市管理局"), plain("三门峡市城市管理局")
    ('湖滨区城市管理局', '城市管理局')
    """
    return "".join(name.split()).removeprefix(PROVINCE).removeprefix(CITY)


def differences(
    ours: Sequence[Body], theirs: Sequence[Body], expected: Iterable[str]
) -> tuple[Difference, ...]:
    """ours: all of our table; expected: codes of those that their directory should have."""
    names = Names(ours)
    matched: dict[str, Body] = {}
    unknown: list[Body] = []
    for body in theirs:
        same = names.find(body.name, body.region)
        if same is None:
            unknown.append(body)
        elif same.code not in matched or matched[same.code].is_ended:
            matched[same.code] = body
    by_code = {body.code: body for body in ours}
    found = [one for code, body in matched.items() for one in _of_same(by_code[code], body)]
    missing = {code: by_code[code] for code in expected if code in by_code and code not in matched}
    found += _unmatched([body for body in unknown if not body.is_ended], missing)
    order = list(LABELS)
    return tuple(sorted(found, key=lambda one: (order.index(one.kind), one.code, one.theirs)))


def _of_same(ours: Body, theirs: Body) -> list[Difference]:
    if theirs.is_ended:
        return [Difference("ended", ours.code, ours.name, theirs.name)]
    found = []
    if theirs.region and theirs.region[:6] != ours.region[:6]:
        found.append(Difference("region", ours.code, f"{ours.name}（{ours.region}）", theirs.region))
    if theirs.parent and ours.parent and plain(theirs.parent) != plain(ours.parent):
        found.append(Difference("parent", ours.code, f"{ours.name}（{ours.parent}）", theirs.parent))
    return found


def _unmatched(theirs: Sequence[Body], missing: Mapping[str, Body]) -> list[Difference]:
    """What has no counterpart; two names of one region that are much alike are one difference."""
    left = dict(missing)
    found = []
    for body in theirs:
        near = [one for one in left.values() if one.region[:6] == body.region[:6]]
        best = max(near, key=lambda one: _likeness(one, body), default=None)
        if best is not None and _likeness(best, body) >= ALIKE:
            found.append(Difference("similar", best.code, best.name, body.name))
            del left[best.code]
        else:
            found.append(Difference("only_theirs", "", "", body.name))
    return found + [Difference("only_ours", one.code, one.name, "") for one in left.values()]


def _likeness(ours: Body, theirs: Body) -> float:
    return SequenceMatcher(None, plain(ours.name), plain(theirs.name)).ratio()
