"""What administrators and inspectors read: the record of administration, and the tree of organisations."""

from __future__ import annotations

from dataclasses import dataclass

from intake.domain.conflict import Viewer
from intake.domain.errors import Forbidden
from intake.services.house import House, Organisation
from intake.store.tables import AdminRecord

PAGE = 50
READERS = frozenset({"admin", "inspector"})
TREE_READERS = READERS | {"city_supervisor"}
LEVELS = ("province", "city", "county", "zone", "town", "vertical")


@dataclass(frozen=True, slots=True)
class RegionBranch:
    """The organisations of one region: towns and streets apart from the agencies beside them."""

    region: str
    agencies: tuple[Organisation, ...]
    towns: tuple[Organisation, ...]


async def read_records(viewer: Viewer, *, before: int | None, house: House) -> tuple[list[AdminRecord], bool]:
    """One page, the newest first, and whether there are older ones. raises: Forbidden"""
    if viewer.role not in READERS:
        raise Forbidden("只有系统管理员和审计检查员可以查看管理记录。")
    async with house.store.look() as uow:
        found = await uow.admin_records.latest(before=before, limit=PAGE + 1)
    return found[:PAGE], len(found) > PAGE


def organisation_tree(wanted: str, viewer: Viewer, *, house: House) -> list[RegionBranch]:
    """Organisations by region, the city first; only those whose name or code contains `wanted`.

    raises: Forbidden
    """
    if viewer.role not in TREE_READERS:
        raise Forbidden("您没有查看单位目录的权限。")
    words = wanted.strip().casefold()
    branches: dict[str, list[Organisation]] = {}
    for one in house.organisations.values():
        if words in one.name.casefold() or words in one.code.casefold():
            branches.setdefault(one.region[:6], []).append(one)
    found = []
    for region in sorted(branches, key=lambda code: (code not in ("411200",), code)):
        ordered = sorted(branches[region], key=lambda o: (LEVELS.index(o.level), o.code))
        towns = tuple(o for o in ordered if o.level == "town")
        found.append(RegionBranch(region, tuple(o for o in ordered if o.level != "town"), towns))
    return found
