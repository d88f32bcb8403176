"""What every command shares: settings, the house, one clear line on failure."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import typer

from intake.settings import Settings

app = typer.Typer(
    name="xiansuo", help="行政执法监督线索受理系统", no_args_is_help=True, pretty_exceptions_enable=False
)


def settings_now() -> Settings:
    settings = Settings()
    settings.check()
    if settings.partners_file:
        from connectors.partners.configuration import read_partners

        read_partners(settings.partners_file)
    return settings


def fail(words: str) -> typer.Exit:
    typer.echo(f"xiansuo: {words}", err=True)
    return typer.Exit(1)


def with_house(job: Any, *, with_model: bool = False) -> Any:
    """Run `job(house)` with the database open and, if asked for, the model loaded; returns what it returns."""
    from intake.bootstrap import open_house

    logging.disable(logging.WARNING)

    async def inside() -> Any:
        async with open_house(settings_now(), with_model=with_model) as house:
            return await job(house)

    return asyncio.run(inside())
