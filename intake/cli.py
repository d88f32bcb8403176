"""The command `xiansuo`: every failure is one clear line and a non-zero exit."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from intake.settings import Settings

app = typer.Typer(
    name="xiansuo", help="行政执法监督线索受理系统", no_args_is_help=True, pretty_exceptions_enable=False
)
users = typer.Typer(help="工作人员账号", no_args_is_help=True)
simulate = typer.Typer(help="本地模拟的外部系统", no_args_is_help=True)
audit = typer.Typer(help="办理经过的完整性", no_args_is_help=True)
calendar = typer.Typer(help="工作日历", no_args_is_help=True)
app.add_typer(audit, name="audit")
app.add_typer(calendar, name="calendar")
app.add_typer(users, name="users")
app.add_typer(simulate, name="simulate")


def main() -> None:
    """The entry point: whatever goes wrong is told in one line."""
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        if os.environ.get("XIANSUO_TRACEBACK"):
            raise
        print(f"xiansuo: {type(error).__name__}: {error}".splitlines()[0], file=sys.stderr)
        sys.exit(1)


def _settings() -> Settings:
    settings = Settings()
    settings.check()
    return settings


def _fail(words: str) -> typer.Exit:
    typer.echo(f"xiansuo: {words}", err=True)
    return typer.Exit(1)


@app.command()
def run() -> None:
    """启动全部服务（网页、后台、机器人、本地热线），Ctrl-C 停止。"""
    from intake import supervise

    settings = _settings()
    raise typer.Exit(asyncio.run(supervise.run_all(settings, with_hotline=settings.hotline_url is None)))


@app.command()
def web() -> None:
    """只启动网页服务。"""
    import uvicorn

    from intake.logs import configure
    from intake.main import create_app

    settings = _settings()
    configure(settings.log_level)
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=settings.trust_proxy,
        timeout_graceful_shutdown=5,
    )


@app.command()
def worker() -> None:
    """只启动后台任务（向 12345 等系统投递）。"""
    from intake import worker as process
    from intake.logs import configure

    settings = _settings()
    configure(settings.log_level)
    asyncio.run(process.run(settings))


@app.command()
def classify(
    input: Annotated[str, typer.Option("--input", help="JSONL 文件，- 为标准输入")],
    output: Annotated[str, typer.Option("--output", help="JSONL 文件，- 为标准输出")] = "-",
    model: Annotated[Path | None, typer.Option("--model", help="模型目录，默认用最新的")] = None,
) -> None:
    """识别文本：每行 {"id","text"}，逐行输出识别结果。"""
    from intake.classify import command

    settings = _settings()
    raise typer.Exit(
        command.run_classify(input, output, models=settings.models, data_dir=settings.data_dir, model=model)
    )


@app.command()
def train(
    corrections: Annotated[bool, typer.Option(help="加入人工更正（只用允许用于改进的）")] = True,
    accept: Annotated[str | None, typer.Option("--accept", help="启用指定版本，不再比较")] = None,
) -> None:
    """训练识别模型（数据未变时直接复用）；变差的模型不会自动启用。"""
    from intake.classify import command
    from intake.services.labelled_corrections import labelled_corrections

    settings = _settings()
    if accept:
        raise typer.Exit(command.run_accept(settings.data_dir, settings.models, accept))
    learnt = _with_house(labelled_corrections) if corrections else []
    raise typer.Exit(command.run_train(settings.data_dir, settings.models, learnt))


@app.command()
def evaluate(
    shared: Annotated[Path, typer.Option("--shared", help="真实评测数据目录")] = Path("../shared/data"),
) -> None:
    """评测识别质量，写入 nlu_data/metrics。"""
    from intake.classify import command

    settings = _settings()
    raise typer.Exit(command.run_evaluate(settings.data_dir, settings.models, shared))


@audit.command("verify")
def audit_verify() -> None:
    """核对全部办理经过：改动、删除、调换顺序都会指出第一处断裂。"""
    from intake.services.audit import verify

    anchors = _settings().var_dir / "anchors"
    verdict = _with_house(lambda house: verify(anchors, house=house))
    typer.echo(f"已核对 {verdict.leads} 条线索、{verdict.events} 条经过、{verdict.anchors} 份每日锚定。")
    words = {
        "changed": "被改动",
        "missing": "缺失",
        "reordered": "顺序被调换",
        "cut": "末尾被删",
        "gone": "整条被删",
        "altered": "锚定文件被改动",
    }
    for broken in verdict.breaks:
        typer.echo(f"断裂：{broken.number} 第 {broken.seq} 条{words[broken.kind]}", err=True)
    if verdict.breaks:
        raise typer.Exit(1)
    typer.echo("全部完整。")


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
        done = _with_house(lambda house: import_calendar(rows, house=house))
    except (OSError, ValueError, UnicodeError) as error:
        raise _fail(f"日历没有导入：{error}") from error
    typer.echo(f"已导入 {done.days} 天；{done.moved} 条线索的期限改变，{done.settled} 条不再是暂定。")
    typer.echo("请重启网页服务和后台（xiansuo web、worker），新登记的线索按新日历计算。")


@users.command("add")
def users_add(
    login: str,
    role: Annotated[str, typer.Option()],
    organisation: Annotated[str, typer.Option()],
    region: Annotated[str, typer.Option()] = "411200",
    name: Annotated[str, typer.Option()] = "",
) -> None:
    """新增或重设账号（密码从环境变量 XIANSUO_NEW_PASSWORD 或提示读取）。"""
    from intake.services.sign_in import add_account

    password = os.environ.get("XIANSUO_NEW_PASSWORD") or typer.prompt("密码", hide_input=True)
    _with_house(
        lambda house: add_account(
            login, name or login, password, role=role, organisation=organisation, region=region, house=house
        )
    )
    typer.echo(f"账号 {login} 已保存。")


@users.command("list")
def users_list() -> None:
    """列出账号。"""
    from intake.services.sign_in import list_accounts

    for login, name, role, organisation, region, is_disabled in _with_house(
        lambda house: list_accounts(house=house)
    ):
        typer.echo(f"{login}\t{name}\t{role}\t{organisation}\t{region}\t{'停用' if is_disabled else '正常'}")


@users.command("disable")
def users_disable(login: str) -> None:
    """停用账号，已登录的会话立即失效。"""
    from intake.services.sign_in import disable_account

    if not _with_house(lambda house: disable_account(login, house=house)):
        raise _fail(f"没有账号 {login}")
    typer.echo(f"账号 {login} 已停用。")


@app.command()
def redrive(destination: str = "hotline12345") -> None:
    """把投递失败的消息重新排队。"""
    from intake.services.deliver import redrive as again

    count = _with_house(lambda house: again(destination, house=house))
    typer.echo(f"{count} 条消息已重新排队。")


@simulate.command("hotline")
def simulate_hotline(
    port: Annotated[int | None, typer.Option()] = None,
    pace_s: Annotated[float, typer.Option(help="每个环节自动推进的秒数，0 为不推进")] = 20.0,
) -> None:
    """本地 12345 热线对端：真实的 HTTP 服务，带一个查看页面。"""
    from connectors.hotline12345 import simulator

    settings = _settings()
    settings.var_dir.mkdir(parents=True, exist_ok=True)
    asyncio.run(
        simulator.serve(
            "127.0.0.1",
            port or settings.hotline_port,
            app_id=settings.hotline_app_id,
            secret=settings.hotline_secret.get_secret_value(),
            pace=pace_s,
            file=settings.var_dir / "hotline.jsonl",
            intake_url=f"http://{settings.host}:{settings.port}",
        )
    )


def _with_house(job: Any) -> Any:
    from intake.bootstrap import open_house

    logging.disable(logging.WARNING)

    async def inside() -> Any:
        async with open_house(_settings(), with_model=False) as house:
            return await job(house)

    return asyncio.run(inside())
