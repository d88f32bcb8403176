"""What belongs to a lead: linked leads, likely repeats, findings; and who may learn of it.

A link to a lead that the viewer may not see, and a finding with one, do not exist for him: not as a line, not as
a count, not in the history.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from intake.domain import conflict, lifecycle
from intake.domain.conflict import Viewer
from intake.domain.patterns import KIND_LABELS
from intake.domain.similar import SHOWN, likeness
from intake.services.house import House
from intake.services.sight import sight_of
from intake.services.similar_leads import Similar, facts_of
from intake.store.leads import SEALED
from intake.store.tables import Complaint, Lead, LeadEvent, LeadLink, PatternFinding
from intake.store.unit_of_work import UnitOfWork

PERSONS_LEADS = 50
MOST_REPEATS = 5
SPLIT_LABEL = "拆分"
SAME_WORDS = "内容相同"


@dataclass(frozen=True, slots=True)
class Linked:
    """label: Chinese kind of the link; `may_unlink`: parts of a split stay bound."""

    lead: Lead
    link: LeadLink
    label: str
    may_unlink: bool


@dataclass(frozen=True, slots=True)
class Repeat:
    """An earlier lead that may be the same complaint; answer: what its complainant was told, None while it runs."""

    lead: Lead
    why: str
    answer: str | None


@dataclass(frozen=True, slots=True)
class Relations:
    links: tuple[Linked, ...]
    repeats: tuple[Repeat, ...]
    findings: tuple[PatternFinding, ...]
    kind_labels: dict[str, str]


async def relations_of(
    lead: Lead, complaint: Complaint, similar: Sequence[Similar], viewer: Viewer, *, house: House
) -> Relations:
    """Everything that hangs on a lead the viewer has before him, as far as he may see the rest of it."""
    async with house.store.look() as uow:
        sight = await sight_of(viewer, uow, house)
        links = await uow.relations.visible(lead.id, sight)
        same_person = await uow.relations.of_same_person(lead, sight, limit=PERSONS_LEADS)
        findings = await uow.patterns.visible(sight, lead_id=lead.id)
    repeats = _repeats(lead, complaint, similar, same_person)
    known = {other.id for _, other in links}
    return Relations(
        tuple(Linked(other, link, label_of(link.kind), link.kind != "split") for link, other in links),
        tuple(repeat for key, repeat in repeats.items() if key not in known)[:MOST_REPEATS],
        tuple(finding for finding in findings if finding.state != "dismissed"),
        KIND_LABELS,
    )


def label_of(kind: str) -> str:
    """A kind of link in Chinese."""
    return SPLIT_LABEL if kind == "split" else lifecycle.reasons("link")[kind].label


def _repeats(
    lead: Lead,
    complaint: Complaint,
    similar: Sequence[Similar],
    same_person: Sequence[tuple[Lead, Complaint]],
) -> dict[str, Repeat]:
    """Lead id to earlier lead: the same words, or the same complainant on the same matter."""
    found = {}
    own = facts_of(lead, complaint)
    for other, theirs in same_person:
        alike = likeness(own, facts_of(other, theirs))
        if alike.score >= SHOWN:
            found[other.id] = _repeat(other, "同一投诉人，" + "、".join(alike.reasons))
    for one in similar:
        if SAME_WORDS in one.likeness.reasons and _is_earlier(one.lead, lead):
            found.setdefault(one.lead.id, _repeat(one.lead, "、".join(one.likeness.reasons)))
    return {key: one for key, one in found.items() if not _is_one(one.lead, lead)}


def _is_earlier(one: Lead, other: Lead) -> bool:
    return (one.received_at, one.number) < (other.received_at, other.number)


def _is_one(one: Lead, other: Lead) -> bool:
    return one.merged_into == other.number or other.merged_into == one.number


def _repeat(lead: Lead, why: str) -> Repeat:
    is_open = lifecycle.stages()[lead.stage].is_open
    return Repeat(lead, why, None if is_open else lead.public_reply)


async def seen_events(events: list[LeadEvent], sight: conflict.Sight, uow: UnitOfWork) -> list[LeadEvent]:
    """The history without sealed matters, and without what names a lead, or a finding, that `sight` hides."""
    events = [e for e in events if e.kind not in SEALED]
    numbers = {str(e.details.get("number")) for e in events if e.kind in ("link", "unlink")}
    findings = {str(e.details.get("finding")) for e in events if e.kind in ("pattern", "pattern_decided")}
    shown = await uow.relations.visible_numbers(numbers, sight)
    if findings:
        shown |= {one.id for one in await uow.patterns.visible(sight, ids=findings)}
    hidden = (numbers | findings) - shown
    if not hidden:
        return events
    return [e for e in events if not hidden & {e.details.get("number"), e.details.get("finding")}]


async def hide_together(lead: Lead, uow: UnitOfWork) -> list[Lead]:
    """Leads that share a text, or answer for each other, hide from the respondents of all of them; returns them.

    The text of a split names both agencies, whichever part one reads: what hides one part hides the other. It
    only grows: a correction of one part never shows the text to somebody from whom it was hidden as the other.
    """
    bound = [lead, *await uow.relations.bound(lead)]
    if len(bound) == 1:
        return bound
    every: frozenset[str] = frozenset()
    for one in bound:
        every |= await uow.leads.respondents(one.id)
    for one in bound:
        await uow.leads.set_respondents(one.id, every)
    return bound
