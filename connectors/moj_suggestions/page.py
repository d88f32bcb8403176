"""The counterpart's page: what was transferred, what came back, the fault switch."""

import secrets
from functools import cache

from aiohttp import web
from jinja2 import Environment, PackageLoader, Template

from connectors.hotline12345.simulator.faults import MODES
from connectors.partners.counterpart import Counterpart


@cache
def _template() -> Template:
    loader = PackageLoader("connectors.moj_suggestions", ".")
    env = Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return env.get_template("page.html")


def show(one: Counterpart, *, sample: str, can_push: bool, words: str) -> web.Response:
    """words: what the last button did, "" at first"""
    nonce = secrets.token_urlsafe(12)
    results: dict[str, list[dict[str, object]]] = {}
    for taken in one.book.taken:
        results.setdefault(str(taken.get("suggestionNo")), []).append(taken)
    html = _template().render(
        rows=list(reversed(one.book.rows["suggestions"]))[:200],
        results=results,
        faults=one.faults,
        modes=MODES,
        sample=sample,
        can_push=can_push,
        words=words,
        home=f"/{one.system}/",
        nonce=nonce,
    )
    policy = f"default-src 'none'; style-src 'nonce-{nonce}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    headers = {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return web.Response(text=html, content_type="text/html", charset="utf-8", headers=headers)
