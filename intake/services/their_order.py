"""A work order of another system as a complaint of ours: what our rules would refuse is left out, never the case."""

from __future__ import annotations

from typing import Any

from intake.domain.enterprise import is_valid_uscc, normalise_uscc
from intake.services.house import House
from intake.services.new_complaint import Complainant, NewComplaint, check, clean, is_phone
from intake.store.inbox import content_hash


def as_complaint(source: str, number: str, order: dict[str, Any], *, house: House) -> NewComplaint:
    """order: canonical, as connectors.hotline12345.wire reads it.

    A masked phone (138****8000) or a code that does not check out stays in the sealed copy of what came.
    """
    title, content = clean(str(order.get("title") or "")), clean(str(order["content"]))
    return NewComplaint(
        text=content if title in content else f"{title}。{content}",
        channel="hotline12345" if source == "hotline12345" else "moj_platform",
        complainant=_complainant(order),
        idempotency_key=f"{source}.{content_hash({'no': number})[:48]}",
        region_code=_county(str(order.get("region_code") or ""), house),
        agency_text=str(order["respondent_name"])[:256] if order.get("respondent_name") else None,
        demand=str(order["demand"])[:2000] if order.get("demand") else None,
        source_system=source,
        source_no=number,
    )


def must_be_fine(new: NewComplaint, *, house: House) -> None:
    """raises: Malformed naming every field that cannot be accepted"""
    check(new, known_regions=frozenset(house.region_names), known_agencies=frozenset(house.organisations))


def _complainant(order: dict[str, Any]) -> Complainant:
    name, company = order.get("caller_name"), order.get("company_name")
    phones = [str(order[key]).strip() for key in ("contact_phone", "caller_phone") if order.get(key)]
    phone = next((one for one in phones if is_phone(one)), None)
    code = normalise_uscc(str(order.get("company_uscc") or ""))
    return Complainant(
        kind="enterprise" if company else "person",
        anonymous=not (name or phone),
        name=str(name)[:64] if name else None,
        phone=phone,
        enterprise_name=str(company)[:128] if company else None,
        uscc=code if is_valid_uscc(code) else None,
    )


def _county(code: str, house: House) -> str | None:
    """The county (or its town) they name; the whole city says nothing about who supervises."""
    for known in (code[:9], code[:6]):
        if known in house.region_names and known != "411200":
            return known
    return None
