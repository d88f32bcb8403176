"""Commands for whoever runs the system: backup, restore, purge, sample cases."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from intake.cli.shell import app, fail, settings_now, with_house


@app.command()
def backup(archive: Annotated[Path, typer.Argument(help="备份文件，例如 xiansuo-20261124.tar")]) -> None:
    """备份数据库、证据材料和每日锚定（不含数据密钥，密钥要另外保管）。"""
    from intake.store.backup import CannotBackUp, back_up

    settings = settings_now()
    try:
        done = back_up(settings.database, settings.var_dir, archive, now=dt.datetime.now(dt.UTC))
    except (CannotBackUp, OSError) as error:
        raise fail(f"没有备份：{error}") from error
    typer.echo(f"已备份到 {archive}：{len(done['members'])} 个文件。")
    if settings.evidence_url:
        typer.echo("证据材料在 S3 存储里，不在这份备份中，请用存储自己的备份。")


@app.command()
def restore(
    archive: Annotated[Path, typer.Argument(help="backup 生成的文件")],
    replace: Annotated[bool, typer.Option(help="覆盖已有的数据库")] = False,
) -> None:
    """恢复备份；先停掉全部进程。恢复后请运行 xiansuo reconcile --repair，找回备份之后的事。"""
    from intake.store.backup import CannotBackUp
    from intake.store.backup import restore as put_back

    settings = settings_now()
    try:
        done = put_back(settings.database, settings.var_dir, archive, replace=replace)
    except (CannotBackUp, OSError) as error:
        raise fail(f"没有恢复：{error}") from error
    typer.echo(f"已恢复 {done['made_at'][:16].replace('T', ' ')} 的备份：{len(done['members'])} 个文件。")
    typer.echo("下一步：启动后运行 xiansuo reconcile --repair，从 12345 热线找回备份之后的事。")


@app.command()
def purge(
    yes: Annotated[bool, typer.Option("--yes", help="真的删除；不加只列出数量")] = False,
    days: Annotated[int, typer.Option(min=30, help="没有投诉的对话保留多少天")] = 180,
) -> None:
    """删除保存期满的内容：没有形成投诉的对话、早已答复的微信消息。线索和证据不删。"""
    from intake.services.purge import purge as run

    done = with_house(lambda house: run(is_dry=not yes, talks=dt.timedelta(days=days), house=house))
    words = "将删除" if done.is_dry else "已删除"
    typer.echo(f"{words}对话 {done.talks} 个、微信消息 {done.wechat_messages} 条。")
    if done.is_dry:
        typer.echo("这只是清点。确认后加 --yes 执行。")


@app.command()
def demo() -> None:
    """放入一批标明“测试”的示例线索，只用于开发和演示。"""
    from intake.services.demo import NotForProduction, fill

    try:
        numbers = with_house(lambda house: fill(house=house), with_model=True)
    except NotForProduction as error:
        raise fail("正式环境不能放入示例线索") from error
    typer.echo(f"示例线索 {len(numbers)} 条，例如 {numbers[0]}。重复运行不会增加。")
