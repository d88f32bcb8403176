"""Two leads side by side."""

from __future__ import annotations

import re

from fastapi import APIRouter, Request
from fastapi.responses import Response
from markupsafe import Markup, escape

from intake.domain.errors import NotFound
from intake.pages.console.person import HouseDep, PersonDep
from intake.pages.render import page
from intake.services.compare_leads import compare_leads

router = APIRouter(prefix="/console")


@router.get("/leads/{number}/compare/{other}")
async def compare(request: Request, number: str, other: str, person: PersonDep, house: HouseDep) -> Response:
    if number == other:
        raise NotFound("请选择两条不同的线索。")
    found = await compare_leads(number, other, person.viewer, house=house)
    return page(
        request,
        "console/compare.html",
        person=person,
        found=found,
        sides=[(whole, _marked(whole.text, found.common)) for whole in (found.one, found.other)],
        regions=house.region_names,
    )


def _marked(text: str, words: tuple[str, ...]) -> Markup:
    """The text with what both have in common marked; everything else escaped."""
    if not words:
        return escape(text)
    pattern = re.compile("|".join(re.escape(w) for w in words))
    parts, last = [], 0
    for match in pattern.finditer(text):
        parts += [escape(text[last : match.start()]), Markup("<mark>{}</mark>").format(match.group())]
        last = match.end()
    return Markup("").join([*parts, escape(text[last:])])
