"""Fill an empty development database with sample cases (all marked 测试), filed as people file them."""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import replace
from functools import partial
from importlib import resources
from typing import Any

from intake.domain.conflict import Viewer
from intake.services import triage
from intake.services.file_complaint import file_complaint
from intake.services.house import House
from intake.services.new_complaint import Complainant, NewComplaint

# The one who handles sample cases; four eyes are not asked of him.
HANDLER = Viewer("shi", "测试市级监督员", "city_supervisor", "411200-SF", "411200")
FIELDS: dict[str, dict[str, Any]] = {
    "reply": {"note": "测试：已核查。", "public_text": "测试：经核查属实，已责令改正。"},
}


class NotForProduction(Exception):
    """Sample cases never enter a real database."""


async def fill(*, house: House) -> list[str]:
    """File the sample cases and take their steps; the same call again adds nothing. Returns the numbers.

    raises: NotForProduction; StoreUnavailable
    """
    if not house.policy.is_development:
        raise NotForProduction
    text = resources.files("intake.domain").joinpath("data/demo.csv").read_text("utf-8")
    now, numbers = house.clock(), []
    for position, row in enumerate(csv.DictReader(text.splitlines())):
        at = now - dt.timedelta(days=int(row["days_ago"]))
        then = replace(house, clock=partial(_same, at), policy=replace(house.policy, four_eyes=False))
        receipt = await file_complaint(_complaint(position, row), house=then)
        numbers.append(receipt.number)
        for hours, step in enumerate(row["steps"].split(), 1):
            later = replace(then, clock=partial(_same, at + dt.timedelta(hours=hours)))
            await _step(receipt.number, step, later)
    return numbers


def _same(at: dt.datetime) -> dt.datetime:
    return at


def _complaint(position: int, row: dict[str, str]) -> NewComplaint:
    return NewComplaint(
        text=row["text"],
        channel=row["channel"],
        complainant=Complainant(kind=row["kind"], anonymous=True, enterprise_name=row["enterprise"] or None),
        idempotency_key=f"demo-sample-{position:03d}",
    )


async def _step(number: str, step: str, house: House) -> None:
    """Taken once: a case that is further on already stays."""
    async with house.store.look() as uow:
        lead = await uow.leads.by_number(number)
        if lead is None or any(event.kind == step for event in await uow.leads.events(lead.id)):
            return
    order = triage.Order(step, **FIELDS.get(step, {}))
    await triage.take_step(number, order, version=lead.version, viewer=HANDLER, house=house)
