"""Commands about what is kept: audit, calendar, deliveries."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from intake.cli.shell import app, fail, settings_now, with_house

audit = typer.Typer(help="办理经过的完整性", no_args_is_help=True)
calendar = typer.Typer(help="工作日历", no_args_is_help=True)
app.add_typer(audit, name="audit")
app.add_typer(calendar, name="calendar")


@audit.command("verify")
def audit_verify() -> None:
    """核对全部办理经过：改动、删除、调换顺序都会指出第一处断裂。"""
    from intake.services.audit import ADMINISTRATION, verify

    anchors = settings_now().var_dir / "anchors"
    verdict = with_house(lambda house: verify(anchors, house=house))
    typer.echo(
        f"已核对 {verdict.leads} 条线索、{verdict.events} 条经过、{verdict.records} 条管理记录、{verdict.anchors} 份每日锚定。"
    )
    words = {
        "changed": "被改动",
        "missing": "缺失",
        "reordered": "顺序被调换",
        "cut": "末尾被删",
        "gone": "整条被删",
        "altered": "锚定文件被改动",
    }
    for broken in verdict.breaks:
        name = "管理记录" if broken.number == ADMINISTRATION else broken.number
        typer.echo(f"断裂：{name} 第 {broken.seq} 条{words[broken.kind]}", err=True)
    if verdict.breaks:
        raise typer.Exit(1)
    typer.echo("全部完整。")


@audit.command("unseen")
def audit_unseen() -> None:
    """列出任何在用账号都看不到的线索（例如投诉市司法局的）：需要为上一级监督机关开账号。"""
    from intake.services.grant_sight import unseen_leads

    found = with_house(lambda house: unseen_leads(house=house))
    for number, received in found:
        typer.echo(f"{number}\t{received.date().isoformat()} 收到")
    typer.echo(f"共 {len(found)} 条线索没有人能看到。" if found else "每条线索都有人能看到。")
    if found:
        raise typer.Exit(1)


@calendar.command("import")
def calendar_import(
    file: Annotated[Path, typer.Argument(help="CSV：day,kind(off|work),name,notice_year,source")],
) -> None:
    """导入新一年的放假安排，重新计算暂定的期限并告知投诉人。"""
    import csv

    from intake.services.import_calendar import import_calendar

    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.DictReader(lines))
        done = with_house(lambda house: import_calendar(rows, house=house))
    except (OSError, ValueError, UnicodeError) as error:
        raise fail(f"日历没有导入：{error}") from error
    typer.echo(f"已导入 {done.days} 天；{done.moved} 条线索的期限改变，{done.settled} 条不再是暂定。")
    if done.held:
        typer.echo(f"另有 {done.held} 条正在办理中，没有算到，请稍后再运行一次。", err=True)
    typer.echo("运行中的网页服务和后台几秒内自动按新日历计算，不需要重启。")


@app.command("reconcile")
def reconcile_with(
    system: Annotated[str, typer.Argument(help="目前只有 hotline12345")] = "hotline12345",
    repair: Annotated[bool, typer.Option(help="修复找到的差异")] = False,
) -> None:
    """与 12345 热线全量对账：列出两边不一致的，可以修复。"""
    from connectors.errors import ConnectorError
    from intake.services.reconcile import LABELS, reconcile

    if system != "hotline12345":
        raise fail(f"没有名为 {system} 的系统可以对账，目前只有 hotline12345")
    try:
        found = with_house(lambda house: reconcile(repair=repair, house=house), with_model=repair)
    except ConnectorError as error:
        raise fail(f"热线没有应答，无法对账：{error.message}") from error
    for one in found.differences:
        words = f"（{one.details}）" if one.details else ""
        typer.echo(f"{one.number or '—'}\t{one.theirs or '—'}\t{LABELS[one.kind]}{words}")
    for one, why in found.failed:
        typer.echo(f"没有修好：{one.number or one.theirs}：{why}", err=True)
    mended = sum(found.mended.values())
    typer.echo(f"共对账 {found.compared} 件，差异 {len(found.differences)} 处，修复 {mended} 处。")
    if len(found.differences) > mended:
        raise typer.Exit(1)


@app.command()
def redrive(destination: str = "hotline12345") -> None:
    """把投递失败的消息重新排队。"""
    from intake.services.deliver import redrive as again

    count = with_house(lambda house: again(destination, house=house))
    typer.echo(f"{count} 条消息已重新排队。")
