"""Name of a government system -> the connector that calls it."""

from collections.abc import Mapping

import aiohttp

from connectors.case_system.connector import CaseSystem
from connectors.credit_platform.connector import CreditPlatform
from connectors.discipline.connector import Discipline
from connectors.internet_supervision.connector import InternetSupervision
from connectors.moj_suggestions.connector import MojSuggestions
from connectors.partners.access import Access
from connectors.partners.client import PartnerClient
from connectors.province_platform.connector import ProvincePlatform
from connectors.random_inspection.connector import RandomInspection

SYSTEMS: Mapping[str, type[PartnerClient]] = {
    client.system: client
    for client in (
        CreditPlatform,
        RandomInspection,
        InternetSupervision,
        CaseSystem,
        MojSuggestions,
        ProvincePlatform,
        Discipline,
    )
}


def open_partners(
    configured: Mapping[str, Access], session: aiohttp.ClientSession | None = None
) -> dict[str, PartnerClient]:
    """A connector for each configured system."""
    return {name: SYSTEMS[name](access, session) for name, access in configured.items()}
