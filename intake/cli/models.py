"""Commands about understanding: classify, train, evaluate."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from intake.cli.shell import app, settings_now, with_house


@app.command()
def classify(
    input: Annotated[str, typer.Option("--input", help="JSONL 文件，- 为标准输入")],
    output: Annotated[str, typer.Option("--output", help="JSONL 文件，- 为标准输出")] = "-",
    model: Annotated[Path | None, typer.Option("--model", help="模型目录，默认用最新的")] = None,
) -> None:
    """识别文本：每行 {"id","text"}，逐行输出识别结果。"""
    from intake.classify import command

    settings = settings_now()
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

    settings = settings_now()
    if accept:
        raise typer.Exit(command.run_accept(settings.data_dir, settings.models, accept))
    learnt = with_house(labelled_corrections) if corrections else []
    raise typer.Exit(command.run_train(settings.data_dir, settings.models, learnt))


@app.command()
def evaluate(
    shared: Annotated[Path, typer.Option("--shared", help="真实评测数据目录")] = Path("../shared/data"),
) -> None:
    """评测识别质量，写入 nlu_data/metrics。"""
    from intake.classify import command

    settings = settings_now()
    raise typer.Exit(command.run_evaluate(settings.data_dir, settings.models, shared))
