"""Post the real development texts through a running house and say what became of each.

Uses the house at XIANSUO_BASE (default: the one of `make run`); starts one in a
folder of its own when none answers. Texts are never printed or stored.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import aiohttp

from intake.settings import DEV_PASSWORD
from tests.journey.house import running_house
from tests.journey.person import Talk, visit

SHARED = Path(os.environ.get("XIANSUO_SHARED", "../shared/data"))
OUT_OF_SCOPE = 40
AT_ONCE = 4
DELIVERY_S = 120


def rows() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The agreed in-scope rows and the first 40 out-of-scope ones of the development set."""
    path = SHARED / "enforcement_dev.jsonl"
    if not path.exists():
        sys.exit(f"没有真实文本：{path} 不存在（可用 XIANSUO_SHARED 指定目录）")
    found = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    agreed = [r for r in found if r["agreed"]]
    return [r for r in agreed if r["in_scope"]], [r for r in agreed if not r["in_scope"]][:OUT_OF_SCOPE]


async def all_visits(base: str, wanted: list[dict[str, Any]], route: str) -> list[Talk]:
    gate = asyncio.Semaphore(AT_ONCE)
    async with aiohttp.ClientSession() as session:

        async def one(row: dict[str, Any]) -> Talk:
            async with gate:
                return await visit(session, base, row["id"], row["text"], route=route)

        return list(await asyncio.gather(*(one(row) for row in wanted)))


async def leads(base: str) -> dict[str, dict[str, Any]]:
    """Every lead the city supervisor sees, by number."""
    found: dict[str, dict[str, Any]] = {}
    async with aiohttp.ClientSession() as session:
        async with session.post(
            f"{base}/api/v1/sessions", json={"login": "shi", "password": DEV_PASSWORD}
        ) as r:
            token = (await r.json())["token"]
        cursor = ""
        while cursor is not None:
            params = {"stage": "all", "limit": "200"} | ({"cursor": cursor} if cursor else {})
            async with session.get(
                f"{base}/api/v1/leads", params=params, headers={"Authorization": f"Bearer {token}"}
            ) as r:
                page = await r.json()
            found |= {lead["number"]: lead for lead in page["items"]}
            cursor = page["next"]
    return found


async def delivered(base: str, numbers: set[str]) -> dict[str, dict[str, Any]]:
    """The leads once all of `numbers` have their number at the hotline, or the time is over."""
    until = time.monotonic() + DELIVERY_S
    found = await leads(base)
    while time.monotonic() < until and not all(found.get(n, {}).get("hotline_no") for n in numbers):
        await asyncio.sleep(2)
        found = await leads(base)
    return found


def table(name: str, talks: list[Talk], found: dict[str, dict[str, Any]]) -> list[str]:
    filed = [t for t in talks if t.filed]
    mine = [found[t.filed["number"]] for t in filed if t.filed and t.filed["number"] in found]
    turns = [t.turns for t in filed]
    queues = Counter(lead["queue"].split("-")[0] for lead in mine)
    scopes = Counter(lead["scope"] for lead in mine)
    return [
        f"| {name} | {len(talks)} | {len(filed)} | {sum(bool(lead['hotline_no']) for lead in mine)} | "
        f"{statistics.median(turns) if turns else '-'} / {max(turns, default=0)} | "
        f"{', '.join(f'{k} {v}' for k, v in queues.most_common())} | "
        f"{', '.join(f'{k} {v}' for k, v in scopes.most_common(6))} |"
    ]


async def main() -> int:
    inside, outside = rows()
    async with running_house() as base:
        started = time.monotonic()
        first = await all_visits(base, inside, "file")
        second = await all_visits(base, outside, "hotline")
        seconds = time.monotonic() - started
        numbers = {t.filed["number"] for t in [*first, *second] if t.filed}
        found = await delivered(base, numbers)
    print("| 文本 | 人数 | 立为线索 | 到达热线 | 轮次（中位/最多） | 队列 | 识别的受理范围 |")
    print("|---|---|---|---|---|---|---|")
    print("\n".join(table("属于受理范围", first, found) + table("不属于受理范围", second, found)))
    print(f"\n共 {sum(t.turns for t in [*first, *second])} 轮对话，用时 {seconds:.0f} 秒")
    for talk in [*first, *second]:
        if talk.wrong:
            print(f"出错 {talk.id}：{talk.wrong}")
    lost = [t.id for t in first if not t.filed or t.filed["number"] not in found]
    print(f"属于受理范围而未立案的：{len(lost)} {lost}")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
