"""The words a lead is found by."""

from sqlalchemy import BigInteger, Column, Integer, Text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlmodel import Field, SQLModel


class LeadSearch(SQLModel, table=True):
    """Words cut beforehand, one row a lead, separated by spaces; phones, ids and names of complainants are not among them.

    PostgreSQL keeps them as a tsvector under a GIN index; in SQLite triggers carry them into the FTS5 table
    `search_fts` (see migration 0005). Number of the row: what FTS5 knows it by, stable also over VACUUM.
    """

    __tablename__ = "lead_search"
    id: int | None = Field(
        default=None, sa_column=Column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    )
    lead_id: str = Field(foreign_key="lead.id", unique=True)
    words: str = Field(sa_column=Column(Text().with_variant(TSVECTOR(), "postgresql"), nullable=False))
    # Version of the cutting: rows of an older one are indexed again.
    cut: int
