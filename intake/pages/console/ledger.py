"""The ledger (台账) to take out as CSV or XLSX, narrowed like the inbox."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response, StreamingResponse

from intake.domain import channels, lifecycle, taxonomy
from intake.pages.console.person import HouseDep, PersonDep
from intake.services.export_ledger import Wanted, day_asked, export_ledger
from intake.services.house import House
from intake.services.lead_filter import LeadFilter, lead_filter
from intake.services.ledger_files import CSV_TYPE, XLSX_TYPE, as_csv, as_xlsx

router = APIRouter(prefix="/console")
NAMES = {
    "from": "收到日期起",
    "to": "收到日期止",
    "q": "查找",
    "queue": "队列",
    "stage": "状态",
    "due": "时限",
    "urgency": "紧急程度",
    "domain": "领域",
    "region": "地区",
    "assignee": "承办人",
    "needs_human": "待人工判断",
    "unclaimed": "无人认领",
    "green": "绿色通道",
    "requested": "待审批",
    "reporter": "监督员和联系点",
}
VALUES = {"1": "是", "open": "办理中", "all": "全部", "today": "今天到期", "overdue": "已超期", "me": "本人"}


def wanted_of(
    request: Request,
    house: HouseDep,
    leads: Annotated[LeadFilter, Depends(lead_filter)],
    first: Annotated[str | None, Query(alias="from", max_length=10)] = None,
    last: Annotated[str | None, Query(alias="to", max_length=10)] = None,
) -> Wanted:
    """raises: Malformed"""
    asked = {"stage": "open", **{k: v for k, v in request.query_params.items() if v}}
    said = "；".join(f"{NAMES[k]}：{_word(k, v, house)}" for k, v in asked.items() if k in NAMES)
    return Wanted(leads, day_asked(first, "from"), day_asked(last, "to"), said)


def _word(name: str, value: str, house: House) -> str:
    if name == "stage" and value not in VALUES:
        return lifecycle.stages()[value].label
    if name == "region":
        return house.region_names.get(value, value)[:100]
    if name == "reporter" and value in channels.LABELS:
        return channels.LABELS[value]
    return value[:100] if name == "q" else VALUES.get(value, taxonomy.label(value))[:100]


@router.get("/ledger.csv")
async def as_text(
    person: PersonDep, house: HouseDep, wanted: Annotated[Wanted, Depends(wanted_of)]
) -> Response:
    ledger = await export_ledger(person.viewer, wanted, form="csv", house=house)
    return StreamingResponse(as_csv(ledger), media_type=CSV_TYPE, headers=_headers("csv"))


@router.get("/ledger.xlsx")
async def as_book(
    person: PersonDep, house: HouseDep, wanted: Annotated[Wanted, Depends(wanted_of)]
) -> Response:
    ledger = await export_ledger(person.viewer, wanted, form="xlsx", house=house)
    return Response(await as_xlsx(ledger), media_type=XLSX_TYPE, headers=_headers("xlsx"))


def _headers(ending: str) -> dict[str, str]:
    """The name is 台账, with an ASCII one for old programs."""
    name = f"attachment; filename=\"ledger.{ending}\"; filename*=UTF-8''%E5%8F%B0%E8%B4%A6.{ending}"
    return {"Content-Disposition": name, "Cache-Control": "no-store"}
