"""Commands about accounts."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from intake.cli.shell import app, fail, with_house

users = typer.Typer(help="工作人员账号", no_args_is_help=True)
app.add_typer(users, name="users")


@users.command("add")
def users_add(
    login: str,
    role: Annotated[str, typer.Option()],
    organisation: Annotated[str, typer.Option()],
    region: Annotated[str, typer.Option()] = "411200",
    name: Annotated[str, typer.Option()] = "",
    certificate: Annotated[str, typer.Option(help="监督员证件号或联系点编号，只用于这两种角色")] = "",
) -> None:
    """新增或重设账号（密码从环境变量 XIANSUO_NEW_PASSWORD 或提示读取）。"""
    from intake.services.add_account import add_account

    password = os.environ.get("XIANSUO_NEW_PASSWORD") or typer.prompt("密码", hide_input=True)
    with_house(
        lambda house: add_account(
            login,
            name or login,
            password,
            role=role,
            organisation=organisation,
            region=region,
            house=house,
            certificate=certificate,
        )
    )
    typer.echo(f"账号 {login} 已保存。")


@users.command("list")
def users_list() -> None:
    """列出账号。"""
    from intake.services.add_account import list_accounts

    for login, name, role, organisation, region, is_disabled in with_house(
        lambda house: list_accounts(house=house)
    ):
        typer.echo(f"{login}\t{name}\t{role}\t{organisation}\t{region}\t{'停用' if is_disabled else '正常'}")


@users.command("disable")
def users_disable(login: str) -> None:
    """停用账号，已登录的会话立即失效。"""
    from intake.services.add_account import disable_account

    if not with_house(lambda house: disable_account(login, house=house)):
        raise fail(f"没有账号 {login}")
    typer.echo(f"账号 {login} 已停用。")
