"""The commands classify, train and evaluate: streams in, streams out, exit codes."""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TextIO
from zoneinfo import ZoneInfo

from intake.classify import in_service
from intake.classify.pipeline import Classifier, load, load_folder
from intake.classify.rows import Row, read_rows
from intake.classify.training import fingerprint, train

EVERY = 2000


def say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def ready(models: Path, data_dir: Path, model: Path | None) -> Classifier:
    """The classifier asked for; trained first, with progress, when there is none for today's data."""
    if model is not None:
        return load(model)
    if (data_dir / "complaints").is_dir():
        now = in_service.read(models)
        if now is None or now.base != fingerprint(data_dir) or in_service.folder(models) is None:
            run_train(data_dir, models)
    return load(models)


def run_classify(source: str, target: str, *, models: Path, data_dir: Path, model: Path | None) -> int:
    """Classify each row of a JSONL stream ("-" for the standard streams); 1 when a row could not be read."""
    try:
        classifier = ready(models, data_dir, model)
    except (OSError, ValueError) as error:
        say(f"xiansuo: 识别模型不可用：{error}")
        return 1
    try:
        with ExitStack() as stack:
            lines: Iterable[str] = sys.stdin
            out: TextIO = sys.stdout
            if source != "-":
                lines = stack.enter_context(Path(source).open(encoding="utf-8", errors="surrogateescape"))
            if target != "-":
                out = stack.enter_context(Path(target).open("w", encoding="utf-8"))
            return 1 if _each(classifier, lines, out) else 0
    except BrokenPipeError:
        return 1
    except OSError as error:
        say(f"xiansuo: 无法读写文件：{error.strerror}：{error.filename}")
        return 1


def _each(classifier: Classifier, lines: Iterable[str], out: TextIO) -> int:
    """Write a row for each row; returns how many could not be read."""
    today = dt.datetime.now(ZoneInfo("Asia/Shanghai")).date()
    bad = 0
    for count, line in enumerate(_filled(lines), 1):
        answer = _answer(classifier, line, today)
        bad += "error" in answer
        out.write(json.dumps(answer, ensure_ascii=False) + "\n")
        if count % EVERY == 0:
            say(f"已识别 {count} 行……")
    out.flush()
    if bad:
        say(f"xiansuo: {bad} 行无法识别，已在输出中标出")
    return bad


def _filled(lines: Iterable[str]) -> Iterator[str]:
    return (line for line in lines if line.strip())


def _answer(classifier: Classifier, line: str, today: dt.date) -> dict[str, Any]:
    row: Any = None
    try:
        row = json.loads(line)
        if not isinstance(row, dict) or not isinstance(row.get("text"), str):
            raise ValueError('应为 {"id": 文字, "text": 文字}')
        if not row["text"].strip():
            raise ValueError("text 为空")
        return {"id": row.get("id"), **classifier.classify(row["text"], today=today).to_json()}
    except json.JSONDecodeError:
        return {"id": None, "error": "不是有效的 JSON"}
    except ValueError as error:
        return {"id": row.get("id") if isinstance(row, dict) else None, "error": str(error)[:200]}


def run_train(data_dir: Path, models: Path, corrections: Sequence[Row] = ()) -> int:
    """Train on our rows, and on the corrections of real cases; a model that got worse is not put in service."""
    try:
        base = fingerprint(data_dir)
        path = train(data_dir, models, say)
        now = in_service.read(models)
        if now is None or now.base != base or in_service.folder(models) is None:
            in_service.put(models, in_service.Chosen(base, base, "只用项目自己的数据训练"))
        if corrections:
            _learn(data_dir, models, base, corrections)
        chosen = in_service.folder(models) or path
        os.utime(chosen / "model.json")
        say(str(chosen))
    except (OSError, ValueError) as error:
        say(f"xiansuo: 训练失败：{error}")
        return 1
    return 0


def _learn(data_dir: Path, models: Path, base: str, corrections: Sequence[Row]) -> None:
    """Train with corrections, print before and after, and put it in service unless it is worse."""
    from intake.classify.evaluation import held_out

    before = load(models)
    say(f"加入 {len(corrections)} 条人工更正（已同意用于改进、已脱敏）……")
    path = train(data_dir, models, say, corrections)
    after = load_folder(path)
    if after.version == before.version:
        say("更正没有变化，模型不变")
        return
    rows = [*read_rows(data_dir), *corrections]
    verdict = in_service.judge(held_out(before, rows), held_out(after, rows))
    say(f"{'指标（未参与训练的行）':　<14} {before.version} → {after.version}")
    for name, old, new in verdict.rows:
        say(f"  {name:<20} {old:.3f} → {new:.3f}{'  变差' if name in verdict.worse else ''}")
    if verdict.worse:
        say(f"有指标变差，没有启用。看过后仍要启用：xiansuo train --accept {after.version}")
        return
    in_service.put(
        models, in_service.Chosen(after.version, base, f"加入 {len(corrections)} 条更正，各项指标没有变差")
    )
    say(f"已启用 {path.name}")


def run_accept(data_dir: Path, models: Path, version: str) -> int:
    """Put a trained model in service because a person says so."""
    base = fingerprint(data_dir)
    if not version.startswith(base) or not (models / f"classifier-{version}" / "model.json").exists():
        say(f"xiansuo: 没有与当前数据和程序相符的模型 {version}")
        return 1
    in_service.put(models, in_service.Chosen(version, base, "由人决定启用"))
    say(f"已启用 classifier-{version}，重启网页服务后生效")
    return 0


def run_evaluate(data_dir: Path, models: Path, shared: Path) -> int:
    """Measure, write nlu_data/metrics (figures, page, plots) and print the figures."""
    from intake.classify.evaluation import evaluate

    try:
        ready(models, data_dir, None)
        folder = in_service.folder(models)
        if folder is None:
            raise FileNotFoundError(f"no classifier in {models}")
        result = evaluate(folder, data_dir, shared)
    except (OSError, ValueError) as error:
        say(f"xiansuo: 评测失败：{error}")
        return 1
    print(json.dumps(result, ensure_ascii=False, indent=1))
    return 0
