"""The conflict rule as a condition of every query on leads."""

from __future__ import annotations

from typing import Any, TypeVar

from sqlmodel import and_, col, or_, select

from intake.domain.conflict import Sight
from intake.store.tables import Lead, LeadReporter, LeadRespondent

Query = TypeVar("Query")


def seen(query: Query, sight: Sight) -> Query:
    """Narrow a query on Lead to what `sight` shows: the conflict rule of domain/conflict.py."""
    shown = _shown(sight)
    if sight.granted:
        shown = or_(shown, col(Lead.id).in_(sorted(sight.granted)) & ~_about(sight.barred))
    narrowed: Query = _any(query).where(shown)
    return narrowed


def _any(query: object) -> Any:
    """Queries on several tables have types of their own that share no narrowing method."""
    return query


def _shown(sight: Sight) -> Any:
    if sight.nothing:
        return col(Lead.id).is_(None)
    conditions: list[Any] = [~_about(sight.hidden)]
    if sight.queues_like is not None:
        conditions.append(or_(*(col(Lead.queue).startswith(prefix) for prefix in sight.queues_like)))
    if sight.only_shared:
        conditions.append(col(Lead.is_shared).is_(True))
    if sight.reported_by is not None:
        conditions.append(_reported(sight.reported_by))
    return and_(*conditions)


def _reported(account: str) -> Any:
    return (
        select(LeadReporter.lead_id)
        .where(LeadReporter.lead_id == Lead.id, LeadReporter.account == account)
        .exists()
    )


def _about(organisations: frozenset[str]) -> Any:
    """Whether a lead complains about one of them."""
    return (
        select(LeadRespondent.lead_id)
        .where(LeadRespondent.lead_id == Lead.id)
        .where(col(LeadRespondent.organisation).in_(sorted(organisations)))
        .exists()
    )
