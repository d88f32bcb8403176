"""Trusted reporters: which account reported which lead, apart from the lead itself."""

import datetime as dt

from sqlmodel import Field, SQLModel


class LeadReporter(SQLModel, table=True):
    """The account (行政执法监督员, 基层联系点) that reported a lead."""

    __tablename__ = "lead_reporter"
    lead_id: str = Field(foreign_key="lead.id", primary_key=True)
    account: str = Field(index=True, max_length=64)
    at: dt.datetime
