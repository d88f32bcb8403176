"""The house's own upkeep: calendar and workers."""

import datetime as dt

from sqlmodel import Field, SQLModel

import intake.store.tables.base  # noqa: F401 (names of constraints come first)


class CalendarDay(SQLModel, table=True):
    """A day of a holiday notice that came after this release (`xiansuo calendar import`)."""

    __tablename__ = "calendar_day"
    day: str = Field(primary_key=True, max_length=10)
    kind: str = Field(max_length=4)
    name: str = Field(max_length=32)
    notice_year: str = Field(max_length=4)
    source: str = Field(max_length=256)
    imported_at: dt.datetime


class Heartbeat(SQLModel, table=True):
    """The last sign of life of each worker."""

    worker: str = Field(primary_key=True, max_length=64)
    at: dt.datetime
