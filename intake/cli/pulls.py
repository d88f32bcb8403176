"""Commands that ask other systems for what is new, at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from intake.cli.shell import app, fail, with_house

if TYPE_CHECKING:
    from intake.services.house import House
    from intake.services.pulled import Pulled

WORDS = {
    "created": "新立",
    "updated": "更新",
    "duplicate_same": "重复",
    "refused": "没有立案（留存待人工处理）",
    "bodies": "单位",
    "duties": "权责事项",
}


@app.command("pull")
def pull_now(
    system: Annotated[
        str, typer.Argument(help="moj_suggestions（转办建议）或 province_platform（单位和权责清单）")
    ],
) -> None:
    """立即向其他系统读取一次；平时后台自动读取。"""
    from connectors.errors import ConnectorError
    from intake.services.pull import PULLS

    if system not in PULLS:
        raise fail(f"没有名为 {system} 的系统可以读取，可用的有：{'、'.join(PULLS)}")
    try:
        done = with_house(lambda house: _pulled(system, house), with_model=True)
    except ConnectorError as error:
        raise fail(f"没有读到：{error.message}") from error
    for words in done.problems:
        typer.echo(words, err=True)
    told = "，".join(f"{WORDS.get(kind, kind)} {count}" for kind, count in done.counts.items())
    typer.echo(f"已读取：{told or '没有新的内容'}。")
    if system == "province_platform":
        _tell_differences()


async def _pulled(system: str, house: House) -> Pulled:
    from intake.services.pull import pull

    if system not in house.partners:
        raise fail(f"{system} 没有接通，请在 XIANSUO_PARTNERS_FILE 指的文件里配置")
    done = await pull(system, at_once=True, house=house)
    if done is None:
        raise fail("另一个进程正在读取，请稍后再试")
    return done


def _tell_differences() -> None:
    from intake.domain.directory import LABELS
    from intake.services.read_directory import compare_directory

    found = with_house(lambda house: compare_directory(house=house)).differences
    for one in found:
        typer.echo(f"{LABELS[one.kind]}\t{one.code or '—'}\t{one.ours or '—'}\t{one.theirs or '—'}")
    typer.echo(f"与本系统单位表不一致 {len(found)} 处。单位表不会自动改动，需要更正的请交系统维护人员。")
