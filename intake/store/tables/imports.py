"""Files of work orders that were imported."""

import datetime as dt

from sqlmodel import Field, SQLModel

from intake.store.tables.base import new_id


class ImportedFile(SQLModel, table=True):
    """One file by its content (SHA-256); how far it was read, so that a stopped import goes on there."""

    __tablename__ = "imported_file"
    id: str = Field(default_factory=new_id, primary_key=True)
    file_hash: str = Field(unique=True, max_length=64)
    source: str = Field(max_length=32)
    rows_done: int = 0
    created: int = 0
    updated: int = 0
    same: int = 0
    finished: int = 0
    refused: int = 0
    is_whole: bool = False
    started_at: dt.datetime
    done_at: dt.datetime | None = None
