"""Full-text search over words cut beforehand: FTS5 in SQLite, a tsvector under GIN in PostgreSQL.

Words are letters and digits only (the caller cuts them), so nothing a person types can be read as an operator;
quotes around each are for names such as AND.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Integer, Text, cast, column, false, func, literal, table
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.store.tables import Lead, LeadSearch

# Up to here the found leads are gathered and sorted; beyond, the list is walked by deadline and each lead looked at.
FEW = 5000
_FTS5 = table("search_fts", column("rowid", Integer), column("search_fts", Text))


class Search:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def keep(self, lead_id: str, words: Iterable[str], *, cut: int) -> None:
        """Remember what the lead is found by, instead of what was kept before.

        words: letters and digits only; cut: version of the cutting
        """
        together = " ".join(sorted(set(words)))
        query = select(LeadSearch).where(LeadSearch.lead_id == lead_id)
        row = (await self._session.exec(query)).first()
        if row is None:
            row = LeadSearch(lead_id=lead_id, words=together, cut=cut)
        row.words, row.cut = together, cut
        self._session.add(row)
        await self._session.flush()

    async def waiting(self, cut: int, limit: int) -> list[Lead]:
        """Leads not indexed yet, or by an older cutting; nobody else's until the transaction ends."""
        query = (
            select(Lead)
            .join(LeadSearch, col(LeadSearch.lead_id) == Lead.id, isouter=True)
            .where(or_(col(LeadSearch.id).is_(None), col(LeadSearch.cut) < cut))
            .limit(limit)
            .with_for_update(of=Lead, skip_locked=True)
        )
        return list((await self._session.exec(query)).all())


async def narrowed(session: AsyncSession, words: tuple[str, ...]) -> ColumnElement[bool]:
    """The condition on Lead that all `words` are among its own; how it is put depends on how many leads have them."""
    if not words:
        return false()
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    matching: Any = _in_fts5(words) if is_sqlite else _in_tsvector(words)
    some = select(LeadSearch.lead_id).where(matching).limit(FEW + 1).subquery()
    count = (await session.exec(select(func.count()).select_from(some))).one()
    if count <= FEW:
        gathered = select(LeadSearch.lead_id).where(matching).cte("gathered").prefix_with("MATERIALIZED")
        return col(Lead.id).in_(select(gathered.c.lead_id))
    # One look by the key for each lead that is walked past: the planner may not turn it into a gathering.
    own = select(LeadSearch.id).where(LeadSearch.lead_id == Lead.id, matching)
    return own.exists()


def _in_tsvector(words: tuple[str, ...]) -> ColumnElement[bool]:
    asked = literal(" & ".join(f"'{word}'" for word in words))
    return col(LeadSearch.words).op("@@", is_comparison=True)(cast(asked, TSQUERY))


def _in_fts5(words: tuple[str, ...]) -> ColumnElement[bool]:
    asked = " AND ".join(f'"{word}"' for word in words)
    rows = select(_FTS5.c.rowid).where(_FTS5.c.search_fts.op("MATCH", is_comparison=True)(asked))
    return col(LeadSearch.id).in_(rows)
