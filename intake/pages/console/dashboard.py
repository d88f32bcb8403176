"""Figures about leads for supervisors: tiles, tables with bars, a schematic map."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from intake.domain import channels, periods, taxonomy
from intake.domain.errors import FieldProblem, Malformed
from intake.domain.sla import LOCAL
from intake.pages.console import charts
from intake.pages.console.person import HouseDep, PersonDep
from intake.pages.render import page
from intake.services.house import House
from intake.services.month_figures import UNKNOWN
from intake.services.read_statistics import BAD_PERIOD, read_statistics
from intake.services.read_trend import read_trend

router = APIRouter(prefix="/console")
TITLES = {
    "regions": "按地区",
    "agencies": "按被投诉机关",
    "problems": "按问题类型",
    "domains": "按领域",
    "channels": "按渠道",
}
UNCLEAR = "未明"


@router.get("/dashboard")
async def dashboard(
    request: Request,
    person: PersonDep,
    house: HouseDep,
    code: Annotated[str, Query(alias="period", max_length=7)] = "",
) -> Response:
    today = house.clock().astimezone(LOCAL).date()
    period = periods.parse(code) if code else periods.of_day(today)[0]
    if period is None:
        raise Malformed(FieldProblem("period", "bad_period", BAD_PERIOD))
    figures = await read_statistics(person.viewer, period.first, period.last, house=house)
    trend = await read_trend(person.viewer, period, house=house)
    names, agencies = names_of(house), names_of(house, with_regions=False)
    return page(
        request,
        "console/dashboard.html",
        person=person,
        figures=figures,
        period=period,
        previous=periods.before(period),
        offered=periods.recent(today),
        is_running=period.first <= today <= period.last,
        tables=[
            (name, title, charts.bars(figures[name], agencies if name == "agencies" else names))
            for name, title in TITLES.items()
        ],
        tiles=charts.tiles(figures["regions"]),
        names=names,
        trend=trend,
        line=charts.line([(f"{m.period.first.month}月", m.received.count) for m in trend]),
    )


def names_of(house: House, *, with_regions: bool = True) -> dict[str, str]:
    """Code to name, of everything that tables are made by."""
    codes = (*taxonomy.codes("problem_types"), *taxonomy.codes("domains"))
    return {
        **{code: taxonomy.label(code) for code in codes},
        **{o.code: o.name for o in house.organisations.values()},
        # A government has the code of its region: only the table of agencies means the government.
        **(house.region_names if with_regions else {}),
        **channels.LABELS,
        UNKNOWN: UNCLEAR,
    }
