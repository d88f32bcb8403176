"""The WeChat channel from the command line: its menu, and its local counterpart."""

from __future__ import annotations

import asyncio
import secrets
import string
from typing import Annotated

import typer

from intake.cli.processes import simulate
from intake.cli.shell import app, fail, settings_now, with_house

wechat = typer.Typer(help="微信公众号", no_args_is_help=True)
app.add_typer(wechat, name="wechat")

APP_ID = "wxceshi0000000000"
MENU = (
    ("我要投诉", "file_complaint"),
    ("民企绿色通道", "green_channel"),
    ("查进度 / 热线", (("查进度", "query_progress"), ("联系12345", "hotline"))),
)


@wechat.command("menu")
def menu() -> None:
    """把菜单（我要投诉、民企绿色通道、查进度、联系12345）设置到公众号。"""
    from connectors.errors import ConnectorError
    from intake.services.wechat_desk import KeptToken

    async def job(house: object) -> None:
        desk = house.wechat  # type: ignore[attr-defined]
        if desk is None:
            raise fail("没有配置微信公众号，请先设置 XIANSUO_WECHAT_APP_ID 等")
        try:
            await desk.api.set_menu(_buttons(), tokens=KeptToken(desk, house))  # type: ignore[arg-type]
        except ConnectorError as error:
            raise fail(error.message) from error

    with_house(job)
    typer.echo("菜单已设置，关注者最迟 24 小时内看到。")


def _buttons() -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for words, inner in MENU:
        if isinstance(inner, str):
            found.append({"type": "click", "name": words, "key": inner})
        else:
            parts = [{"type": "click", "name": name, "key": key} for name, key in inner]
            found.append({"name": words, "sub_button": parts})
    return found


@simulate.command("wechat")
def simulate_wechat(port: Annotated[int, typer.Option()] = 8014) -> None:
    """微信平台和一部手机的本地对端：打开页面就能像微信用户一样对话。"""
    from connectors.wechat.callback import Account
    from connectors.wechat.crypto import MessageSeal
    from connectors.wechat.simulator import Platform, serve

    settings = settings_now()
    settings.var_dir.mkdir(parents=True, exist_ok=True)
    file = settings.var_dir / "wechat.env"
    if not file.exists():
        letters = string.ascii_letters + string.digits
        # The last sign carries only two bits of the key: "A" is always one that decodes.
        key = "".join(secrets.choice(letters) for _ in range(42)) + "A"
        values = {
            "XIANSUO_WECHAT_APP_ID": APP_ID,
            "XIANSUO_WECHAT_SECRET": secrets.token_hex(16),
            "XIANSUO_WECHAT_TOKEN": secrets.token_hex(12),
            "XIANSUO_WECHAT_AES_KEY": key,
            "XIANSUO_WECHAT_URL": f"http://127.0.0.1:{port}",
        }
        file.touch(mode=0o600)
        file.write_text("".join(f"{name}={value}\n" for name, value in values.items()), "utf-8")
    kept = dict(line.split("=", 1) for line in file.read_text("utf-8").splitlines() if "=" in line)
    token, key = kept["XIANSUO_WECHAT_TOKEN"], kept["XIANSUO_WECHAT_AES_KEY"]
    account = Account(settings.wechat_account, APP_ID, token, "encrypted", MessageSeal(key, APP_ID))
    callback = f"http://{settings.host}:{settings.port}/wechat/{settings.wechat_account}"
    typer.echo(f"在另一个终端启动：env $(cat {file}) xiansuo run\n手机在这里：http://127.0.0.1:{port}/")
    asyncio.run(serve(Platform(account, kept["XIANSUO_WECHAT_SECRET"], callback), "127.0.0.1", port))
