"""How well the classifier does, on real texts it has not learnt from and on our own held-out rows.

The real sets (../shared/data) are for measuring and for the one threshold of
SC00; never for training. Mapping of the coarse tags: their README.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from intake.classify import report
from intake.classify.extraction_score import read_cases, score
from intake.classify.pipeline import Classifier, load_folder
from intake.classify.rows import Row, is_held_out, read_rows
from intake.classify.seven_classes import seven_classes

TODAY = dt.date(2026, 11, 23)
TAGS = {
    "PT101": "乱罚款/收费",
    "PT102": "乱罚款/收费",
    "PT401": "处罚不公或畸重",
    "PT403": "处罚不公或畸重",
    "PT501": "不作为",
    "PT601": "粗暴执法",
    "PT204": "程序违法",
    "PT302": "程序违法",
    "PT303": "程序违法",
    "PT304": "程序违法",
    "PT201": "无证执法",
    "PT301": "无证执法",
    "PT402": "选择性执法",
    "PT103": "重复检查",
    "PT104": "违法查封扣押",
    "PT105": "违法强拆强制",
    "PT502": "推诿拖延",
    "PT503": "推诿拖延",
    "PT602": "吃拿卡要",
    "PT202": "越权",
}
DOMAINS = {
    "生态环境": {"AD03"},
    "城市管理": {"AD01"},
    "公安": {"AD08", "AD09"},
    "市场监管": {"AD02"},
    "交通运输": {"AD05"},
    "人社": {"AD15"},
    "卫健": {"AD14"},
    "教育": {"AD20"},
    "住建": {"AD13"},
    "税务": {"AD11"},
    "应急管理": {"AD06"},
    "自然资源": {"AD12"},
    "农业农村": {"AD07"},
    "文化市场": {"AD04"},
    "消防": {"AD10"},
}
_AGENCY = re.compile(
    r"执法|城管|交警|派出所|公安|环保局|工商|药监|质监|运管|路政|国土|劳动监察|监察大队|卫生局|卫计|税务|安监|物价局|管理局|有关部门|政府|民政局|教育局"
)
_ACTION = re.compile(
    r"罚款|处罚|扣押|扣车|查封|收费|强拆|检查|不作为|不管|没人管|无人管|推诿|踢皮球|态度|投诉无|不处理|没有处理|监管|查处|执法|渎职|乱收|拖延"
)


def keyword_rule(text: str) -> bool:
    """The baseline: an agency and an action are both named."""
    return bool(_AGENCY.search(text) and _ACTION.search(text))


def binary(truth: Sequence[bool], said: Sequence[bool]) -> dict[str, float]:
    hit = sum(t and s for t, s in zip(truth, said, strict=True))
    precision = hit / max(1, sum(said))
    recall = hit / max(1, sum(truth))
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    return {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}


def tag_scores(truth: Sequence[tuple[set[str], set[str]]], said: Sequence[set[str]]) -> dict[str, Any]:
    """Micro and macro F1 of coarse tags; truth rows are (must, may)."""
    hit: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for (must, may), tags in zip(truth, said, strict=True):
        hit.update(tags & may)
        wrong.update(tags - may)
        missed.update(must - tags)
    by_tag = {}
    rows = Counter(tag for must, _ in truth for tag in must)
    for tag, count in rows.items():
        if count >= 3:
            by_tag[tag] = round(2 * hit[tag] / max(1, 2 * hit[tag] + wrong[tag] + missed[tag]), 4)
    total = sum(hit.values())
    micro = 2 * total / max(1, 2 * total + sum(wrong.values()) + sum(missed.values()))
    macro = sum(by_tag.values()) / max(1, len(by_tag))
    return {"micro_f1": round(micro, 4), "macro_f1": round(macro, 4), "by_tag": by_tag}


def coarse(codes: Iterable[str]) -> set[str]:
    return {TAGS.get(code, "其他") for code in codes}


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def _wild(labels: Path, said: dict[str, bool]) -> dict[str, Any] | None:
    """How the gate does on unlabelled complaints drawn at random and read by one careful reader, blind.

    labels: lines `id<TAB>0 or 1`; the texts stay where they are
    """
    if not labels.exists():
        return None
    read = [line.split("\t") for line in labels.read_text("utf-8").splitlines()]
    truth = [label == "1" for _, label in read]
    share = round(sum(truth) / len(truth), 4)
    return {"rows": len(read), "true_share": share, **binary(truth, [said[id_] for id_, _ in read])}


def real(classifier: Classifier, shared: Path, labels: Path) -> dict[str, Any]:
    """Figures on the real development set and the unlabelled complaints. labels: see `_wild`"""
    rows = [r for r in read_jsonl(shared / "enforcement_dev.jsonl") if r["agreed"]]
    found = [classifier.classify(r["text"], today=TODAY) for r in rows]
    truth = [bool(r["in_scope"]) for r in rows]
    inside = [(r, f) for r, f in zip(rows, found, strict=True) if r["in_scope"]]
    placed = [(r, f) for r, f in inside if set(r["domain"] or ()) & set(DOMAINS)]
    right = sum(
        f.domain.code in set().union(*(DOMAINS.get(d, set()) for d in r["domain"])) for r, f in placed
    )
    firms = [
        (bool(r["is_enterprise"]), f.green_channel.code is not None)
        for r, f in zip(rows, found, strict=True)
        if r["is_enterprise"] is not None
    ]
    wild = read_jsonl(shared / "complaints_unlabelled.jsonl")
    flagged = [classifier.classify(r["text"], today=TODAY).scope.code == "SC00" for r in wild]
    in_scope = [f.scope.code == "SC00" for f in found]
    return {
        "rows": len(rows),
        "gate_confusion": {
            f"{name} {what}": sum(t == is_in and s == said for t, s in zip(truth, in_scope, strict=True))
            for name, is_in in (("in scope", True), ("out of scope", False))
            for what, said in (("said in", True), ("said out", False))
        },
        "wild": _wild(labels, {r["id"]: f for r, f in zip(wild, flagged, strict=True)}),
        "in_scope": binary(truth, in_scope),
        "in_scope_keyword_rule": binary(truth, [keyword_rule(r["text"]) for r in rows]),
        "domain_accuracy": round(right / max(1, len(placed)), 4),
        "problems": tag_scores(
            [(set(r["problems_both"]), set(r["problems_either"])) for r, _ in inside],
            [coarse(p.code for p in f.problem_types) for _, f in inside],
        ),
        "enterprise": binary([a for a, _ in firms], [b for _, b in firms]),
        "unlabelled_flagged": round(sum(flagged) / len(wild), 4),
        "unlabelled_keyword_rule": round(sum(keyword_rule(r["text"]) for r in wild) / len(wild), 4),
    }


def held_out(classifier: Classifier, rows: Sequence[Row]) -> dict[str, Any]:
    """Macro-F1 and share of texts with a right label, on the rows whose stories did not teach."""
    rows = [r for r in rows if is_held_out(r.group)]
    found = [classifier.classify(r.text, today=TODAY) for r in rows]
    answers: dict[str, Callable[[Any], set[str]]] = {
        "scope": lambda f: {f.scope.code},
        "domain": lambda f: {f.domain.code},
        "problem": lambda f: {p.code for p in f.problem_types},
        "action": lambda f: set(f.action_kinds),
        "urgency": lambda f: {f.urgency.code},
    }
    scores: dict[str, Any] = {"rows": len(rows)}
    for head, answer in answers.items():
        pairs = [
            (set(r.labels[head]), answer(f)) for r, f in zip(rows, found, strict=True) if head in r.labels
        ]
        if head == "problem":
            pairs = [(t, s) for t, s in pairs if t]
        scores[head] = _macro(pairs)
    return scores


def _macro(pairs: Sequence[tuple[set[str], set[str]]]) -> dict[str, float]:
    codes = {code for truth, _ in pairs for code in truth}
    each = []
    for code in codes:
        hit = sum(code in t and code in s for t, s in pairs)
        spread = sum((code in t) + (code in s) for t, s in pairs)
        each.append(2 * hit / max(1, spread))
    exact = sum(bool(t & s) for t, s in pairs) / max(1, len(pairs))
    return {"macro_f1": round(sum(each) / max(1, len(each)), 4), "accuracy": round(exact, 4)}


def speed(folder: Path, texts: Sequence[str]) -> dict[str, float]:
    """Texts a second on one core, all labels and extraction; start and memory of a fresh process."""
    classifier = load_folder(folder)
    for text in texts[:200]:
        classifier.classify(text, today=TODAY)
    started = time.perf_counter()
    for text in texts:
        classifier.classify(text, today=TODAY)
    seconds = time.perf_counter() - started
    start_s, memory_mb = _fresh(folder)
    return {
        "texts_per_s": round(len(texts) / seconds, 1),
        "median_signs": float(sorted(map(len, texts))[len(texts) // 2]),
        "start_s": start_s,
        "memory_mb": memory_mb,
    }


def _fresh(folder: Path) -> tuple[float, float]:
    """Seconds until a new interpreter has understood its first text, and its highest memory in megabytes."""
    code = (
        "import datetime, pathlib, sys\n"
        "from intake.classify.pipeline import load_folder\n"
        "load_folder(pathlib.Path(sys.argv[1])).classify('城管罚款', today=datetime.date(2026, 11, 23))\n"
        "lines = pathlib.Path('/proc/self/status').read_text().splitlines()\n"
        "print(next(line.split()[1] for line in lines if line.startswith('VmHWM')))"
    )
    started = time.perf_counter()
    done = subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=True
    )
    return round(time.perf_counter() - started, 2), round(int(done.stdout) / 1024, 1)


def confusions(classifier: Classifier, rows: Sequence[Row]) -> dict[str, list[tuple[str, str]]]:
    """(truth, said) of scope and domain on the rows whose stories did not teach."""
    used = [r for r in rows if is_held_out(r.group)]
    found = [classifier.classify(r.text, today=TODAY) for r in used]
    return {
        head: [
            (r.labels[head][0], getattr(f, head).code)
            for r, f in zip(used, found, strict=True)
            if head in r.labels
        ]
        for head in ("scope", "domain")
    }


def gate_chances(classifier: Classifier, shared: Path) -> list[tuple[bool, float]]:
    """(in scope, probability said) of the agreed rows of the development set."""
    rows = [r for r in read_jsonl(shared / "enforcement_dev.jsonl") if r["agreed"]]
    return [(bool(r["in_scope"]), classifier.chance(r["text"])) for r in rows]


def evaluate(folder: Path, data_dir: Path, shared: Path | None) -> dict[str, Any]:
    """The whole report, written to data_dir/metrics with its page and plots.

    shared: where the real sets are; None or without them only our own rows are measured
    """
    classifier = load_folder(folder)
    rows = read_rows(data_dir)
    result: dict[str, Any] = {
        "model": classifier.version,
        "training_rows": sum(not is_held_out(r.group) for r in rows),
        "held_out": held_out(classifier, rows),
    }
    chances: list[tuple[bool, float]] = []
    if shared is not None and (shared / "enforcement_dev.jsonl").exists():
        result["real"] = real(classifier, shared, data_dir / "evaluation" / "wild.tsv")
        chances = gate_chances(classifier, shared)
        result["seven_classes"] = seven_classes(shared)
    if (data_dir / "extraction" / "cases.txt").exists():
        result["extraction"] = score(classifier, read_cases(data_dir / "extraction" / "cases.txt"))
    sample = [r.text for r in rows if 120 <= len(r.text) <= 300][:1000]
    result["speed"] = speed(folder, sample or [rows[0].text])
    target = data_dir / "metrics"
    target.mkdir(parents=True, exist_ok=True)
    tables = confusions(classifier, rows)
    (target / "classifier.json").write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", "utf-8")
    (target / "report.md").write_text(report.markdown(result, tables), "utf-8")
    report.plots(target, chances, tables)
    return result
