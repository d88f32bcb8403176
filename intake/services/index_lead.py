"""Keep what a lead is found by: cut its texts, in the transaction that changes them."""

from __future__ import annotations

from intake.classify.search_words import CUT, words_of
from intake.domain import privacy
from intake.services.house import House
from intake.store.tables import Complaint, Lead
from intake.store.unit_of_work import UnitOfWork

LATER_WORDS = {"supplement": "text", "hotline_updated": "content"}
# A bare row of so many digits in a text may be a telephone without its area code.
LONG_NUMBER = 7


async def index_lead(lead: Lead, *, uow: UnitOfWork, complaint: Complaint | None = None) -> None:
    """Index number, names and texts of a lead as they are in this transaction."""
    said = complaint or await uow.complaints.get(lead.complaint_id)
    texts = [said.text, said.demand, said.agency_text, said.enterprise_name, lead.agency_name]
    for event in await uow.leads.events(lead.id):
        if event.kind in LATER_WORDS:
            texts.append(str(event.details.get(LATER_WORDS[event.kind]) or ""))
    words = findable("\n".join(text for text in texts if text))
    numbers = words_of(f"{lead.number} {lead.hotline_no or ''}")
    await uow.search.keep(lead.id, words | numbers, cut=CUT)


def findable(text: str) -> frozenset[str]:
    """Words of a text without phones, ids, cards, plates and addresses of mail: also not their unstarred ends."""
    parts, last = [], 0
    for secret in privacy.find_secrets(text):
        parts.append(text[last : secret.start])
        last = secret.end
    words = words_of(" ".join([*parts, text[last:]]))
    return frozenset(word for word in words if not (word.isdecimal() and len(word) >= LONG_NUMBER))


async def index_waiting(limit: int = 500, *, house: House) -> int:
    """Index leads from before there was an index, or from an older dictionary; returns how many, 0 at the end.

    Each call is a transaction: what was done stays done when the process stops.
    """
    async with house.store.change() as uow:
        leads = await uow.search.waiting(CUT, limit)
        for lead in leads:
            await index_lead(lead, uow=uow)
    return len(leads)
