"""Commands that start processes."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from intake.cli.shell import app, fail, settings_now
from intake.settings import Settings

if TYPE_CHECKING:
    from connectors.policies.agreed import Agreed

simulate = typer.Typer(help="本地模拟的外部系统", no_args_is_help=True)
app.add_typer(simulate, name="simulate")


@app.command()
def run() -> None:
    """启动全部服务（网页、后台、机器人、本地热线），Ctrl-C 停止。"""
    from intake import supervise

    settings = settings_now()
    raise typer.Exit(asyncio.run(supervise.run_all(settings, with_hotline=settings.hotline_url is None)))


@app.command()
def web() -> None:
    """只启动网页服务。"""
    import uvicorn

    from intake.logs import configure
    from intake.main import create_app

    settings = settings_now()
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

    settings = settings_now()
    configure(settings.log_level)
    asyncio.run(process.run(settings))


@simulate.command("hotline")
def simulate_hotline(
    port: Annotated[int | None, typer.Option()] = None,
    pace_s: Annotated[float, typer.Option(help="每个环节自动推进的秒数，0 为不推进")] = 20.0,
    sm2_key: Annotated[Path | None, typer.Option(help="签名用 SM2 时，对端自己的私钥文件")] = None,
) -> None:
    """本地 12345 热线对端：真实的 HTTP 服务，带一个查看页面。"""
    from connectors.hotline12345 import simulator

    settings = settings_now()
    settings.var_dir.mkdir(parents=True, exist_ok=True)
    asyncio.run(
        simulator.serve(
            "127.0.0.1",
            port or settings.hotline_port,
            app_id=settings.hotline_app_id,
            secret=settings.hotline_secret.get_secret_value(),
            trust=_other_side(settings, sm2_key),
            pace=pace_s,
            file=settings.var_dir / "hotline.jsonl",
            intake_url=f"http://{settings.host}:{settings.port}",
        )
    )


def _other_side(settings: Settings, sm2_key: Path | None) -> Agreed:
    """What was agreed, seen from the hotline's side: with SM2 each side has a key of its own."""
    from connectors.policies.agreed import agreed
    from connectors.policies.sm2 import PrivateKey

    values = settings.hotline_agreed
    if values["signature"] == "SM2":
        if sm2_key is None:
            raise fail("签名方式为 SM2 时，请用 --sm2-key 指定对端私钥文件（64 位十六进制）")
        ours = PrivateKey(values["sm2_private_key"])
        values |= {"sm2_private_key": sm2_key.read_text("utf-8"), "sm2_public_key": ours.public.text}
    return agreed(values)


@simulate.command("systems")
def simulate_systems(port: Annotated[int, typer.Option()] = 8013) -> None:
    """其他政府系统（信用、双随机、互联网+监管、办案、司法部平台、省一体化平台）的本地对端，都在一个端口上。"""
    from connectors.partners.simulate import MAKERS

    _counterparts("systems.yaml", port, tuple(MAKERS))


@simulate.command("moj")
def simulate_moj(port: Annotated[int, typer.Option()] = 8016) -> None:
    """只启动司法部行政执法监督批评建议平台的本地对端：在它的页面上转办建议、查看反馈。"""
    _counterparts("moj.yaml", port, ("moj_suggestions",))


def _counterparts(name: str, port: int, systems: tuple[str, ...]) -> None:
    """Serve these counterparts, and write the file with which an intake on this machine talks to them."""
    import secrets

    from connectors.moj_suggestions.simulator import Push
    from connectors.partners import counterpart, simulate
    from connectors.partners.configuration import read_partners

    settings = settings_now()
    settings.var_dir.mkdir(parents=True, exist_ok=True)
    file = settings.var_dir / name
    known = read_partners(file) if file.exists() else {}
    access = next((one for system, one in known.items() if system in systems), None)
    app_id, secret = (access.app_id, access.secret) if access else ("xiansuo", secrets.token_urlsafe(24))
    here = {system: f"http://127.0.0.1:{port}/{system}" for system in systems}
    if {system: one.url for system, one in known.items() if system in systems} != here:
        # New, for another port, or written by a version that knew fewer systems.
        file.touch(mode=0o600)
        file.write_text(simulate.sample_file(f"http://127.0.0.1:{port}", app_id, secret, systems), "utf-8")
    intake = f"http://{settings.host}:{settings.port}"
    push = Push(intake, settings.moj_app_id, settings.moj_secret.get_secret_value())
    made = simulate.counterparts(app_id, secret, systems, push=push if settings.moj_app_id else None)
    typer.echo(f"在另一个终端启动：XIANSUO_PARTNERS_FILE={file} xiansuo run")
    typer.echo(f"司法部平台的页面：http://127.0.0.1:{port}/moj_suggestions/")
    asyncio.run(counterpart.serve("127.0.0.1", port, made))


@simulate.command("discipline")
def simulate_discipline(port: Annotated[int, typer.Option()] = 8015) -> None:
    """纪检监察机关的本地对端：有自己的密钥，打开密封件，签收件回执。"""
    import secrets

    from connectors.discipline.simulator import Desk, counterpart
    from connectors.partners.configuration import read_partners
    from connectors.partners.counterpart import serve
    from connectors.partners.simulate import discipline_sample
    from connectors.policies.sm2 import PrivateKey, new_private_key

    settings = settings_now()
    settings.var_dir.mkdir(parents=True, exist_ok=True)
    file = settings.var_dir / "discipline.key"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(new_private_key(), "utf-8")
    key = PrivateKey(file.read_text("utf-8"))
    base = f"http://127.0.0.1:{port}"
    beside = settings.var_dir / "systems.yaml"
    beside.touch(mode=0o600)
    if "discipline" not in read_partners(beside):
        with beside.open("a", encoding="utf-8") as more:
            more.write(discipline_sample(base, "xiansuo", secrets.token_urlsafe(24), key.public.text))
    access = read_partners(beside)["discipline"]
    typer.echo(f"在另一个终端启动：XIANSUO_PARTNERS_FILE={beside} xiansuo run")
    typer.echo(f"收到的密封件（已打开）：{base}/discipline/taken")
    asyncio.run(serve("127.0.0.1", port, [counterpart(access.app_id, access.secret, Desk(key))]))
