"""The histories of all leads as one list, for those who inspect them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.domain.conflict import Sight
from intake.domain.sla import LOCAL
from intake.store.seen import seen
from intake.store.tables import Lead, LeadEvent


class Trail:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def page(
        self, sight: Sight, wanted: dict[str, Any], *, before: str | None, limit: int
    ) -> list[tuple[LeadEvent, str]]:
        """(event, lead number), the newest first.

        wanted: actor, kind, number, since, until (local days); None or missing means any
        before: id of the last event shown; an unknown one is as none
        """
        query: Any = seen(
            select(LeadEvent, Lead.number).join(Lead, col(Lead.id) == LeadEvent.lead_id), sight
        ).where(*_conditions(wanted))
        last = await self._session.get(LeadEvent, before) if before else None
        if last is not None:
            at, same = col(LeadEvent.at), col(LeadEvent.at) == last.at
            query = query.where(or_(at < last.at, same & (col(LeadEvent.id) < last.id)))
        query = query.order_by(col(LeadEvent.at).desc(), col(LeadEvent.id).desc()).limit(limit)
        return [(event, number) for event, number in (await self._session.exec(query)).all()]


def _conditions(wanted: dict[str, Any]) -> list[Any]:
    found: list[Any] = []
    for column, name in ((LeadEvent.actor, "actor"), (LeadEvent.kind, "kind"), (Lead.number, "number")):
        if wanted.get(name):
            found.append(col(column) == wanted[name])
    if wanted.get("since"):
        found.append(col(LeadEvent.at) >= _midnight(wanted["since"]))
    if wanted.get("until"):
        found.append(col(LeadEvent.at) < _midnight(wanted["until"] + dt.timedelta(days=1)))
    return found


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), LOCAL).astimezone(dt.UTC)
