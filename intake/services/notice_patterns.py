"""Notice patterns behind single complaints: many persons, one trade, a blow after a complaint.

A finding changes no lead but for the flag `watch`, and that only where the flag tells nobody of a lead he may not
see. Each finding is made once, also by two workers: all of its leads are locked while it is written, and a finding
of the same matter that shares a lead grows instead.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import defaultdict
from collections.abc import Sequence

from intake.domain import patterns
from intake.domain.patterns import KIND_LABELS, Case, Pattern
from intake.domain.similar import grams
from intake.services.house import House
from intake.services.similar_leads import facts_of
from intake.store.tables import Complaint, Lead, PatternFinding
from intake.store.unit_of_work import UnitOfWork

ACTOR = "watch"
# Older leads were looked at when they were new; a finding that exists keeps them.
LOOK_BACK = dt.timedelta(days=62)
MONTH = dt.timedelta(days=31)


async def notice_patterns(*, house: House) -> int:
    """Look once; returns how many findings are new or have grown."""
    now = house.clock()
    since = now - LOOK_BACK
    async with house.store.look() as uow:
        rows = await uow.patterns.watched(
            since, green_since=since - patterns.limits()["retaliation_months"] * MONTH
        )
        respondents = await uow.patterns.all_respondents(lead.id for lead, _, _ in rows)
        links = await uow.patterns.links()
        settled = await uow.patterns.dismissed()
    cases = [_case(lead, said, phone, respondents[lead.id]) for lead, said, phone in rows]
    merged = _merged([lead for lead, _, _ in rows])
    # Seconds of comparing on a big day: not in the way of what else the worker does.
    found = await asyncio.to_thread(_search, cases, merged, links, settled, since, house.parents)
    names = {lead.id: lead.agency_name for lead, _, _ in rows}
    return sum([await _keep(pattern, names, now, house=house) for pattern in found])


def _search(
    cases: Sequence[Case],
    merged: list[tuple[str, str]],
    links: list[tuple[str, str, str]],
    settled: set[tuple[str, str, str, str]],
    since: dt.datetime,
    parents: dict[str, str | None],
) -> list[Pattern]:
    recent = [case for case in cases if case.received_at >= since]
    called_same = merged + [(a, b) for kind, a, b in links if kind in ("related", "repeat")]
    one_text = merged + [(a, b) for kind, a, b in links if kind in ("split", "repeat")]
    in_groups = {(parties, lead) for kind, _, parties, lead in settled if kind == "group"}
    in_trades: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for kind, problem, parties, lead in settled:
        if kind == "industry":
            in_trades[problem].add((parties, lead))
    return [
        *patterns.groups(recent, patterns.same_matter(recent) + called_same, in_groups),
        *patterns.industries(recent, in_trades),
        *patterns.retaliations(cases, one_text, parents),
    ]


def _case(lead: Lead, complaint: Complaint, phone: str | None, respondents: frozenset[str]) -> Case:
    facts = facts_of(lead, complaint)
    return Case(
        lead=lead.id,
        number=lead.number,
        received_at=lead.received_at,
        respondents=respondents,
        agency=lead.agency_code,
        region=lead.region,
        problems=tuple(lead.problems),
        actions=frozenset(lead.classification.get("action_kinds") or ()),
        is_green=lead.is_green,
        person=_person(complaint, phone),
        # The hash of the query code is the same for the parts of one complaint.
        talk=complaint.conversation_id or lead.code_hash,
        uscc=facts.uscc,
        firm=facts.enterprise,
        documents=facts.documents,
        incident=facts.incident,
        grams=frozenset(grams(facts.text)),
    )


def _person(complaint: Complaint, phone: str | None) -> str | None:
    """Who complains, by what he left himself: the phone's blind index, or the enterprise; None = anonymous."""
    if phone:
        return f"phone:{phone}"
    firm = complaint.uscc or complaint.enterprise_name
    return f"firm:{firm}" if firm else None


def _merged(leads: Sequence[Lead]) -> list[tuple[str, str]]:
    ids = {lead.number: lead.id for lead in leads}
    return [(lead.id, ids[lead.merged_into]) for lead in leads if lead.merged_into in ids]


async def _keep(pattern: Pattern, names: dict[str, str | None], now: dt.datetime, *, house: House) -> bool:
    """Store a pattern; whether it said something new."""
    wanted = frozenset(case.lead for case in pattern.cases)
    async with house.store.look() as uow:
        earlier, members = await _earlier(pattern, uow)
    if earlier is not None and wanted == members and earlier.count == pattern.count:
        return False
    async with house.store.change() as uow:
        leads = {lead_id: await uow.leads.locked(lead_id) for lead_id in sorted(wanted)}
        held = [lead for lead in leads.values() if lead is not None]
        if len(held) < len(wanted):
            # Somebody is at work on one of them: the next round finds the pattern again.
            return False
        return await _write(pattern, held, names, now, uow=uow)


async def _write(
    pattern: Pattern, leads: list[Lead], names: dict[str, str | None], now: dt.datetime, *, uow: UnitOfWork
) -> bool:
    finding, members = await _earlier(pattern, uow)
    new = [lead for lead in leads if lead.id not in members]
    if finding is None:
        finding = await _new(pattern, names, now, uow)
    else:
        gone = await _strangers(pattern, members, uow)
        if not new and not gone and finding.count == pattern.count:
            return False
        await uow.patterns.leave(finding.id, gone)
        finding.first_seen = min(finding.first_seen, pattern.cases[0].received_at)
        finding.last_seen, finding.count = pattern.cases[-1].received_at, pattern.count
        uow.patterns.save(finding)
    await uow.patterns.join(finding.id, [lead.id for lead in new])
    for lead in new:
        await _say(pattern, lead, finding, now, uow)
    return True


async def _new(
    pattern: Pattern, names: dict[str, str | None], now: dt.datetime, uow: UnitOfWork
) -> PatternFinding:
    about = next((case for case in pattern.cases if case.agency == pattern.agency), pattern.cases[0])
    finding = PatternFinding(
        kind=pattern.kind,
        agency_code=pattern.agency,
        agency_name=names.get(about.lead),
        problem=pattern.problem,
        parties=pattern.parties,
        count=pattern.count,
        first_seen=pattern.cases[0].received_at,
        last_seen=pattern.cases[-1].received_at,
        found_at=now,
    )
    await uow.patterns.add(finding)
    return finding


async def _earlier(pattern: Pattern, uow: UnitOfWork) -> tuple[PatternFinding | None, frozenset[str]]:
    """The finding that this pattern is already, with its leads; a dismissed pair (报复) stays dismissed."""
    wanted = frozenset(case.lead for case in pattern.cases)
    is_pair = pattern.kind == "retaliation"
    for finding in await uow.patterns.like(pattern.kind, pattern.parties, wanted):
        members = await uow.patterns.members(finding.id)
        if is_pair and members == wanted:
            return finding, members
        is_same = pattern.kind == "group" or (finding.agency_code, finding.problem) == (
            pattern.agency,
            pattern.problem,
        )
        if not is_pair and is_same and finding.state != "dismissed":
            return finding, members
    return None, frozenset()


async def _strangers(pattern: Pattern, members: frozenset[str], uow: UnitOfWork) -> list[str]:
    """Leads of a finding that a correction has since made be about somebody else."""
    parties: frozenset[str] = frozenset().union(*(case.respondents for case in pattern.cases))
    now = await uow.patterns.all_respondents(members)
    return sorted(lead_id for lead_id, codes in now.items() if not codes <= parties)


async def _say(
    pattern: Pattern, lead: Lead, finding: PatternFinding, now: dt.datetime, uow: UnitOfWork
) -> None:
    """An event; and the flag on the marked lead, where everybody who sees the lead may know why."""
    is_marked = pattern.marked is not None and pattern.marked.lead == lead.id and patterns.may_mark(pattern)
    await uow.leads.record(
        lead,
        at=now,
        actor=ACTOR,
        kind="pattern",
        label=f"系统提示：{KIND_LABELS[pattern.kind]}，请判断",
        details={"finding": finding.id},
    )
    if is_marked and "watch" not in lead.flags:
        lead.flags = [*lead.flags, "watch"]
        uow.leads.save(lead)
