"""One archive with all that is kept: the database, the evidence (already encrypted), the daily anchors.

The data key is not in it. A database is never copied as a file that lives: SQLite by its own backup, PostgreSQL by
pg_dump. Every member's SHA-256 is in the manifest and checked before anything is put back.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"
SQLITE, POSTGRES = "database.sqlite", "database.pgdump"
FOLDERS = ("evidence", "anchors")
FORM = 1


class CannotBackUp(Exception):
    """The message says why, in Chinese."""


def back_up(database_url: str, folder: Path, archive: Path, *, now: dt.datetime) -> dict[str, Any]:
    """Write `archive` whole or not at all; returns its manifest.

    folder: where evidence and anchors lie
    raises: CannotBackUp; OSError
    """
    if archive.exists():
        raise CannotBackUp(f"{archive} 已经存在，换个文件名")
    part = archive.with_name(archive.name + ".part")
    archive.parent.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(dir=archive.parent) as work:
            dump = _dump(database_url, Path(work))
            members = {dump.name: dump} | {str(path.relative_to(folder)): path for path in _files(folder)}
            manifest = {
                "form": FORM,
                "made_at": now.isoformat(),
                "database": dump.name,
                "members": {name: _hash(path) for name, path in members.items()},
            }
            part.touch(mode=0o600)
            with tarfile.open(part, "w") as tar:
                head = Path(work) / MANIFEST
                head.write_text(json.dumps(manifest, ensure_ascii=False), "utf-8")
                for name, path in {MANIFEST: head, **members}.items():
                    tar.add(path, arcname=name, recursive=False)
        part.replace(archive)
    finally:
        part.unlink(missing_ok=True)
    return manifest


def restore(database_url: str, folder: Path, archive: Path, *, replace: bool = False) -> dict[str, Any]:
    """Put back what `back_up` wrote; nothing is touched before every member has been checked.

    replace: also over a database that is there
    raises: CannotBackUp; OSError
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as work:
        manifest = _unpack(archive, Path(work))
        dump = Path(work) / str(manifest["database"])
        if dump.name == SQLITE:
            _restore_sqlite(database_url, dump, replace=replace)
        else:
            _restore_postgres(database_url, dump, replace=replace)
        for name in manifest["members"]:
            if name != dump.name:
                target = folder / name
                target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                os.replace(Path(work) / name, target)
    return manifest


def _unpack(archive: Path, work: Path) -> dict[str, Any]:
    try:
        with tarfile.open(archive, "r:") as tar:
            tar.extractall(work, filter="data")
        manifest: dict[str, Any] = json.loads((work / MANIFEST).read_text("utf-8"))
    except (tarfile.TarError, OSError, ValueError) as wrong:
        raise CannotBackUp(f"{archive} 不是完整的备份") from wrong
    if manifest.get("form") != FORM or manifest.get("database") not in (SQLITE, POSTGRES):
        raise CannotBackUp(f"{archive} 不是本系统的备份，或者版本不认识")
    for name, wanted in manifest["members"].items():
        path = work / name
        if not path.is_file() or _hash(path) != wanted:
            raise CannotBackUp(f"备份里的 {name} 已损坏，没有恢复任何内容")
    return manifest


def _dump(url: str, work: Path) -> Path:
    if url.startswith("sqlite"):
        target = work / SQLITE
        with sqlite3.connect(f"file:{_file_of(url)}?mode=ro", uri=True) as live:
            with sqlite3.connect(target) as copy:
                live.backup(copy)
            copy.close()
        live.close()
        return target
    target = work / POSTGRES
    _run("pg_dump", "--format=custom", "--no-owner", f"--file={target}", f"--dbname={_plain(url)}")
    return target


def _restore_sqlite(url: str, dump: Path, *, replace: bool) -> None:
    if not url.startswith("sqlite"):
        raise CannotBackUp("备份是 SQLite 的，现在配置的是 PostgreSQL")
    target = _file_of(url)
    if target.exists() and not replace:
        raise CannotBackUp(f"{target} 已经存在；确认要覆盖时加 --replace（先停掉全部进程）")
    for leftover in ("-wal", "-shm"):
        target.with_name(target.name + leftover).unlink(missing_ok=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(dump, target)


def _restore_postgres(url: str, dump: Path, *, replace: bool) -> None:
    if url.startswith("sqlite"):
        raise CannotBackUp("备份是 PostgreSQL 的，现在配置的是 SQLite")
    if not replace and _has_tables(url):
        raise CannotBackUp("数据库里已有内容；确认要覆盖时加 --replace（先停掉全部进程）")
    more = ("--clean", "--if-exists") if replace else ()
    _run("pg_restore", "--no-owner", "--single-transaction", *more, f"--dbname={_plain(url)}", str(dump))


def _has_tables(url: str) -> bool:
    query = "select count(*) from information_schema.tables where table_schema = 'public'"
    return _run("psql", "--no-psqlrc", "-Atc", query, f"--dbname={_plain(url)}").strip() != "0"


def _run(program: str, *options: str) -> str:
    try:
        done = subprocess.run([program, *options], capture_output=True, text=True, check=False)  # noqa: S603
    except FileNotFoundError as wrong:
        raise CannotBackUp(f"找不到 {program}，请安装 PostgreSQL 的客户端程序") from wrong
    if done.returncode:
        raise CannotBackUp(
            f"{program} 没有成功：{done.stderr.strip().splitlines()[-1][:200] if done.stderr else ''}"
        )
    return done.stdout


def _plain(url: str) -> str:
    return url.replace("postgresql+asyncpg://", "postgresql://", 1)


def _file_of(url: str) -> Path:
    return Path(url.partition(":///")[2].partition("?")[0])


def _files(folder: Path) -> Iterator[Path]:
    for name in FOLDERS:
        yield from (path for path in sorted((folder / name).rglob("*")) if path.is_file())


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
