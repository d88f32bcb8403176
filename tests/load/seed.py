"""Very many leads, quickly: rows written past the services, in the shape that years of work would leave."""

from __future__ import annotations

import datetime as dt
import json
import random
import sqlite3
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import asyncpg
from sqlmodel import SQLModel

from intake.bootstrap import organisations
from intake.classify.search_words import CUT
from intake.services.index_lead import findable
from intake.store.tables import Complaint, Lead, LeadRespondent, LeadSearch

OPEN_SHARE = 0.05
OPEN_STAGES = ("L10", "L10", "L11", "L20", "L20", "L30", "L31", "L32", "L32", "L33", "L40", "L50")
CLOSED_STAGES = ("L70", "L70", "L70", "L71", "L80", "L29", "L28", "L81")
REGIONS = ("411202", "411202", "411202", "411203", "411221", "411224", "411281", "411282", "411200")
DESKS = ("supervision",) * 7 + ("green", "transfer", "vertical")
RARE, RARE_EVERY = "石斑鱼", 5000
TABLES: tuple[type[SQLModel], ...] = (Complaint, Lead, LeadRespondent, LeadSearch)
Rows = list[tuple[Any, ...]]


def texts() -> list[str]:
    """The made-up complaints the classifier is trained with."""
    lines = [
        line
        for file in sorted(Path("nlu_data/complaints").glob("*.jsonl"))
        for line in file.read_text("utf-8").splitlines()
    ]
    return [json.loads(line)["text"] for line in random.Random(7).sample(lines, min(4000, len(lines)))]


def rows(count: int, now: dt.datetime) -> Iterator[tuple[dict[str, Any], ...]]:
    """(complaint, lead, respondent, search) for each lead, the oldest first; the newest are still open."""
    dice = random.Random(count)
    pool = [(text, " ".join(sorted(findable(text)))) for text in texts()]
    agencies = sorted(code for code, one in organisations().items() if one.kind == "agency")
    justice = sorted(code for code, one in organisations().items() if one.kind == "justice")
    for i in range(count):
        text, words = dice.choice(pool)
        if i % RARE_EVERY == 0:
            text, words = f"{text}{RARE}", f"{words} {RARE}"
        is_open = i >= count * (1 - OPEN_SHARE)
        age = dice.uniform(0, 60) if is_open else 30 + (count - i) / count * 3650
        agency = dice.choice(justice if dice.random() < 0.002 else agencies)
        number = f"XS{i:010d}"
        lead = _lead(i, dice, text, agency, number, is_open, now - dt.timedelta(days=age))
        yield (
            _complaint(i, text, lead["received_at"]),
            lead,
            {"lead_id": lead["id"], "organisation": agency},
            {"id": i + 1, "lead_id": lead["id"], "words": f"{words} {number.lower()}", "cut": CUT},
        )


def _complaint(i: int, text: str, at: dt.datetime) -> dict[str, Any]:
    changing = {"id": f"{i:032x}", "text": text, "idempotency_key": f"seed-{i}", "received_at": at}
    return _usual_complaint() | changing


@cache
def _usual_complaint() -> dict[str, Any]:
    """Row objects are slow to make a million times: what is the same in all is made once."""
    return Complaint(
        channel="api",
        text="",
        complainant_kind="person",
        is_anonymous=True,
        idempotency_key="",
        request_hash="",
        received_at=dt.datetime.now(dt.UTC),
    ).model_dump()


def _lead(
    i: int, dice: random.Random, text: str, agency: str, number: str, is_open: bool, at: dt.datetime
) -> dict[str, Any]:
    stage = dice.choice(OPEN_STAGES if is_open else CLOSED_STAGES)
    is_new = stage in ("L10", "L11", "L20")
    region, desk = dice.choice(REGIONS), dice.choice(DESKS)
    return _usual_lead() | {
        "id": f"{dice.getrandbits(128):032x}",
        "number": number,
        "complaint_id": f"{i:032x}",
        "stage": stage,
        "queue": f"{desk}-{region}",
        "supervisor": f"{region}-SF",
        "domain": f"AD{dice.randrange(1, 10):02d}",
        "urgency": dice.choice(("U1", "U2", "U3", "U3")),
        "is_green": desk == "green",
        "agency_code": agency,
        "region": region,
        "needs_human": is_new and dice.random() < 0.3,
        "is_confirmed": not is_new,
        "summary": text[:120],
        "assignee": None if is_new else f"a{dice.randrange(40)}",
        "request": {"step": "extend"} if stage == "L33" else None,
        "received_at": at,
        "decide_by": at + dt.timedelta(days=7),
        "answer_by": at + dt.timedelta(days=60),
        "warn_at": at + dt.timedelta(days=50),
        "warned_at": None if is_open else at,
    }


@cache
def _usual_lead() -> dict[str, Any]:
    now = dt.datetime.now(dt.UTC)
    return Lead(
        number="",
        code_hash="",
        code_salt="",
        complaint_id="",
        stage="L10",
        queue="",
        supervisor="",
        route_reason="测试",
        scope="SC00",
        domain="",
        problems=["PT01"],
        urgency="",
        is_green=False,
        agency_name="测试机关",
        model="seed",
        summary="",
        received_at=now,
        decide_by=now,
        answer_by=now,
        is_shared=True,
    ).model_dump()


async def seed(url: str, count: int, now: dt.datetime) -> None:
    """Fill an empty, migrated database."""
    made = rows(count, now)
    if url.startswith("sqlite"):
        _into_sqlite(url.partition("///")[2], made)
    else:
        await _into_postgres(url.replace("+asyncpg", ""), made)


def _into_sqlite(path: str, made: Iterator[tuple[dict[str, Any], ...]]) -> None:
    connection = sqlite3.connect(path)
    while batch := list(islice(made, 5000)):
        for table, dicts in zip(TABLES, zip(*batch, strict=True), strict=True):
            names, values = _columns(table, dicts)
            marks = ",".join("?" * len(names))
            line = f"INSERT INTO {table.__tablename__} ({','.join(names)}) VALUES ({marks})"
            connection.executemany(line, [tuple(_plain(v) for v in row) for row in values])
    connection.commit()
    connection.execute("ANALYZE")
    connection.commit()
    connection.close()


async def _into_postgres(url: str, made: Iterator[tuple[dict[str, Any], ...]]) -> None:
    connection = await asyncpg.connect(url)
    await connection.set_type_codec("tsvector", schema="pg_catalog", encoder=str, decoder=str)
    await connection.execute("SET maintenance_work_mem = '1GB'")
    await connection.execute("DROP INDEX search_words")
    await connection.execute("CREATE TEMP TABLE heap (id bigint, lead_id text, words text, cut int)")
    while batch := list(islice(made, 20_000)):
        for table, dicts in zip(TABLES, zip(*batch, strict=True), strict=True):
            names, values = _columns(table, dicts)
            name = "heap" if table is LeadSearch else str(table.__tablename__)
            records = [tuple(json.dumps(v) if isinstance(v, list | dict) else v for v in r) for r in values]
            await connection.copy_records_to_table(name, records=records, columns=names)
        await connection.execute(
            "INSERT INTO lead_search (id, lead_id, words, cut) SELECT id, lead_id, words::tsvector, cut FROM heap"
        )
        await connection.execute("TRUNCATE heap")
    await connection.execute("CREATE INDEX search_words ON lead_search USING gin (words)", timeout=900)
    await connection.execute("VACUUM ANALYZE", timeout=900)
    await connection.close()


def _columns(table: type[SQLModel], dicts: Sequence[dict[str, Any]]) -> tuple[list[str], Rows]:
    names = [column.name for column in SQLModel.metadata.tables[str(table.__tablename__)].columns]
    return names, [tuple(one[name] for name in names) for one in dicts]


def _plain(value: Any) -> Any:
    """As the store itself writes it into SQLite."""
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S.%f")
    return json.dumps(value) if isinstance(value, list | dict) else value
