"""Patterns behind single complaints: many persons, one trade, a blow after a complaint (data/watch_rules.csv).

What is found must not tell anybody of a lead that the conflict rule hides from him. So a pattern is looked for
among the leads whose respondents all belong to one set (`parties`), for every set that a lead has: a lead about
somebody else can neither make such a pattern nor break it. Who may see the leads of a pattern sees the same
pattern whether or not there are leads that he may not see.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache
from itertools import combinations

from intake.domain.conflict import family
from intake.domain.sla import LOCAL
from intake.domain.tables import rows

KIND_LABELS = {"group": "群体性投诉", "industry": "行业性问题", "retaliation": "疑似打击报复"}
STATE_LABELS = {"open": "待判断", "confirmed": "已确认", "dismissed": "已排除"}
# What an agency can strike back with: inspection, penalty, seizure; or the complaint says so itself.
BLOWS = frozenset({"AK01", "AK03", "AK04"})
BLOW_PROBLEMS = frozenset({"PT102", "PT103", "PT104", "PT603"})
SAME_TEXT = 0.95
Settled = tuple[str, str]


@dataclass(frozen=True)
class Case:
    """What the watches know of one lead; `person` is a blind index, never a name or a phone.

    person: same value = same complainant, None = anonymous; grams: of the text, see domain/similar.py
    """

    lead: str
    number: str
    received_at: dt.datetime
    respondents: frozenset[str]
    agency: str | None
    region: str | None
    problems: tuple[str, ...]
    actions: frozenset[str]
    is_green: bool
    person: str | None
    talk: str
    uscc: str | None
    firm: str | None
    documents: frozenset[str]
    incident: dt.date | None
    grams: frozenset[str]


@dataclass(frozen=True, slots=True)
class Pattern:
    """count: persons (group), enterprises (industry), 1 (retaliation); cases: the earliest first.

    marked: the lead to be watched, None for the kinds that mark none
    """

    kind: str
    agency: str | None
    problem: str | None
    parties: str
    count: int
    cases: tuple[Case, ...]
    marked: Case | None = None


@cache
def limits() -> dict[str, int]:
    """Rule to value, of data/watch_rules.csv."""
    return {row["rule"]: int(row["value"]) for row in rows("watch_rules")}


def parties_of(respondents: Iterable[str]) -> str:
    """A short name of a set of respondents, for keys."""
    return hashlib.sha256("|".join(sorted(respondents)).encode()).hexdigest()[:32]


def day(at: dt.datetime) -> dt.date:
    return at.astimezone(LOCAL).date()


def alike(one: Case, other: Case) -> float:
    """Share of trigrams that both texts have."""
    return len(one.grams & other.grams) / (len(one.grams | other.grams) or 1)


def by_parties(
    cases: Sequence[Case], dismissed: AbstractSet[Settled]
) -> list[tuple[frozenset[str], list[Case]]]:
    """(respondents, cases about no one else) for every set of respondents that a case has.

    dismissed: (parties, lead) that a person said make no pattern: they do not count again
    """
    found = []
    for parties in sorted({case.respondents for case in cases if case.respondents}, key=sorted):
        name = parties_of(parties)
        some = [c for c in cases if c.respondents and c.respondents <= parties]
        found.append((parties, [c for c in some if (name, c.lead) not in dismissed]))
    return found


def exactly(parties: frozenset[str], cases: Iterable[Case]) -> bool:
    """Whether the cases are about all of the parties: else the same pattern is found under a smaller set."""
    return frozenset().union(*(case.respondents for case in cases)) == parties


def joined(cases: Sequence[Case], pairs: Iterable[tuple[str, str]]) -> list[list[Case]]:
    """The cases in heaps: what a pair of ids joins lies in one heap."""
    heads = {case.lead: case.lead for case in cases}

    def head(lead: str) -> str:
        while heads[lead] != lead:
            heads[lead] = heads[heads[lead]]
            lead = heads[lead]
        return lead

    for one, other in pairs:
        if one in heads and other in heads:
            heads[head(other)] = head(one)
    heaps: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        heaps[head(case.lead)].append(case)
    return list(heaps.values())


def groups(
    cases: Sequence[Case], pairs: Sequence[tuple[str, str]], dismissed: AbstractSet[Settled] = frozenset()
) -> list[Pattern]:
    """群体性投诉: at least five persons on one matter.

    pairs: ids of leads that are one matter, see `same_matter`; dismissed: see `by_parties`
    """
    found = []
    for parties, some in by_parties(cases, dismissed):
        for heap in joined(some, pairs):
            count = persons(heap)
            if count >= limits()["group_persons"] and exactly(parties, heap):
                problem = _commonest(p for case in heap for p in case.problems[:1])
                agency = _commonest(case.agency for case in heap if case.agency)
                found.append(Pattern("group", agency, problem, parties_of(parties), count, _in_order(heap)))
    return found


def persons(cases: Sequence[Case]) -> int:
    """How many people speak; anonymous ones count once a talk and once a text, and only so many of them."""
    named = {case.person for case in cases if case.person}
    unnamed = [case for case in cases if case.person is None]
    most = min(len({case.talk for case in unnamed}), len({case.grams for case in unnamed}))
    return len(named) + min(most, limits()["group_anonymous_most"])


def same_matter(cases: Sequence[Case]) -> list[tuple[str, str]]:
    """Pairs of one agency: the same document; or the same problem and region, near in time and alike in words.

    cost: some 20 µs a pair of one agency, problem and region
    """
    papers: dict[tuple[str | None, str], list[Case]] = defaultdict(list)
    rooms: dict[tuple[str | None, str | None, str], list[Case]] = defaultdict(list)
    for case in cases:
        for number in case.documents:
            papers[case.agency, number].append(case)
        for problem in case.problems[:1]:
            rooms[case.agency, case.region, problem].append(case)
    pairs = [pair for heap in papers.values() for pair in combinations(heap, 2)]
    pairs += [pair for room in rooms.values() for pair in combinations(room, 2) if _near(*pair)]
    return [(one.lead, other.lead) for one, other in pairs]


def _near(one: Case, other: Case) -> bool:
    days = abs((day(one.received_at) - day(other.received_at)).days)
    return days <= limits()["group_days"] and alike(one, other) * 100 >= limits()["group_alike_percent"]


def industries(
    cases: Sequence[Case], dismissed: Mapping[str, AbstractSet[Settled]] | None = None
) -> list[Pattern]:
    """行业性问题: at least three enterprises within thirty days about one agency and one problem.

    dismissed: problem to what `by_parties` leaves out
    """
    heaps: dict[tuple[str, str], list[Case]] = defaultdict(list)
    for case in cases:
        if case.agency and (case.uscc or case.firm):
            for problem in case.problems:
                heaps[case.agency, problem].append(case)
    found = []
    for (agency, problem), heap in sorted(heaps.items()):
        for parties, some in by_parties(heap, (dismissed or {}).get(problem, frozenset())):
            for spell in _spells(_in_order(some)):
                if exactly(parties, spell):
                    count = firms(spell)
                    found.append(Pattern("industry", agency, problem, parties_of(parties), count, spell))
    return found


def _spells(cases: Sequence[Case]) -> list[tuple[Case, ...]]:
    """Stretches in which every window of so many days has enough enterprises; windows that overlap are one."""
    spells: list[list[Case]] = []
    for i, first in enumerate(cases):
        last = day(first.received_at) + dt.timedelta(days=limits()["industry_days"])
        window = [case for case in cases[i:] if day(case.received_at) <= last]
        if firms(window) < limits()["industry_enterprises"]:
            continue
        if spells and spells[-1][-1] in window:
            spells[-1] += [case for case in window if case not in spells[-1]]
        else:
            spells.append(window)
    return [tuple(spell) for spell in spells]


def firms(cases: Sequence[Case]) -> int:
    """How many enterprises speak; one may give its code here and its name there."""
    pairs = [(a.lead, b.lead) for a, b in combinations(cases, 2) if same_firm(a, b)]
    return len(joined([case for case in cases if case.uscc or case.firm], pairs))


def same_firm(one: Case, other: Case) -> bool:
    if one.uscc and other.uscc:
        return one.uscc == other.uscc
    return bool(one.firm) and one.firm == other.firm


def retaliations(
    cases: Sequence[Case], same: Iterable[tuple[str, str]], parents: Mapping[str, str | None]
) -> list[Pattern]:
    """疑似打击报复: after a green-channel complaint the same enterprise is struck by the same family.

    same: ids of leads that a person called one matter: a repeat is not a blow
    """
    one_matter = {frozenset(pair) for pair in same}
    found = []
    for green in cases:
        if not green.is_green or green.agency is None:
            continue
        near = family(green.agency, parents)
        until = _months_later(day(green.received_at), limits()["retaliation_months"])
        for case in cases:
            if _is_blow(green, case, until, near) and frozenset((green.lead, case.lead)) not in one_matter:
                parties = green.respondents | case.respondents
                problem = case.problems[0] if case.problems else None
                pair = (green, case)
                found.append(
                    Pattern("retaliation", case.agency, problem, parties_of(parties), 1, pair, marked=case)
                )
    return found


def _is_blow(green: Case, case: Case, until: dt.date, near: frozenset[str]) -> bool:
    """Whether `case` may be what the enterprise got for its complaint `green`."""
    if case.received_at <= green.received_at or day(case.received_at) > until or case.agency not in near:
        return False
    if case.incident is not None and case.incident < day(green.received_at):
        return False
    struck = bool(case.actions & BLOWS) or bool(BLOW_PROBLEMS.intersection(case.problems))
    return struck and same_firm(green, case) and alike(green, case) < SAME_TEXT


def _months_later(start: dt.date, months: int) -> dt.date:
    """The same day so many months later, or the last day of that month."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    following = dt.date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return min(
        following - dt.timedelta(days=1), dt.date(year, month + 1, 1) + dt.timedelta(days=start.day - 1)
    )


def may_mark(pattern: Pattern) -> bool:
    """Whether everybody who sees the marked lead sees all of the pattern, so that the mark betrays nothing."""
    marked = pattern.marked
    return marked is not None and all(case.respondents <= marked.respondents for case in pattern.cases)


def _commonest(codes: Iterable[str]) -> str | None:
    counted = Counter(codes)
    return min(counted, key=lambda code: (-counted[code], code)) if counted else None


def _in_order(cases: Iterable[Case]) -> tuple[Case, ...]:
    return tuple(sorted(cases, key=lambda case: (case.received_at, case.lead)))
