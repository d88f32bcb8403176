"""The ledger (台账) of the leads a viewer may see, as rows of plain words: no person, no text; each export is recorded."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from dataclasses import dataclass

from intake.domain import channels, lifecycle, periods, taxonomy
from intake.domain.conflict import ROLE_LABELS, Viewer
from intake.domain.errors import FieldProblem, Forbidden, Malformed
from intake.domain.sla import LOCAL
from intake.services.house import House
from intake.services.read_leads import mine
from intake.services.read_statistics import midnight
from intake.services.sight import sight_of
from intake.store.lead_filters import LeadFilter
from intake.store.tables import Lead

MAY_EXPORT = frozenset(("supervisor", "city_supervisor", "green_channel_desk"))
PAGE = 500
HEADINGS = ("编号", "收到时间", "渠道", "受理范围", "领域", "问题类型", "被投诉机关", "地区", "紧急程度", "绿色通道",
            "状态", "承办人", "受理时限", "答复时限", "是否超期", "工单号", "满意度")  # fmt: skip
WARNING = "仅供监督工作使用，不得外传。应当回避的线索不在其中。"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The inbox's filters, and the local days between which leads were received; said: the filter in words."""

    leads: LeadFilter
    first: dt.date | None
    last: dt.date | None
    said: str


@dataclass(frozen=True, slots=True)
class Ledger:
    """watermark: who took it out, when, with which filter; rows: read from the store while they are written."""

    watermark: tuple[str, ...]
    rows: AsyncIterator[tuple[str, ...]]


async def export_ledger(viewer: Viewer, wanted: Wanted, *, form: str, house: House) -> Ledger:
    """form: csv | xlsx, for the record.

    raises: Forbidden; Malformed for days in the wrong order
    """
    if viewer.role not in MAY_EXPORT:
        raise Forbidden("您的角色不能导出台账。")
    if wanted.first and wanted.last and wanted.first > wanted.last:
        raise Malformed(FieldProblem("from", "bad_period", "开始日期不能晚于结束日期。"))
    now = house.clock()
    # Administrators of any family read the records: neither what was searched for nor how much was found is told.
    details = {"format": form, "from": _day(wanted.first), "to": _day(wanted.last)}
    async with house.store.change() as uow:
        await uow.admin_records.record(
            at=now,
            actor=viewer.account,
            kind="ledger_exported",
            subject=viewer.account,
            details={name: said for name, said in details.items() if said},
        )
    watermark = (
        "行政执法监督线索台账",
        f"导出人：{viewer.name}（{viewer.account}，{ROLE_LABELS[viewer.role]}）",
        f"导出时间：{_minute(now)}",
        f"筛选：{wanted.said or '全部'}",
        WARNING,
    )
    return Ledger(watermark, _rows(viewer, wanted, now, house))


async def _rows(
    viewer: Viewer, wanted: Wanted, now: dt.datetime, house: House
) -> AsyncIterator[tuple[str, ...]]:
    """Headings, leads, and a last row by which a reader knows that nothing is missing."""
    yield HEADINGS
    since = midnight(wanted.first) if wanted.first else None
    until = midnight(wanted.last + dt.timedelta(days=1)) if wanted.last else None
    after, total = None, 0
    while True:
        async with house.store.look() as uow:
            sight = await sight_of(viewer, uow, house)
            found = await uow.ledger.page(
                sight, mine(wanted.leads, viewer), now, since=since, until=until, after=after, limit=PAGE
            )
        for lead, channel in found:
            yield _row(lead, channel, house)
        total += len(found)
        if len(found) < PAGE:
            break
        after = (found[-1][0].received_at, found[-1][0].id)
    yield (f"共 {total} 条，到此为止。",)


def _row(lead: Lead, channel: str, house: House) -> tuple[str, ...]:
    return (
        lead.number,
        _minute(lead.received_at),
        channels.LABELS.get(channel, channel),
        taxonomy.label(lead.scope),
        taxonomy.label(lead.domain),
        "、".join(taxonomy.label(code) for code in lead.problems),
        lead.agency_name or "",
        house.region_names.get(lead.region or "", ""),
        taxonomy.label(lead.urgency),
        "是" if lead.is_green else "否",
        lifecycle.stages()[lead.stage].label,
        lead.assignee or "",
        _minute(lead.decide_by),
        _minute(lead.answer_by),
        "是" if lead.overdue_at is not None else "否",
        lead.hotline_no or "",
        "" if lead.rating is None else str(lead.rating),
    )


def _minute(at: dt.datetime) -> str:
    return f"{at.astimezone(LOCAL):%Y-%m-%d %H:%M}"


def _day(day: dt.date | None) -> str:
    return day.isoformat() if day else ""


def day_asked(text: str | None, field: str) -> dt.date | None:
    """A day as it stands in an address or on a command line.

    raises: Malformed
    """
    if not text:
        return None
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        day = dt.date.min
    if periods.parse(str(day.year)) is None:
        raise Malformed(FieldProblem(field, "bad_day", "日期请写成 2026-11-01 的样子。"))
    return day
