"""What the ministry's platform transferred, and the directory beside our table of agencies."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from intake.domain.directory import LABELS
from intake.pages.console.person import HouseDep, PersonDep
from intake.pages.render import page
from intake.services.read_directory import read_directory
from intake.services.read_transfers import read_transfers

router = APIRouter(prefix="/console")


@router.get("/transfers")
async def transfers(request: Request, person: PersonDep, house: HouseDep) -> Response:
    found = await read_transfers(person.viewer, house=house)
    return page(request, "console/transfers.html", person=person, shown=found)


@router.get("/admin/directory")
async def directory(request: Request, person: PersonDep, house: HouseDep) -> Response:
    found = await read_directory(person.viewer, house=house)
    return page(request, "console/admin/directory.html", person=person, shown=found, labels=LABELS)
