"""The province's directory beside our table of agencies: differences for an administrator to read, nothing to press."""

from __future__ import annotations

from dataclasses import dataclass

from intake.domain.conflict import Viewer
from intake.domain.directory import Body, Difference, differences
from intake.domain.errors import Forbidden
from intake.services.house import House
from intake.services.pull_directory import our_bodies
from intake.services.read_administration import TREE_READERS
from intake.services.tell_partners import PROVINCE
from intake.store.tables import InboundPull

EXPECTED_LEVELS = ("city", "county", "zone")


@dataclass(frozen=True, slots=True)
class DirectoryView:
    """bodies, duties: how many the platform told; pull: how the asking goes, None when never asked."""

    differences: tuple[Difference, ...]
    bodies: int
    duties: int
    pull: InboundPull | None
    is_on: bool


async def read_directory(viewer: Viewer, *, house: House) -> DirectoryView:
    """raises: Forbidden"""
    if viewer.role not in TREE_READERS:
        raise Forbidden("您没有查看单位对照的权限。")
    return await compare_directory(house=house)


async def compare_directory(*, house: House) -> DirectoryView:
    """Nothing differs while nothing was read."""
    async with house.store.look() as uow:
        rows = await uow.directory.bodies()
        duties = await uow.directory.count_duties()
        pull = await uow.directory.pull_of(PROVINCE)
    theirs = [
        Body("", row.name, row.region or "", row.parent_name or "", is_ended=row.is_ended) for row in rows
    ]
    expected = [
        one.code
        for one in house.organisations.values()
        if one.kind == "agency" and one.level in EXPECTED_LEVELS
    ]
    found = differences(our_bodies(house), theirs, expected) if theirs else ()
    return DirectoryView(found, len(theirs), duties, pull, PROVINCE in house.partners)
