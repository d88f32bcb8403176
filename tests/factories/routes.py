"""Every address of the application, taken from the application itself: what is new is in it by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from fastapi import FastAPI

from intake.main import create_app
from intake.settings import Settings


def every_route(app: FastAPI | None = None) -> set[tuple[str, str]]:
    """(method, path with its {parameters}) of every route, the folder of static files left out."""
    return set(_walk((app or create_app(Settings())).routes))


def _walk(routes: Iterable[Any]) -> Iterator[tuple[str, str]]:
    for route in routes:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            yield from _walk(inner.routes)
        else:
            yield from ((method, route.path) for method in getattr(route, "methods", None) or ())
