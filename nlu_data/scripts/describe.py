"""Count and measure our rows: nlu_data/metrics/corpus.md, the tables of the data card.

usage: python nlu_data/scripts/describe.py     cost: about 20 s for 2,000 rows
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from import_rows import grams, nearest

from intake.classify.training import is_held_out
from intake.domain import taxonomy

HERE = Path(__file__).resolve().parents[1]


def table(title: str, counts: Counter[str], codes: Iterable[str]) -> str:
    lines = [f"### {title}", "", "| code | name | rows |", "|---|---|---|"]
    lines += [f"| {code} | {taxonomy.label(code)} | {counts[code]} |" for code in codes]
    return "\n".join([*lines, ""])


def distinct(texts: list[str], size: int) -> float:
    """Different n-grams per n-gram written: 1 means that nothing is ever repeated."""
    seen: Counter[str] = Counter()
    for text in texts:
        bare = re.sub(r"\W+", "", text)
        seen.update(bare[i : i + size] for i in range(len(bare) - size + 1))
    return len(seen) / max(1, sum(seen.values()))


def variety(rows: list[dict[str, object]]) -> str:
    texts = [str(r["text"]) for r in rows]
    near = nearest(grams(texts), grams(texts), itself=True)
    lengths = np.array([len(t) for t in texts])
    quantiles = ", ".join(f"p{q} {np.percentile(near, q):.2f}" for q in (50, 90, 99))
    return "\n".join(
        [
            "### Variety",
            "",
            f"- length in signs: p10 {np.percentile(lengths, 10):.0f}, p50 {np.percentile(lengths, 50):.0f}, "
            f"p90 {np.percentile(lengths, 90):.0f}, longest {lengths.max()}",
            "- distinct n-grams (different / written): "
            + ", ".join(f"{n}: {distinct(texts, n):.3f}" for n in (1, 2, 3, 4)),
            f"- 3-gram Jaccard similarity to the nearest other row: {quantiles}, highest {near.max():.2f}",
            f"- different openings (first 6 signs): {len({t[:6] for t in texts})} of {len(texts)} rows",
            "",
        ]
    )


def main() -> int:
    rows = [
        json.loads(line)
        for file in sorted((HERE / "complaints").glob("*.jsonl"))
        for line in file.read_text("utf-8").splitlines()
    ]
    seeds = [r for r in rows if r["id"].startswith("seed")]
    full = [r for r in rows if not r["id"].startswith("seed")]
    held = sum(is_held_out(r["group"]) for r in rows)
    parts = [
        "# Our rows, counted",
        "",
        f"{len(rows)} rows: {len(full)} written with all labels, {len(seeds)} seed sentences with some; "
        f"{len({r['group'] for r in rows})} stories; {held} rows held out by story.",
        "",
        variety(full),
        table("Registers", Counter(r["register"] for r in full), ["citizen", "board", "operator"]),
    ]
    for title, kind, field in (
        ("Scopes", "scopes", "scope"),
        ("Problem types", "problem_types", "problem_types"),
        ("Domains", "domains", "domain"),
        ("Action kinds", "action_kinds", "action_kinds"),
        ("Urgency", "urgencies", "urgency"),
        ("Green channel", "green_rules", "green"),
    ):
        counts: Counter[str] = Counter()
        for row in rows:
            value = row.get(field)
            counts.update(value if isinstance(value, list) else [value] if value else [])
        parts.append(table(title, counts, taxonomy.codes(kind)))
    target = HERE / "metrics" / "corpus.md"
    target.write_text("\n".join(parts), "utf-8")
    print(target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
