"""The evaluation as a page with tables and plots: nlu_data/metrics/report.md and its pictures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from intake.domain import taxonomy

TARGETS = (
    ("in-scope F1, development set", ("real", "in_scope", "f1"), "≥ 0.93"),
    ("in-scope recall", ("real", "in_scope", "recall"), "≥ 0.95"),
    ("unlabelled flagged in scope", ("real", "unlabelled_flagged"), "≤ 0.05"),
    ("in scope in truth, of 358 unlabelled read blind", ("real", "wild", "true_share"), "2.5–4 % supposed"),
    ("of these: precision", ("real", "wild", "precision"), "–"),
    ("of these: recall", ("real", "wild", "recall"), "–"),
    ("domain accuracy", ("real", "domain_accuracy"), "≥ 0.90"),
    ("problem tags, micro-F1", ("real", "problems", "micro_f1"), "≥ 0.78"),
    ("problem tags, macro-F1", ("real", "problems", "macro_f1"), "≥ 0.65"),
    ("enterprise F1, text alone", ("real", "enterprise", "f1"), "≥ 0.80"),
    ("7 classes of citizens' messages, macro-F1", ("seven_classes", "macro_f1"), "≥ 0.935"),
    ("texts a second, one core", ("speed", "texts_per_s"), "≥ 1,500"),
    ("start, seconds", ("speed", "start_s"), "≤ 3"),
    ("memory, MB", ("speed", "memory_mb"), "≤ 400"),
)
Pairs = Sequence[tuple[str, str]]


def _at(report: dict[str, Any], path: Sequence[str]) -> Any:
    found: Any = report
    for key in path:
        found = found.get(key) if isinstance(found, dict) else None
    return found


def markdown(report: dict[str, Any], confusions: Mapping[str, Pairs]) -> str:
    """confusions: of each head (truth, said) on our held-out rows."""
    parts = [
        f"# Understanding, measured\n\nModel `{report['model']}`, {report['training_rows']} training rows. "
        "Written by `xiansuo evaluate`; how the real texts were used: [../README.md](../README.md).\n",
        "| measure | figure | target |\n|---|---|---|\n"
        + "\n".join(
            f"| {name} | {_figure(_at(report, path))} | {target} |" for name, path, target in TARGETS
        ),
        "\n![gate](gate.svg) ![calibration](calibration.svg)\n" if "real" in report else "",
        _heads(report["held_out"]),
    ]
    for head, pairs in confusions.items():
        parts.append(_confused(head, pairs))
    if "extraction" in report:
        parts.append(_table("Extraction", ("kind", "marked", "precision", "recall", "F1"), [
            (kind, s["marked"], s["precision"], s["recall"], s["f1"]) for kind, s in report["extraction"].items()
        ]))  # fmt: skip
    gate = _at(report, ("real", "gate_confusion"))
    if gate:
        parts.append(
            _table("In scope or not, development set", ("truth and answer", "rows"), list(gate.items()))
        )
    by_tag = _at(report, ("real", "problems", "by_tag"))
    if by_tag:
        parts.append(_table("Problem tags on the development set", ("tag", "F1"), list(by_tag.items())))
    return "\n".join(parts).rstrip() + "\n"


def _figure(value: Any) -> str:
    return "not measured here" if value is None else f"{value:g}"


def _table(title: str, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    lines = [f"\n## {title}\n", "| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def _heads(held_out: dict[str, Any]) -> str:
    rows = [(head, s["macro_f1"], s["accuracy"]) for head, s in held_out.items() if isinstance(s, dict)]
    return _table(
        f"Our own held-out stories ({held_out['rows']} rows)",
        ("head", "macro-F1", "share with a right label"),
        rows,
    )


def _confused(head: str, pairs: Pairs) -> str:
    """The twenty most frequent mistakes of a head."""
    wrong = Counter((truth, said) for truth, said in pairs if truth != said)
    rows = [
        (f"{truth} {taxonomy.label(truth)}", f"{said} {taxonomy.label(said)}", count)
        for (truth, said), count in wrong.most_common(20)
    ]
    right = sum(truth == said for truth, said in pairs)
    return _table(f"{head}: {right} of {len(pairs)} right, taken for", ("truth", "said", "rows"), rows)


def plots(folder: Path, chances: Sequence[tuple[bool, float]], confusions: Mapping[str, Pairs]) -> None:
    """gate.svg (precision and recall by threshold), calibration.svg and one confusion matrix a head.

    chances: (in scope, probability) of real texts; codes stand for labels, so no Chinese font is needed
    """
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "xiansuo"
    from matplotlib import pyplot as plt

    if chances:
        _gate(plt, folder, chances)
        _calibration(plt, folder, chances)
    for head, pairs in confusions.items():
        _matrix(plt, folder / f"confusion_{head}.svg", pairs)


def _save(plt: Any, figure: Any, path: Path) -> None:
    figure.savefig(path, bbox_inches="tight", metadata={"Date": None})
    plt.close(figure)


def _gate(plt: Any, folder: Path, chances: Sequence[tuple[bool, float]]) -> None:
    figure, axes = plt.subplots(figsize=(4.6, 3.2))
    cuts = [i / 50 for i in range(1, 50)]
    positive = sum(truth for truth, _ in chances)
    precision, recall = [], []
    for cut in cuts:
        said = [truth for truth, chance in chances if chance >= cut]
        precision.append(sum(said) / max(1, len(said)))
        recall.append(sum(said) / max(1, positive))
    axes.plot(cuts, precision, label="precision")
    axes.plot(cuts, recall, label="recall")
    axes.axvline(0.5, color="grey", linewidth=0.8)
    axes.set(xlabel="threshold of SC00", ylim=(0, 1.02), title="development set")
    axes.legend()
    _save(plt, figure, folder / "gate.svg")


def _calibration(plt: Any, folder: Path, chances: Sequence[tuple[bool, float]]) -> None:
    figure, axes = plt.subplots(figsize=(3.4, 3.2))
    bins = [[(t, c) for t, c in chances if i / 8 <= c < (i + 1) / 8 + (i == 7)] for i in range(8)]
    filled = [b for b in bins if b]
    axes.plot([0, 1], [0, 1], color="grey", linewidth=0.8)
    axes.plot(
        [sum(c for _, c in b) / len(b) for b in filled],
        [sum(t for t, _ in b) / len(b) for b in filled],
        marker="o",
    )
    axes.set(xlabel="probability said", ylabel="share in scope", xlim=(0, 1), ylim=(0, 1))
    _save(plt, figure, folder / "calibration.svg")


def _matrix(plt: Any, path: Path, pairs: Pairs) -> None:
    codes = sorted({code for pair in pairs for code in pair})
    counts = Counter(pairs)
    shares = []
    for truth in codes:
        total = max(1, sum(counts[truth, said] for said in codes))
        shares.append([counts[truth, said] / total for said in codes])
    size = 1.5 + 0.24 * len(codes)
    figure, axes = plt.subplots(figsize=(size, size))
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(range(len(codes)), codes, rotation=90, fontsize=7)
    axes.set_yticks(range(len(codes)), codes, fontsize=7)
    axes.set(xlabel="said", ylabel="truth")
    _save(plt, figure, path)
