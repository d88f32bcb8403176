"""Prove that no history was changed: recompute every lead's chain, and compare with the daily anchors.

A chain shows a changed, inserted or reordered event by itself, the lead names its newest event; an anchor (length and last hash of every
chain, one file a day, to be kept on another machine too) shows events cut off at the end and leads that are gone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from intake.domain.sla import LOCAL
from intake.services.house import House
from intake.store.admin_records import record_hash
from intake.store.leads import chain_hash
from intake.store.tables import AdminRecord, Lead, LeadEvent

BATCH = 200
ADMINISTRATION = "administration"
Head = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Break:
    """The first link of a history that does not hold.

    kind: changed | missing | reordered (in the chain) · cut | gone | altered (against an anchor)
    number: the lead's public number, or the anchor file's name when the file itself was altered
    """

    number: str
    seq: int
    kind: str


@dataclass(frozen=True, slots=True)
class Verdict:
    leads: int
    events: int
    anchors: int
    breaks: tuple[Break, ...]
    # Records of administration; their one chain is named ADMINISTRATION in breaks and anchors.
    records: int = 0


async def verify(anchors: Path, *, house: House) -> Verdict:
    """Check every history against itself and against the anchors of a folder."""
    chains: dict[str, list[str]] = {}
    breaks: list[Break] = []
    async for lead, events in _histories(house):
        number = lead.number
        broken = _broken(number, events) or _cut(lead, events)
        if broken is not None:
            breaks.append(broken)
        chains[number] = [event.hash for event in events]
    records, broken = await _administration(house)
    if broken is not None:
        breaks.append(broken)
    leads, links = len(chains), sum(map(len, chains.values()))
    chains[ADMINISTRATION] = [record.hash for record in records]
    files = _files(anchors)
    known = {b.number for b in breaks}
    for file in files:
        for found in _against(file, chains):
            if found.number not in known:
                known.add(found.number)
                breaks.append(found)
    return Verdict(leads, links, len(files), tuple(breaks), len(records))


async def anchor(anchors: Path, *, house: House) -> Path | None:
    """Write today's anchor file; None when it is there already."""
    target = anchors / f"{house.clock().astimezone(LOCAL).date().isoformat()}.json"
    if target in _files(anchors):
        return None
    heads: dict[str, Head] = {}
    async for lead, events in _histories(house):
        if events:
            heads[lead.number] = (len(events), events[-1].hash)
    records, _ = await _administration(house)
    if records:
        heads[ADMINISTRATION] = (len(records), records[-1].hash)
    _write(target, json.dumps(heads, sort_keys=True))
    return target


def _files(anchors: Path) -> list[Path]:
    return sorted(anchors.glob("*.json"))


def _write(target: Path, body: str) -> None:
    """Whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_suffix(".partial")
    partial.write_text(json.dumps({"heads": body, "sha256": _sha(body)}) + "\n", "utf-8")
    partial.replace(target)


async def _histories(house: House) -> AsyncIterator[tuple[Lead, list[LeadEvent]]]:
    """(lead, events in order) of every lead, a batch at a time."""
    after = ""
    while True:
        async with house.store.look() as uow:
            leads = await uow.leads.after_id(after, BATCH)
            events = await uow.leads.events_of([lead.id for lead in leads])
        for lead in leads:
            yield lead, events.get(lead.id, [])
        if len(leads) < BATCH:
            return
        after = leads[-1].id


async def _administration(house: House) -> tuple[list[AdminRecord], Break | None]:
    """The records of administration in order, and the first that does not follow from the one before it."""
    records: list[AdminRecord] = []
    broken: Break | None = None
    while True:
        async with house.store.look() as uow:
            more = await uow.admin_records.after(records[-1].seq if records else 0, BATCH)
        for record in more:
            previous = records[-1].hash if records else ""
            records.append(record)
            if broken is None and record.seq != len(records):
                broken = Break(ADMINISTRATION, len(records), "missing")
            elif broken is None and record.hash != record_hash(previous, record):
                broken = Break(ADMINISTRATION, record.seq, "changed")
        if len(more) < BATCH:
            return records, broken


def _broken(number: str, events: list[LeadEvent]) -> Break | None:
    """The first link that does not follow from the one before it."""
    previous = ""
    if not events:
        return Break(number, 1, "missing")
    for place, event in enumerate(events, 1):
        if event.seq != place:
            return Break(number, place, "missing")
        if event.hash != chain_hash(previous, event):
            follows = any(event.hash == chain_hash(e.hash, event) for e in events)
            return Break(number, place, "reordered" if follows else "changed")
        previous = event.hash
    return None


def _cut(lead: Lead, events: list[LeadEvent]) -> Break | None:
    """Events at the end are gone: the lead knows the newest."""
    return None if events[-1].hash == lead.last_event else Break(lead.number, len(events) + 1, "cut")


def _against(file: Path, chains: dict[str, list[str]]) -> list[Break]:
    """Leads that lost events, or are lost, since an anchor was written."""
    try:
        kept = json.loads(file.read_text("utf-8"))
        heads: dict[str, Head] = json.loads(kept["heads"])
        if kept["sha256"] != _sha(kept["heads"]):
            raise ValueError(file.name)
    except (OSError, ValueError, KeyError, TypeError):
        return [Break(file.name, 0, "altered")]
    found = []
    for number, (length, head) in heads.items():
        chain = chains.get(number)
        if chain is None:
            found.append(Break(number, 1, "gone"))
        elif len(chain) < length:
            found.append(Break(number, len(chain) + 1, "cut"))
        elif chain[length - 1] != head:
            found.append(Break(number, length, "changed"))
    return found


def _sha(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()
