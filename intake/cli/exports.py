"""Commands that take something out of the system."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from intake.cli.shell import app, fail, with_house

export = typer.Typer(help="导出", no_args_is_help=True)
app.add_typer(export, name="export")


@export.callback()
def of_what() -> None:
    """导出台账等；每次导出都有记录。"""


@export.command("ledger")
def export_ledger(
    login: Annotated[str, typer.Option(help="以谁的身份导出：只有这个账号能看到的线索")],
    output: Annotated[Path, typer.Option(help="写到哪个文件，以 .csv 或 .xlsx 结尾")],
    first: Annotated[str, typer.Option("--from", help="收到日期起，如 2026-11-01")] = "",
    last: Annotated[str, typer.Option("--to", help="收到日期止")] = "",
) -> None:
    """导出线索台账。"""
    from intake.domain.errors import XiansuoError
    from intake.services.take_ledger import take_ledger

    if output.suffix not in (".csv", ".xlsx"):
        raise fail("文件名请以 .csv 或 .xlsx 结尾")
    try:
        # Not for everybody on this machine to read, and never over something that is there.
        handle = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise fail(f"不能写 {output}：{error.strerror}") from error
    try:
        with os.fdopen(handle, "wb") as file:
            with_house(
                lambda house: take_ledger(login, file, output.suffix[1:], first=first, last=last, house=house)
            )
    except XiansuoError as error:
        output.unlink()
        raise fail(error.detail) from error
    except BaseException:
        output.unlink()
        raise
    typer.echo(f"台账已写到 {output}。")
