"""Whom a lead is about decides where it goes: a justice bureau never supervises a lead that names it."""

from __future__ import annotations

from collections.abc import Iterable

from intake.domain import routing
from intake.domain.classification import Classification
from intake.services.house import House, Organisation
from intake.services.relations import hide_together
from intake.store.tables import Lead
from intake.store.unit_of_work import UnitOfWork

# A bureau that is complained about, first or besides, can't supervise the lead: the highest one decides.
JUSTICE = ("city", "county")


def named_by(understood: Classification, chosen: str | None) -> frozenset[str]:
    """Codes of everybody the complaint is about: whom the complainant chose, and all that the text names."""
    mentions = (understood.agency, *understood.other_agencies)
    codes = {chosen, *(mention.code for mention in mentions if mention)}
    return frozenset(code for code in codes if code)


def supervised_level(agency: Organisation | None, respondents: Iterable[str], *, house: House) -> str:
    """The `agency_level` of routing.Facts: that of `agency`, unless some respondent is a justice bureau.

    agency: the one the lead is filed under; respondents: codes of all organisations it is about
    """
    involved = [house.organisations[code] for code in respondents if code in house.organisations]
    bureaux = {one.level for one in (agency, *involved) if one is not None and one.kind == "justice"}
    for level in JUSTICE:
        if level in bureaux:
            return f"justice_{level}"
    return agency.level if agency else "unknown"


async def route_anew(lead: Lead, uow: UnitOfWork, house: House) -> None:
    """Queue and supervising bureau by the labels and the respondents as they are now."""
    agency = house.organisations.get(lead.agency_code or "")
    level = supervised_level(agency, await uow.leads.respondents(lead.id), house=house)
    who = "enterprise" if lead.is_green else "person"
    route = routing.route(routing.Facts(lead.region, level, who, lead.domain, lead.scope), house.routes)
    lead.queue, lead.supervisor, lead.route_reason = route.queue, route.supervisor, route.reason


async def bind(lead: Lead, uow: UnitOfWork, house: House) -> None:
    """Leads that share a text or an answer hide from the same families, and none lies with a bureau among them."""
    for one in await hide_together(lead, uow):
        await lift(one, uow, house)


async def lift(lead: Lead, uow: UnitOfWork, house: House) -> None:
    """Move a lead up whose respondents came to include a justice bureau; every other stays where people put it."""
    agency = house.organisations.get(lead.agency_code or "")
    if supervised_level(agency, await uow.leads.respondents(lead.id), house=house).startswith("justice"):
        await route_anew(lead, uow, house)
        uow.leads.save(lead)
