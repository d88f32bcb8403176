"""Commands that take something in from files, and check what describes them."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from intake.cli.shell import app, fail, with_house

if TYPE_CHECKING:
    from intake.services.house import House
    from intake.services.import_orders import Report

fieldmap = typer.Typer(help="字段对照表", no_args_is_help=True)
app.add_typer(fieldmap, name="fieldmap")


imports = typer.Typer(help="从文件导入", no_args_is_help=True)
app.add_typer(imports, name="import")


@imports.callback()
def about_imports() -> None:
    """把其他系统导出的文件收进来。"""


@imports.command("hotline")
def import_hotline(
    file: Annotated[Path, typer.Argument(help="热线导出的 .xlsx 或 .csv 文件")],
    dry_run: Annotated[bool, typer.Option(help="只检查，不写入")] = False,
) -> None:
    """导入 12345 工单：有错的行写进旁边的 .errors.csv，中断后再运行会从断点继续。"""
    from connectors.hotline12345.file_drop import WrongTable
    from intake.services.import_orders import import_orders

    def told(report: Report) -> None:
        typer.echo(f"已处理 {report.skipped + report.rows} 行，新立 {report.created} 件……", err=True)

    async def job(house: House) -> Report:
        return await import_orders(file, is_dry=dry_run, told=told, house=house)

    try:
        report: Report = with_house(job, with_model=True)
    except WrongTable as wrong:
        raise fail(f"{file}：{wrong}") from wrong
    except OSError as error:
        raise fail(f"不能读 {file}：{error.strerror}") from error
    if report.skipped and not report.rows:
        typer.echo("这个文件已经导入过，没有新的内容。")
        return
    _tell_rows(file, report)
    if report.refused:
        raise typer.Exit(2)


def _tell_rows(file: Path, report: Report) -> None:
    errors = file.with_name(file.name + ".errors.csv")
    if report.errors:
        with errors.open("w", encoding="utf-8-sig", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(("行号", "字段", "原因"))
            writer.writerows(report.errors)
    words = "检查完毕（没有写入）" if report.is_dry else "导入完毕"
    typer.echo(
        f"{words}：{report.rows} 行，新立 {report.created} 件，更新 {report.updated} 件，重复 {report.same} 行，"
        f"已办结只留存 {report.finished} 行，有错 {report.refused} 行。"
    )
    if report.errors:
        typer.echo(f"有错的行和原因在 {errors}，改好后另存为新文件再导入即可，已导入的不会重复。")


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
