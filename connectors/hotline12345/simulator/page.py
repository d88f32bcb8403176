"""The local hotline's page: what it holds, the fault switch, a test call."""

import secrets
from functools import cache

from aiohttp import web
from jinja2 import Environment, PackageLoader, Template

from connectors.hotline12345.simulator.desk import HOUSE, must_be_local
from connectors.hotline12345.simulator.faults import MODES

_SHOWN = 200


@cache
def _template() -> Template:
    loader = PackageLoader("connectors.hotline12345.simulator", ".")
    return Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True).get_template(
        "page.html"
    )


async def show(request: web.Request) -> web.Response:
    must_be_local(request)
    house = request.app[HOUSE]
    nonce = secrets.token_urlsafe(12)
    tickets = sorted(house.book.tickets.values(), key=lambda ticket: ticket.number, reverse=True)
    html = _template().render(
        tickets=tickets[:_SHOWN],
        count=len(tickets),
        faults=house.faults,
        modes=MODES,
        pusher=house.pusher,
        pace=house.pace,
        nonce=nonce,
    )
    policy = f"default-src 'none'; style-src 'nonce-{nonce}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    headers = {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return web.Response(text=html, content_type="text/html", charset="utf-8", headers=headers)
