"""How lists, counts and searching behave as leads grow: `make bench`, or `python -m tests.load.lists --most 1000000`."""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import statistics
import tempfile
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg

from intake.domain.conflict import Viewer
from intake.pages.console.leads import VIEWS
from intake.services import read_leads
from intake.services.house import House
from intake.services.lead_filter import lead_filter
from tests.factories.house import small_house
from tests.factories.postgres import postgres_binaries, started
from tests.load.seed import RARE, seed

CITY = Viewer("a1", "测试", "city_supervisor", "411200-SF", "411200")
COUNTY = Viewer("a2", "测试", "supervisor", "411224-SF", "411224")
SIZES = (10_000, 100_000, 1_000_000)
TIMES = 15
Figures = dict[str, tuple[float, float]]


async def measure(house: House) -> Figures:
    """{what: (median, 95th percentile)} in milliseconds."""
    found: Figures = {}

    async def take(name: str, work: Callable[[], Awaitable[Any]]) -> None:
        await work()
        times = []
        for _ in range(TIMES):
            begun = time.perf_counter()
            await work()
            times.append((time.perf_counter() - begun) * 1000)
        found[name] = (statistics.median(times), sorted(times)[int(len(times) * 0.95)])

    def page(viewer: Viewer, cursor: str | None = None, **more: str) -> Callable[[], Awaitable[Any]]:
        wanted = lead_filter(**more)
        return lambda: read_leads.list_leads(viewer, wanted, cursor=cursor, limit=30, house=house)

    for name, more in VIEWS:
        await take(f"首页：{name}", page(CITY, **more))
    for name, more in (("待处理", {}), ("全部", {"stage": "all"})):
        await take(f"第 50 页：{name}", page(CITY, await _cursor(house, 49, more), **more))
    await take("首页：区县监督员，待处理", page(COUNTY))
    await take("首页：区县监督员，全部", page(COUNTY, stage="all"))
    for name, words in (
        ("常见词", "罚款"),
        ("两个常见词", "罚款 证件"),
        ("罕见词", RARE),
        ("没有的词", "海参崴"),
    ):
        await take(f"查找，办理中：{name}", page(CITY, q=words))
        await take(f"查找，全部：{name}", page(CITY, q=words, stage="all"))
    await take("各队列件数", lambda: read_leads.queue_counts(CITY, house=house))
    await take("各视图件数（一次）", lambda: view_counts(house))
    return found


async def view_counts(house: House) -> None:
    await read_leads.count_lists(CITY, [lead_filter(**more) for _, more in VIEWS], house=house)


async def _cursor(house: House, pages: int, more: dict[str, str]) -> str | None:
    page = await read_leads.list_leads(CITY, lead_filter(**more), cursor=None, limit=30 * pages, house=house)
    return page.next


async def curve(url: str, sizes: tuple[int, ...]) -> list[Figures]:
    """One database for each size; `url` holds {} where its name goes."""
    found = []
    for size in sizes:
        name = url.format(f"{size}_{uuid.uuid4().hex[:6]}")
        await _made(name)
        now = dt.datetime.now(dt.UTC)
        with tempfile.TemporaryDirectory() as folder:
            async with small_house(name, Path(folder), clock=lambda now=now: now) as house:
                begun = time.perf_counter()
                await seed(name, size, now)
                print(f"# {size:,} leads in {time.perf_counter() - begun:.0f} s: {name}", flush=True)
                found.append(await measure(house))
    return found


async def _made(url: str) -> None:
    if not url.startswith("sqlite"):
        server, _, name = url.replace("+asyncpg", "").rpartition("/")
        connection = await asyncpg.connect(f"{server}/postgres")
        await connection.execute(f'CREATE DATABASE "{name}"')
        await connection.close()


def table(found: list[Figures], sizes: tuple[int, ...]) -> Iterator[str]:
    """Median / 95th percentile in milliseconds; last, how many times slower than with the fewest leads."""
    yield "| 项目 | " + " | ".join(f"{size:,} 件" for size in sizes) + " | 中位之比 |"
    yield "|---|" + "---|" * (len(sizes) + 1)
    for name in found[0]:
        cells = [f"{one[name][0]:.1f} / {one[name][1]:.1f}" for one in found]
        ratios = " : ".join(f"{one[name][0] / found[0][name][0]:.1f}" for one in found)
        yield f"| {name} | " + " | ".join(cells) + f" | {ratios} |"


@contextmanager
def _server(address: str | None) -> Iterator[str | None]:
    binaries = postgres_binaries()
    if address or binaries is None:
        yield address
        return
    with started(binaries) as own:
        yield own.rsplit("/", 1)[0] + "/bench_{}"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--most", type=int, default=100_000, help="largest number of leads")
    options.add_argument("--postgres", help="postgresql+asyncpg://…/bench_{}; without it one is started")
    options.add_argument("--no-sqlite", action="store_true")
    chosen = options.parse_args()
    sizes = tuple(size for size in SIZES if size <= chosen.most)
    with tempfile.TemporaryDirectory() as folder, _server(chosen.postgres) as address:
        if address is None:
            print("!!!! NOT RUN HERE: PostgreSQL")
        else:
            print("PostgreSQL", *table(asyncio.run(curve(address, sizes)), sizes), sep="\n")
        if not chosen.no_sqlite:
            small = tuple(size for size in sizes if size <= 100_000)
            url = f"sqlite+aiosqlite:///{folder}/bench_{{}}.db"
            print("SQLite", *table(asyncio.run(curve(url, small)), small), sep="\n")


if __name__ == "__main__":
    main()
