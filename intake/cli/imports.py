"""Commands that take something in from files, and check what describes them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from intake.cli.shell import app, fail

fieldmap = typer.Typer(help="字段对照表", no_args_is_help=True)
app.add_typer(fieldmap, name="fieldmap")


@fieldmap.callback()
def about_maps() -> None:
    """对方字段名、代码、时间格式与规范字段的对照。"""


@fieldmap.command("check")
def check_map(file: Annotated[Path, typer.Argument(help="YAML 文件")]) -> None:
    """检查字段对照表，逐条说明错误。"""
    from connectors.hotline12345.field_map_file import WrongFieldMap, load_field_map

    try:
        found = load_field_map(file)
    except OSError as error:
        raise fail(f"不能读 {file}：{error.strerror}") from error
    except WrongFieldMap as wrong:
        for mistake in wrong.mistakes:
            typer.echo(str(mistake), err=True)
        raise fail(f"{file} 有 {len(wrong.mistakes)} 处错误") from wrong
    typer.echo(
        f"{file} 可以使用：{found.name}，工单字段 {len(found.orders)} 个，事件字段 {len(found.events)} 个。"
    )
