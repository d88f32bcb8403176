"""The local counterpart of a 12345 hotline: the interface HotlineClient calls, over real HTTP.

For development and tests. It checks signatures, gives numbers of its own, moves
tickets 受理→预审→处置→回访→结案 by itself and, given an address, tells the
supervision platform about it. Page, faults and buttons answer loopback only.
"""

import asyncio
import contextlib
import datetime as dt
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from aiohttp import web

from connectors.hotline12345 import wire
from connectors.hotline12345.signing import Algorithm
from connectors.hotline12345.simulator import page
from connectors.hotline12345.simulator.book import Book
from connectors.hotline12345.simulator.desk import HOUSE, House, routes
from connectors.hotline12345.simulator.faults import Faults
from connectors.hotline12345.simulator.gate import Answered, gate, ok
from connectors.hotline12345.simulator.push import Pusher
from connectors.hotline12345.simulator.shelf import Shelf
from connectors.policies.agreed import Agreed
from connectors.policies.seals import NotOpened, unwrap_json
from connectors.policies.signers import HmacSigner

_MOST_BYTES = 4_000_000


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def make_app(
    *,
    secret: str,
    app_id: str,
    pace: float = 10.0,
    intake_url: str | None = None,
    file: Path | None = None,
    algorithm: Algorithm = "HMAC-SHA256",
    trust: Agreed | None = None,
    clock: Callable[[], dt.datetime] = _now,
) -> web.Application:
    """The hotline as an aiohttp application.

    pace:        seconds a ticket stays at a stage; 0: only by button or POST /tickets/{no}/advance
    intake_url:  the supervision platform's base address for callbacks, None: none are sent
    file:        JSON lines that outlive a restart, None: memory only
    trust:       how calls are signed and bodies sealed; None: by secret and algorithm, not sealed
    """
    trust = trust or Agreed(HmacSigner(secret, algorithm))
    faults, book = Faults(), Book(clock, file)
    pusher = None
    if intake_url:
        pusher = Pusher(
            intake_url,
            app_id=app_id,
            trust=trust,
            book=book,
            faults=faults,
            clock=clock,
        )
    app = web.Application(client_max_size=_MOST_BYTES, middlewares=[gate(app_id, trust, clock)])
    shelf = Shelf(clock, faults)
    app[HOUSE] = House(
        book=book, faults=faults, pusher=pusher, pace=pace, clock=clock, shelf=shelf, seal=trust.seal
    )
    app.router.add_get("/files/{id}", shelf.serve)
    app.router.add_post("/api/v1/work-orders", _take_order)
    app.router.add_post("/api/v1/work-orders/{no}/events", _take_event)
    app.router.add_get("/api/v1/work-orders/{no}", _tell_order)
    app.router.add_get("/api/v1/changes", _tell_changes)
    app.router.add_route("*", "/healthz", _healthz)
    app.router.add_get("/", page.show)
    app.add_routes(routes)
    app.cleanup_ctx.append(_background)
    return app


async def serve(
    host: str,
    port: int,
    *,
    secret: str,
    app_id: str,
    pace: float = 10.0,
    intake_url: str | None = None,
    file: Path | None = None,
    algorithm: Algorithm = "HMAC-SHA256",
    trust: Agreed | None = None,
) -> None:
    """Serve until cancelled.

    raises:  OSError when the port is taken
    """
    app = make_app(
        secret=secret,
        app_id=app_id,
        pace=pace,
        intake_url=intake_url,
        file=file,
        algorithm=algorithm,
        trust=trust,
    )
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=2)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()


async def _background(app: web.Application) -> AsyncIterator[None]:
    house = app[HOUSE]
    jobs = [asyncio.create_task(_keep_moving(house))] if house.pace > 0 else []
    if house.pusher is not None:
        jobs.append(asyncio.create_task(house.pusher.run()))
    yield
    for job in jobs:
        job.cancel()
    for job in jobs:
        with contextlib.suppress(asyncio.CancelledError):
            await job


async def _keep_moving(house: House) -> None:
    """Advance what was pushed to us; tickets of our own wait for the supervision platform."""
    moved_at: dict[str, float] = {}
    now = asyncio.get_running_loop().time
    while True:
        await asyncio.sleep(min(1.0, house.pace / 4))
        for ticket in list(house.book.tickets.values()):
            if ticket.is_own or ticket.is_ended:
                moved_at.pop(ticket.number, None)
            elif now() - moved_at.setdefault(ticket.number, now()) >= house.pace:
                moved_at[ticket.number] = now()
                house.book.advance(ticket.number)
        house.wake()


async def _content(request: web.Request) -> tuple[dict[str, Any], str]:
    """The JSON object of a call and its message id."""
    try:
        content = json.loads(await request.read())
        seal = request.app[HOUSE].seal
        content = content if seal is None else unwrap_json(content, seal)
    except (ValueError, RecursionError):
        raise Answered(40002) from None
    except NotOpened:
        raise Answered(40002, "请求体没有按约定加密") from None
    if not isinstance(content, dict):
        raise Answered(40002)
    message_id = request.headers.get("X-Message-Id", "")
    if not 0 < len(message_id) <= 128:
        raise Answered(40001, "请求头 X-Message-Id 应为 1 至 128 个字符")
    return content, message_id


def _must_be_fine(problems: list[wire.Problem]) -> None:
    if problems:
        errors = [{"field": problem.field, "message": problem.message} for problem in problems]
        raise Answered(40001, problems[0].message, errors)


async def _take_order(request: web.Request) -> web.Response:
    content, message_id = await _content(request)
    reading = wire.read(content, is_from_hotline=False)
    _must_be_fine(reading.problems)
    house = request.app[HOUSE]
    ticket, result = house.book.take(reading.order, message_id)
    house.wake()
    gaps = [{"field": gap.field, "message": gap.message} for gap in reading.gaps]
    return ok({"number": ticket.number, "result": result, "gaps": gaps}, house.seal)


async def _take_event(request: web.Request) -> web.Response:
    content, message_id = await _content(request)
    _must_be_fine(wire.read_event(content))
    house = request.app[HOUSE]
    origin = request.headers.get("X-App-Id", "")
    ticket, result = house.book.hear(request.match_info["no"], content, message_id, origin)
    house.wake()
    return ok({"number": ticket.number, "result": result}, house.seal)


async def _tell_order(request: web.Request) -> web.Response:
    house = request.app[HOUSE]
    ticket = house.book.tickets.get(request.match_info["no"])
    if ticket is None:
        raise Answered(40400)
    return ok({"order": ticket.order | {"work_order_no": ticket.number}}, house.seal)


async def _tell_changes(request: web.Request) -> web.Response:
    since, limit = request.query.get("since", "0"), request.query.get("limit", "100")
    if not (since.isascii() and since.isdigit() and limit.isascii() and limit.isdigit()):
        raise Answered(40001, "since、limit 应为数字")
    if not 1 <= int(limit[:9]) <= 500 or len(since) > 12:
        raise Answered(40001, "limit 应在 1 至 500 之间")
    house = request.app[HOUSE]
    book = house.book
    changes = book.since(int(since), int(limit))
    last = changes[-1]["seq"] if changes else int(since)
    return ok({"changes": changes, "next": str(last), "more": last < len(book.changes)}, house.seal)


async def _healthz(request: web.Request) -> web.Response:
    return web.json_response({"status": "ok", "tickets": len(request.app[HOUSE].book.tickets)})
