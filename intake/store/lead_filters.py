"""What a list of leads may be narrowed to, as conditions of a query."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, bindparam, func, null, true
from sqlmodel import col, or_
from sqlmodel.sql.expression import SelectOfScalar

from intake.store.tables import Lead

Query = TypeVar("Query", bound=SelectOfScalar[Any])

# What a lead says when the hotline sent it back (services/receive_external.py).
RETURNED = "退回"
# …or asked to withdraw: a person decides either, and no later status hides it.
TAKEN_BACK = "请求撤回"
ASKS_A_PERSON = (RETURNED, TAKEN_BACK)


@dataclass(frozen=True, slots=True)
class LeadFilter:
    """What a list shows; None and False mean "any". due: today | overdue.

    words: what must all be found in it, cut beforehand; () finds nothing. q: as it was typed.
    """

    queue: str | None = None
    stages: tuple[str, ...] | None = None
    due: str | None = None
    q: str | None = None
    words: tuple[str, ...] | None = None
    needs_human: bool = False
    assignee: str | None = None
    unclaimed: bool = False
    urgency: str | None = None
    domain: str | None = None
    problem: str | None = None
    region: str | None = None
    green: bool = False
    requested: bool = False
    returned: bool = False
    # "1": from any trusted reporter, else the channel.
    reporter: str | None = None


def filtered(query: Query, wanted: LeadFilter, now: dt.datetime) -> Query:
    conditions = _conditions(wanted, now)
    if wanted.stages is not None:
        # Written out: a database can only choose a partial index by what stands in the query itself.
        written: Any = bindparam("stages", wanted.stages, expanding=True, literal_execute=True, unique=True)
        conditions.append(col(Lead.stage).in_(written))
    return query.where(*conditions)


def counted(wanted: LeadFilter, now: dt.datetime) -> ColumnElement[int]:
    """How many of the leads walked over are wanted; stages and words are the walk's business."""
    return func.count().filter(*_conditions(wanted, now), true())


def _conditions(wanted: LeadFilter, now: dt.datetime) -> list[Any]:
    conditions: list[Any] = [
        col(column) == value
        for column, value in (
            (Lead.queue, wanted.queue),
            (Lead.assignee, wanted.assignee),
            (Lead.urgency, wanted.urgency),
            (Lead.domain, wanted.domain),
        )
        if value is not None
    ]
    if wanted.region is not None:
        conditions.append(col(Lead.region).startswith(wanted.region))
    if wanted.due is not None:
        conditions.append(_due(wanted.due, now))
    if wanted.reporter is not None:
        column = col(Lead.reporter_channel)
        conditions.append(column.is_not(None) if wanted.reporter == "1" else column == wanted.reporter)
    return conditions + _ticked(wanted)


def _ticked(wanted: LeadFilter) -> list[Any]:
    """The filters that are on or off."""
    conditions: list[Any] = []
    if wanted.needs_human:
        conditions += [col(Lead.needs_human).is_(True), col(Lead.is_confirmed).is_(False)]
    if wanted.green:
        conditions.append(col(Lead.is_green).is_(True))
    if wanted.returned:
        conditions.append(col(Lead.hotline_status).in_(ASKS_A_PERSON))
    if wanted.requested:
        conditions.append(col(Lead.request).is_not(null()))
    if wanted.unclaimed:
        conditions.append(col(Lead.assignee).is_(None))
    return conditions


def _due(due: str, now: dt.datetime) -> Any:
    undecided = col(Lead.stage).in_(("L10", "L11", "L20"))
    edge = now if due == "overdue" else now + dt.timedelta(hours=24)
    late = or_(undecided & (col(Lead.decide_by) < edge), ~undecided & (col(Lead.answer_by) < edge))
    return late if due == "overdue" else late & (col(Lead.answer_by) >= now)
