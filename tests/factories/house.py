"""A small real house for tests: real database, real model, stand-ins only for other processes."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

from connectors.rasa.wire import BotAnswer, BotMessage
from intake.bootstrap import organisations, region_names
from intake.classify import pipeline, training
from intake.domain.workdays import load_calendar
from intake.services.evidence_room import EvidenceRoom
from intake.services.house import House, Policy
from intake.services.new_complaint import Complainant, NewComplaint
from intake.services.sign_in import add_account
from intake.store.crypto import KeyRing
from intake.store.database import Database
from intake.store.evidence_files import EvidenceFiles
from intake.store.migrate import upgrade
from intake.store.unit_of_work import Store

PASSWORD = "ceshi-zhanghao-2026"
PHONE = "13800138000"
NOON = dt.datetime(2026, 11, 23, 4, 0, tzinfo=dt.UTC)
TEXT = "湖滨区城管昨天没出示证件就把我的三轮车扣走了，也没给扣押清单，要求归还。"


class StandInBot:
    """A bot that says what a test wants, by the same Protocol; `commands` are given one a turn."""

    def __init__(self) -> None:
        self.commands: list[dict[str, Any]] = []
        self.heard: list[str] = []
        self.told: list[tuple[str, dict[str, Any]]] = []
        self.failure: Exception | None = None

    async def turn(self, sender: str, text: str, metadata: dict[str, Any]) -> BotAnswer:
        self.heard.append(text)
        if self.failure is not None:
            raise self.failure
        command = self.commands.pop(0) if self.commands else None
        return BotAnswer((BotMessage(f"测试机器人听到：{text[:20]}"),), command)

    async def tell(self, sender: str, event: str, entities: dict[str, Any]) -> BotAnswer:
        self.told.append((event, entities))
        return BotAnswer((BotMessage(f"{event} ⟨查询码⟩"),), None)

    async def alive(self) -> bool:
        return self.failure is None


@cache
def classifier() -> pipeline.Classifier:
    """The trained classifier of this tree, trained once when it is not there."""
    return pipeline.load(training.train(Path("nlu_data"), Path("var/models")))


@asynccontextmanager
async def small_house(
    url: str, folder: Path, *, clock: Callable[[], dt.datetime] = lambda: NOON, hotline: Any = None
) -> AsyncIterator[House]:
    """A house on the database `url`, with accounts shi, hubin, shanzhou, lvtong, rexian and guanju (an agency's)."""
    database = Database(url)
    await upgrade(database, folder)
    house = House(
        store=Store(database, KeyRing("test:" + "dGVzdC1rZXktdGVzdC1rZXktdGVzdC1rZXktMzJieXQ=")),
        policy=Policy("12345", b"test-secret", dt.timedelta(hours=8), True, "xiansuo", "hotline-secret"),
        calendar=load_calendar(),
        clock=clock,
        organisations=organisations(),
        region_names=region_names(),
        bot=StandInBot(),
        hotline=hotline,
        understanding=classifier(),
        evidence=EvidenceRoom(EvidenceFiles.at("", folder / "evidence")),
    )
    for login, role, organisation, region in (
        ("shi", "city_supervisor", "411200-SF", "411200"),
        ("hubin", "supervisor", "411202-SF", "411202"),
        ("shanzhou", "supervisor", "411203-SF", "411203"),
        ("lvtong", "green_channel_desk", "411200-SF", "411200"),
        ("rexian", "hotline_operator", "411200-HOTLINE", "411200"),
        ("guanju", "agency", "411202-AD01", "411202"),
    ):
        await add_account(
            login, f"测试{login}", PASSWORD, role=role, organisation=organisation, region=region, house=house
        )
    try:
        yield house
    finally:
        await database.close()


def new_complaint(text: str = TEXT, *, key: str = "test-key-0001", **more: Any) -> NewComplaint:
    who = more.pop("complainant", Complainant(anonymous=False, name="测试张三", phone=PHONE))
    return NewComplaint(
        text=text, channel=more.pop("channel", "api"), complainant=who, idempotency_key=key, **more
    )
