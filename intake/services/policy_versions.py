"""Versions of limits and routing: drafted by one person, put in force by another, never changed afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from intake.domain import policies
from intake.domain.conflict import Viewer
from intake.domain.errors import FieldProblem, Forbidden, Malformed, NotFound, Stale
from intake.domain.policies import Change
from intake.domain.tables import rows as table
from intake.services.house import House
from intake.services.refresh_rules import refresh_rules
from intake.store.tables import PolicyVersion
from intake.store.unit_of_work import UnitOfWork

Rows = list[dict[str, str]]
FILES = {"limits": "limits", "routing": "routing"}
SOMEBODY_FIRST = "另一位同事刚让新的版本生效，请在新版本的基础上重新修改。"


@dataclass(frozen=True, slots=True)
class PolicyPage:
    """version, rows: what is in force; versions: all later than the release, the newest first."""

    version: int
    rows: Rows
    versions: tuple[PolicyVersion, ...]


@dataclass(frozen=True, slots=True)
class VersionPage:
    """row: the version looked at; base: the rows it was made from."""

    row: PolicyVersion
    base: Rows
    changes: tuple[Change, ...]
    in_force: int
    may_put_in_force: bool


def check_editor(viewer: Viewer, kind: str) -> None:
    """raises: Forbidden, NotFound for a kind that does not exist"""
    if viewer.role not in policies.MAY_EDIT:
        raise Forbidden("只有系统管理员和市级监督员可以查看和修改这些规则。")
    if kind not in policies.EDITABLE:
        raise NotFound("没有这种规则。")


async def policy_page(kind: str, viewer: Viewer, *, house: House) -> PolicyPage:
    """raises: Forbidden, NotFound"""
    check_editor(viewer, kind)
    async with house.store.look() as uow:
        version, rows = await _in_force(kind, uow)
        return PolicyPage(version, rows, tuple(await uow.policies.of_kind(kind)))


async def version_page(kind: str, version: int, viewer: Viewer, *, house: House) -> VersionPage:
    """raises: Forbidden, NotFound"""
    check_editor(viewer, kind)
    async with house.store.look() as uow:
        row = await _one(kind, version, uow)
        base = await _rows_of(kind, row.based_on, uow)
        in_force, _ = await _in_force(kind, uow)
    may = row.state == "draft" and not (house.policy.four_eyes and row.author == viewer.account)
    changes = tuple(policies.differences(base, row.rows, kind))
    return VersionPage(row, base, changes, in_force, may and row.based_on == in_force)


async def draft_version(
    kind: str, cells: Mapping[str, str], reason: str, *, based_on: int, viewer: Viewer, house: House
) -> int:
    """Keep a changed table as a draft; returns its version number.

    cells: "column-row" to what stands there; based_on: the version in force that the author saw
    raises: Forbidden, NotFound, Stale when another version is in force by now, Malformed
    """
    check_editor(viewer, kind)
    async with house.store.change() as uow:
        await uow.admin_records.lock()
        in_force, base = await _in_force(kind, uow)
        if in_force != based_on:
            raise Stale(SOMEBODY_FIRST)
        rows, problems = policies.edited(base, cells, kind)
        if len(reason.strip()) < 5:
            problems.append(FieldProblem("reason", "reason_missing", "请写明修改的依据（至少 5 个字）。"))
        if not problems and not policies.differences(base, rows, kind):
            problems.append(
                FieldProblem("rows", "nothing_changed", "和正在执行的版本完全一样，没有要保存的。")
            )
        if problems:
            raise Malformed(*problems)
        version, now = await uow.policies.next_version(kind), house.clock()
        uow.policies.save(
            PolicyVersion(
                kind=kind,
                version=version,
                based_on=based_on,
                rows=rows,
                author=viewer.account,
                reason=reason.strip()[:500],
                made_at=now,
                state="draft",
            )
        )
        await _record(uow, house, viewer, "policy_drafted", kind, version, base=base, rows=rows)
    return version


async def put_in_force(kind: str, version: int, *, viewer: Viewer, house: House) -> None:
    """From now on this version counts; the worker counts the deadlines of open leads again.

    raises: Forbidden for the author when four eyes are wanted; Stale when another version came first;
            WrongStep when it is no draft any more; NotFound
    """
    check_editor(viewer, kind)
    now = house.clock()
    async with house.store.change() as uow:
        await uow.admin_records.lock()
        row = await _one(kind, version, uow)
        in_force, base = await _in_force(kind, uow)
        if row.state != "draft":
            raise Stale("这个版本已经生效或作废，不能再操作。")
        if row.based_on != in_force:
            raise Stale(SOMEBODY_FIRST)
        if house.policy.four_eyes and row.author == viewer.account:
            raise Forbidden("不能让自己起草的版本生效，请另一位同事确认。", code="four_eyes")
        before = await uow.policies.in_force(kind)
        if before is not None:
            before.state, before.retired_at = "retired", now
            uow.policies.save(before)
        row.state, row.approver, row.in_force_from = "in_force", viewer.account, now
        uow.policies.save(row)
        await _record(uow, house, viewer, "policy_in_force", kind, version, base=base, rows=row.rows)
    await refresh_rules(house=house)


async def drop_version(kind: str, version: int, *, viewer: Viewer, house: House) -> None:
    """A draft that will not come into force. raises: Forbidden, NotFound, Stale"""
    check_editor(viewer, kind)
    async with house.store.change() as uow:
        await uow.admin_records.lock()
        row = await _one(kind, version, uow)
        if row.state != "draft":
            raise Stale("这个版本已经生效或作废，不能再操作。")
        row.state = "dropped"
        uow.policies.save(row)
        await _record(uow, house, viewer, "policy_dropped", kind, version)


async def _one(kind: str, version: int, uow: UnitOfWork) -> PolicyVersion:
    row = await uow.policies.one(kind, version)
    if row is None:
        raise NotFound("没有这个版本。")
    return row


async def _in_force(kind: str, uow: UnitOfWork) -> tuple[int, Rows]:
    row = await uow.policies.in_force(kind)
    return (row.version, row.rows) if row else (0, _first(kind))


async def _rows_of(kind: str, version: int, uow: UnitOfWork) -> Rows:
    return (await _one(kind, version, uow)).rows if version else _first(kind)


def _first(kind: str) -> Rows:
    return [dict(row) for row in table(FILES[kind])]


async def _record(
    uow: UnitOfWork,
    house: House,
    viewer: Viewer,
    action: str,
    kind: str,
    version: int,
    *,
    base: Rows | None = None,
    rows: Rows | None = None,
) -> None:
    """What was done to a version; with the cells that differ, old and new."""
    changes = policies.differences(base, rows, kind) if base is not None and rows is not None else []
    details = {f"{c.column}-{c.row + 1}": {"old": c.old, "new": c.new} for c in changes}
    await uow.admin_records.record(
        at=house.clock(), actor=viewer.account, kind=action, subject=f"{kind}-{version}", details=details
    )
