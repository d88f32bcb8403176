"""Turn written rows (group|register|scope|problems|domain|actions|urgency|green|text) into nlu_data/complaints/*.jsonl.

Refuses unknown codes, personal numbers other than the one allowed, and rows that
are near to a real text of the evaluation sets (3-gram Jaccard >= 0.5).

usage: python nlu_data/scripts/import_corpus.py SOURCE.txt NAME [EVALUATION_DIR]
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from intake.classify.training import KINDS
from intake.domain import privacy, taxonomy

TARGET = Path(__file__).resolve().parents[1] / "complaints"
ALLOWED = "13800138000"


def main(source: Path, name: str, evaluation: Path | None) -> int:
    known = _shingles_of(evaluation) if evaluation else {}
    kept: dict[str, str] = {}
    refused = []
    for number, line in enumerate(source.read_text("utf-8").splitlines(), 1):
        if not line.strip():
            continue
        row, why = _read(line, known)
        if row is None:
            refused.append(f"{source.name}:{number}: {why}")
        elif row["text"] not in kept:
            row["id"] = f"{name}-{len(kept) + 1:04d}"
            kept[row["text"]] = json.dumps(row, ensure_ascii=False)
    TARGET.mkdir(parents=True, exist_ok=True)
    (TARGET / f"{name}.jsonl").write_text("\n".join(kept.values()) + "\n", "utf-8")
    print(f"{name}: {len(kept)} rows kept, {len(refused)} refused")
    print("\n".join(refused[:20]))
    return 0


def _read(line: str, known: dict[str, set[str]]) -> tuple[dict | None, str]:
    parts = line.split("|")
    if len(parts) != 9:
        return None, f"{len(parts)} fields"
    group, register, scope, problems, domain, actions, urgency, green, text = (p.strip() for p in parts)
    row = {
        "id": "",
        "group": group,
        "register": register,
        "text": text,
        "scope": scope,
        "problem_types": _codes(problems),
        "domain": domain,
        "action_kinds": _codes(actions),
        "urgency": urgency,
        "green": None if green == "-" else green,
        "author": "xiansuo",
    }
    for kind, codes in (
        ("scope", [scope]),
        ("domain", [domain]),
        ("urgency", [urgency]),
        ("problem", row["problem_types"]),
        ("action", row["action_kinds"]),
        ("green", [green] if row["green"] else []),
    ):
        unknown = set(codes) - set(taxonomy.codes(KINDS[kind]))
        if unknown:
            return None, f"unknown {kind} {sorted(unknown)}"
    if any(s.kind in ("phone", "id") and s.value != ALLOWED for s in privacy.find_secrets(text)):
        return None, "a personal number"
    if len(text) < 2 or _is_near(text, known):
        return None, "too short, or near to an evaluation text"
    return row, ""


def _codes(text: str) -> list[str]:
    return [] if text in ("-", "") else [c.strip() for c in text.split(",") if c.strip() and c.strip() != "-"]


def _shingles(text: str) -> set[str]:
    text = re.sub(r"\W", "", text)
    return {text[i : i + 3] for i in range(len(text) - 2)}


def _shingles_of(folder: Path) -> dict[str, set[str]]:
    """Rare shingle -> texts would be faster; the sets are small enough to compare by a first-cut index."""
    found: dict[str, set[str]] = {}
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            text = json.loads(line)["text"]
            found[text] = _shingles(text[:400])
    return found


def _is_near(text: str, known: dict[str, set[str]]) -> bool:
    mine = _shingles(text[:400])
    return any(len(mine & other) >= 0.5 * len(mine | other) for other in known.values()) if mine else False


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]) if len(sys.argv) > 3 else None))
