"""Measure classifying, filing, delivering and chatting on this machine, in one run, each against its simplest part."""

from __future__ import annotations

import asyncio
import datetime as dt
import resource
import statistics
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

import aiohttp

from connectors.hotline12345.connector import HotlineClient
from connectors.hotline12345.simulator.server import make_app
from intake.classify.normalise import normalise
from intake.services.deliver import deliver_due
from intake.services.file_complaint import file_complaint
from tests.factories.house import classifier, new_complaint, small_house
from tests.journey.house import running_house

TODAY = dt.date(2026, 11, 23)
SENTENCE = "湖滨区城管昨天上午没出示证件就把我的三轮车扣走了，也没给扣押清单，罚了五百块钱没开票，要求归还车辆并退钱。"
TEXT = (SENTENCE * 4)[:200]


def rate(count: int, work: Any) -> float:
    started = time.perf_counter()
    for _ in range(count):
        work()
    return count / (time.perf_counter() - started)


def classify_rates() -> list[tuple[str, float]]:
    started = time.perf_counter()
    model = classifier()
    loaded = time.perf_counter() - started
    model.classify(TEXT, today=TODAY)
    rows = [
        ("识别模型载入（秒）", loaded),
        ("只规整文字（条/秒）", rate(3000, lambda: normalise(TEXT))),
        ("全部标签加抽取，200 字（条/秒）", rate(600, lambda: model.classify(TEXT, today=TODAY))),
        ("全部标签加抽取，2000 字（条/秒）", rate(60, lambda: model.classify(TEXT * 10, today=TODAY))),
    ]
    return [*rows, ("进程内存峰值（MB）", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)]


async def filing_rates() -> list[tuple[str, float]]:
    count = 120
    with tempfile.TemporaryDirectory() as folder:
        from aiohttp.test_utils import TestServer

        server = TestServer(make_app(secret="hotline-secret", app_id="xiansuo", pace=0))
        await server.start_server()
        client = HotlineClient(str(server.make_url("")), "xiansuo", "hotline-secret")
        url = f"sqlite+aiosqlite:///{folder}/bench.db"
        now = lambda: dt.datetime.now(dt.UTC)  # noqa: E731 - a clock
        async with small_house(url, Path(folder), clock=now, hotline=client) as house:
            started = time.perf_counter()
            await asyncio.gather(
                *(file_complaint(new_complaint(key=f"bench-{i:04d}"), house=house) for i in range(count))
            )
            filed = count / (time.perf_counter() - started)
            started, sent = time.perf_counter(), 0
            while sent < count:
                sent += await deliver_due("bench", house=house)
            delivered = count / (time.perf_counter() - started)
        await client.close()
        await server.close()
    return [("立案，8 并发以上，SQLite（件/秒）", filed), ("投递到本地热线（件/秒）", delivered)]


async def chat_rates() -> list[tuple[str, float]]:
    rows = []
    async with running_house() as base, aiohttp.ClientSession() as session:
        for people in (1, 8):
            times: list[float] = []
            started = time.perf_counter()
            await asyncio.gather(*(_talk(session, base, times) for _ in range(people)))
            seconds = time.perf_counter() - started
            rows.append((f"对话一轮，{people} 人同时，中位（毫秒）", statistics.median(times) * 1000))
            rows.append((f"对话，{people} 人同时（轮/秒）", len(times) / seconds))
    return rows


async def _talk(session: aiohttp.ClientSession, base: str, times: list[float]) -> None:
    token = None
    for words in (
        "我要投诉",
        "他们不亮证就罚我五百",
        "湖滨区城管",
        "上周三",
        "退钱",
        "匿名",
        "改一下时间",
        "昨天",
    ) * 3:
        body = {"session": token, "message_id": uuid.uuid4().hex, "text": words}
        started = time.perf_counter()
        async with session.post(f"{base}/api/v1/chat/messages", json=body) as answer:
            token = (await answer.json())["session"]
        times.append(time.perf_counter() - started)


async def main() -> None:
    rows = classify_rates() + await filing_rates() + await chat_rates()
    print("| 项目 | 数值 |\n|---|---|")
    for name, value in rows:
        print(f"| {name} | {value:,.1f} |")


if __name__ == "__main__":
    asyncio.run(main())
