"""The commands classify, train and evaluate: streams in, streams out, exit codes."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TextIO
from zoneinfo import ZoneInfo

from intake.classify.pipeline import Classifier, load
from intake.classify.training import fingerprint, train

EVERY = 2000


def say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def ready(models: Path, data_dir: Path, model: Path | None) -> Classifier:
    """The classifier asked for; trained first, with progress, when there is none for today's data."""
    if model is not None:
        return load(model)
    if (data_dir / "complaints").is_dir():
        target = models / f"classifier-{fingerprint(data_dir)}"
        if not (target / "model.json").exists():
            train(data_dir, models, say)
        return load(target)
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


def run_train(data_dir: Path, models: Path) -> int:
    try:
        say(str(train(data_dir, models, say)))
    except (OSError, ValueError) as error:
        say(f"xiansuo: 训练失败：{error}")
        return 1
    return 0


def run_evaluate(data_dir: Path, models: Path, shared: Path) -> int:
    """Measure, write nlu_data/metrics/classifier.json and print it."""
    from intake.classify.evaluation import evaluate

    try:
        classifier = ready(models, data_dir, None)
        report = evaluate(classifier, data_dir, shared)
    except (OSError, ValueError) as error:
        say(f"xiansuo: 评测失败：{error}")
        return 1
    target = data_dir / "metrics" / "classifier.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", "utf-8")
    print(json.dumps(report, ensure_ascii=False, indent=1))
    return 0
