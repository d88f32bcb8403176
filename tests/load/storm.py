"""A storm over the delivery: leads are filed while the hotline, the workers and PostgreSQL fall over again and again.

    python -m tests.load.storm --leads 10000

Everything is real: a PostgreSQL server that is restarted and crashed, worker processes that are killed with -9, the
local hotline as a process with its file. Afterwards the hotline's file is read: every lead once, in order, none
lost, never more calls than the published rate.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import json
import logging
import os
import random
import signal
import socket
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from sqlmodel import select

from intake.domain import receipts
from intake.domain.conflict import Viewer
from intake.domain.errors import XiansuoError
from intake.services.file_complaint import complaint_of, lead_from, store_lead
from intake.services.house import House
from intake.services.tell_hotline import tell_hotline
from intake.services.triage import Order, take_step
from intake.services.understand import understand
from intake.store.database import Taken
from intake.store.tables import Outbox
from intake.store.unit_of_work import UnitOfWork
from tests.factories.house import new_complaint, small_house
from tests.factories.postgres import Server, postgres_binaries, serving
from tests.factories.server import free_port

SHI = Viewer("shi", "测试", "city_supervisor", "411200-SF", "411200")
FAULTS = ("slow", "500", "error_in_200", "html_login", "duplicate", "drop")
BATCH = 20
WINDOW_S = 10


@dataclass(frozen=True)
class Plan:
    """rate: calls a second; fault_s: how long each trouble lasts; timeout_s: of one call (a lease is four)."""

    leads: int
    workers: int = 3
    rate: float = 40.0
    fault_s: float = 6.0
    timeout_s: float = 4.0
    longest_wait_s: float = 5.0
    seed: int = 1


@dataclass
class Report:
    """What was done to the system, and what became of the leads."""

    leads: int
    messages: int = 0
    lost: int = 0
    doubled: int = 0
    out_of_order: int = 0
    not_done: int = 0
    most_in_window: int = 0
    filing_s: float = 0.0
    whole_s: float = 0.0
    calm_s: float = 0.0
    left_at_calm: int = 0
    filed_again: int = 0
    troubles: Counter[str] = field(default_factory=Counter)


class Keeper:
    """Real processes that are started again when they end, as a supervisor does."""

    def __init__(self, env: dict[str, str], log: Path) -> None:
        self._env, self._log = env, log
        self.running: dict[str, asyncio.subprocess.Process] = {}
        self._down: set[str] = set()
        self._words: dict[str, tuple[str, ...]] = {}

    async def start(self, name: str, *words: str) -> None:
        self._words[name] = words
        self._down.discard(name)
        with self._log.open("ab") as out:
            command = (sys.executable, "-m", "intake.cli", *words)
            self.running[name] = await asyncio.create_subprocess_exec(
                *command, env=self._env, stdout=out, stderr=out
            )

    async def kill(self, name: str, *, stay_down: bool = False) -> None:
        """-9; the watch starts it again unless it stays down."""
        if stay_down:
            self._down.add(name)
        one = self.running[name]
        if one.returncode is None:
            one.send_signal(signal.SIGKILL)
            await one.wait()

    async def up(self, name: str) -> None:
        await self.start(name, *self._words[name])

    async def watch(self) -> None:
        while True:
            for name, one in list(self.running.items()):
                if one.returncode is not None and name not in self._down:
                    await self.up(name)
            await asyncio.sleep(0.3)

    async def end(self) -> None:
        for name in self.running:
            await self.kill(name, stay_down=True)


@dataclass
class Scene:
    plan: Plan
    server: Server
    keeper: Keeper
    house: House
    hotline: str
    file: Path
    report: Report
    dice: random.Random
    filed: list[str] = field(default_factory=list)
    is_filed: asyncio.Event = field(default_factory=asyncio.Event)


async def storm(plan: Plan, say: Callable[[str], None] = lambda _words: None) -> Report:
    """Run the plan on a PostgreSQL of its own.

    raises: RuntimeError where there is no PostgreSQL
    """
    binaries = postgres_binaries()
    if binaries is None:
        raise RuntimeError("no PostgreSQL here")
    with serving(binaries) as server, tempfile.TemporaryDirectory(prefix="xiansuo-storm-") as name:
        folder, port = Path(name), free_port()
        hotline = f"http://127.0.0.1:{port}"
        keeper = Keeper(_env(plan, server, folder, hotline), folder / "log")
        async with small_house(server.address, folder, clock=_now) as house:
            report, file = Report(plan.leads), folder / "hotline.jsonl"
            scene = Scene(plan, server, keeper, house, hotline, file, report, random.Random(plan.seed))
            try:
                await _play(scene, port, say)
            finally:
                await keeper.end()
        _read(file, scene)
    return report


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _env(plan: Plan, server: Server, folder: Path, hotline: str) -> dict[str, str]:
    key = "test:" + "dGVzdC1rZXktdGVzdC1rZXktdGVzdC1rZXktMzJieXQ="
    return os.environ | {
        "XIANSUO_DATABASE_URL": server.address,
        "XIANSUO_VAR_DIR": str(folder),
        "XIANSUO_DATA_KEY": key,
        "XIANSUO_HOTLINE_URL": hotline,
        "XIANSUO_HOTLINE_RATE": str(plan.rate),
        "XIANSUO_HOTLINE_TIMEOUT_S": str(plan.timeout_s),
        "XIANSUO_DELIVERY_LONGEST_WAIT_S": str(plan.longest_wait_s),
        "XIANSUO_LOG_LEVEL": "ERROR",
    }


async def _play(scene: Scene, port: int, say: Callable[[str], None]) -> None:
    started = time.monotonic()
    keeper, plan, report = scene.keeper, scene.plan, scene.report
    await keeper.start("hotline", "simulate", "hotline", "--port", str(port), "--pace-s", "0")
    for n in range(plan.workers):
        await keeper.start(f"worker{n}", "worker")
    watching = asyncio.create_task(keeper.watch())
    telling = asyncio.create_task(_tell(scene, say))
    troubles = asyncio.create_task(_trouble(scene))
    await _file_all(scene)
    report.filing_s = time.monotonic() - started
    scene.is_filed.set()
    await troubles
    calm = time.monotonic()
    report.left_at_calm = await _left(scene)
    await _drained(scene)
    report.calm_s, report.whole_s = time.monotonic() - calm, time.monotonic() - started
    for task in (watching, telling):
        task.cancel()
    report.not_done = await _left(scene)


async def _file_all(scene: Scene) -> None:
    starts = iter(range(0, scene.plan.leads, BATCH))

    async def clerk() -> None:
        for start in starts:
            keys = [f"storm-{n:08d}" for n in range(start, min(start + BATCH, scene.plan.leads))]
            numbers = await _until_done(lambda keys=keys: _file(keys, scene.house), scene)
            scene.filed += numbers
            for number in numbers[::5]:
                await _step(number, Order("confirm"), scene)

    await asyncio.gather(*(clerk() for _ in range(4)))


async def _file(keys: list[str], house: House) -> list[str]:
    """File some complaints in one transaction, as an import does, each with something added at once.

    The same keys again give the same numbers: the answer to an earlier try may have been lost with the database.
    """
    async with house.store.change() as uow:
        if await uow.complaints.by_key(keys[0]) is not None:
            known = [await uow.complaints.by_key(key) for key in keys]
            return [(await uow.leads.by_complaint(one.id)).number for one in known if one]
        return [await _file_one(key, uow, house) for key in keys]


async def _file_one(key: str, uow: UnitOfWork, house: House) -> str:
    new, now = new_complaint(key=key), house.clock()
    understood, complaint = understand(new.text, house=house), complaint_of(new, now)
    lead = lead_from(new, complaint, understood, number=receipts.new_number(), house=house)
    lead.code_salt = key
    await store_lead(new, complaint, lead, understood, uow=uow, house=house)
    added = {"event": "supplement", "lead_no": lead.number, "text": "补充：当时有录像。"}
    await tell_hotline(lead, "event", added, ("content",), at=now, uow=uow)
    return lead.number


async def _step(number: str, order: Order, scene: Scene) -> None:
    async def once() -> None:
        async with scene.house.store.look() as uow:
            lead = await uow.leads.by_number(number)
            events = [event.kind for event in await uow.leads.events(lead.id)]
        # The answer to an earlier attempt may have been lost with the database.
        if order.step not in events:
            await take_step(number, order, version=lead.version, viewer=SHI, house=scene.house)

    await _until_done(once, scene)


async def _until_done(work: Callable[[], Awaitable[Any]], scene: Scene) -> Any:
    """What a person does who is told "try again": the same once more."""
    while True:
        try:
            return await work()
        except (XiansuoError, Taken):
            scene.report.filed_again += 1
            await asyncio.sleep(0.5)


async def _trouble(scene: Scene) -> None:
    """Every trouble in turn, beginning with the hardest, until all is filed and each has been there twice."""
    script = [_crash_database, _hotline_gone, _restart_database, *[_fault(mode) for mode in FAULTS]]
    turns = 0
    while not (scene.is_filed.is_set() and turns >= len(script)):
        await script[turns % len(script)](scene)
        await _kill_a_worker(scene)
        await asyncio.sleep(scene.plan.fault_s)
        turns += 1
    await _set_fault("none", scene)


async def _crash_database(scene: Scene) -> None:
    scene.report.troubles["PostgreSQL crashed"] += 1
    await asyncio.to_thread(scene.server.stop, "immediate")
    await asyncio.sleep(scene.plan.fault_s / 3)
    await asyncio.to_thread(scene.server.start)


async def _restart_database(scene: Scene) -> None:
    scene.report.troubles["PostgreSQL restarted"] += 1
    await asyncio.to_thread(scene.server.stop, "fast")
    await asyncio.to_thread(scene.server.start)


async def _hotline_gone(scene: Scene) -> None:
    scene.report.troubles["hotline killed"] += 1
    await scene.keeper.kill("hotline", stay_down=True)
    await asyncio.sleep(scene.plan.fault_s)
    await scene.keeper.up("hotline")


def _fault(mode: str) -> Callable[[Scene], Awaitable[None]]:
    async def suffer(scene: Scene) -> None:
        scene.report.troubles[f"hotline {mode}"] += 1
        await _set_fault(mode, scene)
        await asyncio.sleep(scene.plan.fault_s)
        await _set_fault("none", scene)

    return suffer


async def _set_fault(mode: str, scene: Scene) -> None:
    # Slow beyond the time-out: the work is done there and our worker does not hear of it.
    wish = {"mode": mode, "delay_s": scene.plan.timeout_s * 1.25}
    async with aiohttp.ClientSession() as session:
        for _ in range(100):
            try:
                async with session.post(f"{scene.hotline}/faults", json=wish):
                    return
            except aiohttp.ClientError:
                await asyncio.sleep(0.2)
    raise RuntimeError("the hotline did not come up")


async def _kill_a_worker(scene: Scene) -> None:
    """One of those at work: what it has claimed must be taken over. Not while another is still starting."""
    names = [f"worker{n}" for n in range(scene.plan.workers)]
    if all([await _is_at_work(scene.keeper.running[name].pid, scene) for name in names]):
        scene.report.troubles["worker killed -9"] += 1
        await scene.keeper.kill(scene.dice.choice(names))


async def _is_at_work(pid: int, scene: Scene) -> bool:
    query = select(Outbox.id).where(Outbox.worker == f"{socket.gethostname()[:32]}-{pid}").limit(1)
    try:
        async with scene.house.store.look() as uow:
            return (await uow.leads._session.exec(query)).first() is not None
    except XiansuoError:
        return False


async def _left(scene: Scene) -> int:
    """Messages that are not delivered yet."""
    async with scene.house.store.look() as uow:
        return sum(n for state, n in (await uow.outbox.backlog()).items() if state != "done")


async def _drained(scene: Scene) -> None:
    """Until nothing waits, or nothing has moved for two minutes."""
    last, moved = -1, time.monotonic()
    while (left := await _left(scene)) and time.monotonic() - moved < 120:
        if left != last:
            last, moved = left, time.monotonic()
        await asyncio.sleep(0.5)


async def _tell(scene: Scene, say: Callable[[str], None]) -> None:
    while True:
        await asyncio.sleep(20)
        try:
            say(
                f"filed {len(scene.filed)}, not delivered {await _left(scene)}, {dict(scene.report.troubles)}"
            )
        except XiansuoError:
            say(f"filed {len(scene.filed)}, the database is away")


def _read(file: Path, scene: Scene) -> None:
    """What the hotline has written down."""
    report, said, moments = scene.report, defaultdict(list), Counter()
    tickets: dict[str, set[str]] = defaultdict(set)
    for line in file.read_text("utf-8").splitlines():
        change = _change(line)
        if change is None:
            continue
        report.messages += 1
        our_number = change["our_number"]
        tickets[our_number].add(change["number"])
        said[our_number].append(change["event"] or change["kind"])
        moments[_second(change["at"])] += 1
    report.lost = len(set(scene.filed) - set(said))
    report.doubled = sum(len(numbers) - 1 for numbers in tickets.values())
    wanted = (["created", "supplement"], ["created", "supplement", "status"])
    report.doubled += sum(max(0, len(each) - len(set(each))) for each in said.values())
    report.out_of_order = sum(each not in wanted for each in said.values())
    report.most_in_window = _most(moments)


def _change(line: str) -> dict[str, Any] | None:
    try:
        change: dict[str, Any] | None = json.loads(line).get("change")
    except ValueError:
        return None  # the hotline was killed while it wrote
    return change


def _second(at: str) -> int:
    return int(dt.datetime.fromisoformat(at).timestamp())


def _most(moments: Counter[int]) -> int:
    """The most messages in any WINDOW_S seconds."""
    if not moments:
        return 0
    first, last = min(moments), max(moments)
    counts = [moments[s] for s in range(first, last + 1)]
    sums = [0]
    for count in counts:
        sums.append(sums[-1] + count)
    return max(sums[min(i + WINDOW_S, len(counts))] - sums[i] for i in range(len(counts)))


def table(report: Report, plan: Plan) -> str:
    drain = report.left_at_calm / report.calm_s if report.calm_s else 0.0
    rows = [
        ("leads / messages at the hotline", f"{report.leads:,} / {report.messages:,}"),
        ("lost / doubled / out of order / not delivered",
         f"{report.lost} / {report.doubled} / {report.out_of_order} / {report.not_done}"),
        ("published rate, calls a second", f"{plan.rate:g}"),
        (f"most messages taken in any {WINDOW_S} s", f"{report.most_in_window}"),
        ("seconds: filing / whole", f"{report.filing_s:.0f} / {report.whole_s:.0f}"),
        ("left when the storm ended / drained in, s / a second",
         f"{report.left_at_calm:,} / {report.calm_s:.0f} / {drain:.1f}"),
        ("tries again of those who file", f"{report.filed_again}"),
        *[(name, str(count)) for name, count in sorted(report.troubles.items())],
    ]  # fmt: skip
    return "\n".join(["| what | figure |", "|---|---|", *(f"| {a} | {b} |" for a, b in rows)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leads", type=int, default=300)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--rate", type=float, default=40.0)
    parser.add_argument("--fault-s", type=float, default=6.0)
    chosen = parser.parse_args()
    logging.disable(logging.ERROR)
    plan = Plan(chosen.leads, chosen.workers, chosen.rate, chosen.fault_s)
    report = asyncio.run(storm(plan, lambda words: print(words, file=sys.stderr, flush=True)))
    print(table(report, plan))
    if report.lost or report.doubled or report.out_of_order or report.not_done:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
