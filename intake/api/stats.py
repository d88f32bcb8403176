"""Figures for supervisors' programs (bearer token), small cells hidden."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Query

from intake.api.deps import HouseDep, StaffDep
from intake.services.read_statistics import read_statistics

router = APIRouter(prefix="/api/v1/stats", tags=["staff"])


@router.get("/overview")
async def overview(
    viewer: StaffDep,
    house: HouseDep,
    first: Annotated[dt.date, Query(alias="from")],
    last: Annotated[dt.date, Query(alias="to")],
) -> dict[str, Any]:
    """Counts, tables by region, agency, domain, problem and channel, and hot spots of the leads received."""
    return await read_statistics(viewer, first, last, house=house)
