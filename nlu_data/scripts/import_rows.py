"""Turn pipe-separated rows of our writers into nlu_data/complaints/*.jsonl, refusing what must not be learnt.

A row: group|register|scope|problems|domain|actions|urgency|green|text, `-` for none; `?` is a label nobody has given.
What blames an authority may stand between ⟦ and ⟧ in the text; the marks become `remarks`, spans of the text.
Refused: unknown codes, telephone numbers other than 138 0013 8000, texts equal or
near (3-gram Jaccard >= 0.5) to a text of the real sets or to an earlier row of another group.

usage: python nlu_data/scripts/import_rows.py ROWS.txt... --real DIR --out nlu_data/complaints
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import HashingVectorizer

from intake.domain import taxonomy

NEAR = 0.5
REGISTERS = {"citizen", "board", "operator"}
PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
ID_CARD = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")


def many(field: str) -> list[str]:
    return [] if field == "-" else [code.strip() for code in field.split(",")]


def read_row(line: str, name: str, number: int) -> dict[str, object]:
    """raises: ValueError that says what is wrong"""
    fields = line.split("|")
    if len(fields) != 9:
        raise ValueError(f"{len(fields)} fields")
    group, register, scope, problems, domain, actions, urgency, green, marked = (f.strip() for f in fields)
    text, remarks = unmarked(marked)
    row: dict[str, object] = {
        "id": f"{name}-{number:04d}",
        "group": group,
        "register": register,
        "text": text,
        "scope": scope,
        "problem_types": many(problems),
        "domain": domain,
        "action_kinds": many(actions) or ["AK00"],
        "urgency": urgency,
        "green": None if green == "-" else green,
        "author": "xiansuo",
    }
    if remarks:
        row["remarks"] = remarks
    for name, given in (("action_kinds", actions), ("urgency", urgency), ("green", green)):
        if given == "?":
            del row[name]
    check(row)
    return row


def unmarked(marked: str) -> tuple[str, list[tuple[int, int]]]:
    """The text without its marks, and what stood between them.

    raises: ValueError when a mark is open or closed alone
    """
    parts, spans, length = [], [], 0
    for i, piece in enumerate(re.split(r"[⟦⟧]", marked)):
        if i % 2:
            spans.append((length, length + len(piece)))
        parts.append(piece)
        length += len(piece)
    if re.sub(r"[^⟦⟧]", "", marked) != "⟦⟧" * len(spans):
        raise ValueError("a mark is broken")
    return "".join(parts), spans


def check(row: dict[str, object]) -> None:
    allowed = {
        "scope": {*taxonomy.codes("scopes"), None},
        "domain": {*taxonomy.codes("domains"), None},
        "urgency": {*taxonomy.codes("urgencies"), None},
        "green": {*taxonomy.codes("green_rules"), None},
        "register": REGISTERS,
    }
    wrong = [f"{key}={row[key]}" for key, codes in allowed.items() if key in row and row[key] not in codes]
    lists = {"problem_types": taxonomy.codes("problem_types"), "action_kinds": taxonomy.codes("action_kinds")}
    for key, codes in lists.items():
        wrong += [f"{key}={code}" for code in row.get(key) or [] if code not in codes]  # type: ignore[attr-defined]
    text = str(row["text"])
    if len(text) < 2:
        wrong.append("text too short")
    if any(found != "13800138000" for found in PHONE.findall(text)) or ID_CARD.search(text):
        wrong.append("telephone or id number")
    if wrong:
        raise ValueError(", ".join(wrong))


def grams(texts: Iterable[str]) -> csr_matrix:
    """Binary character 3-grams, hashed: a row a text."""
    bare = [re.sub(r"\W+", "", text) for text in texts]
    return HashingVectorizer(
        analyzer="char", ngram_range=(3, 3), binary=True, norm=None, n_features=2**20, dtype=np.float32
    ).transform(bare)


def nearest(ours: csr_matrix, others: csr_matrix, *, itself: bool = False) -> np.ndarray:
    """Jaccard similarity to the nearest row of `others` (not to itself). cost: 3,000 x 18,000 in about 60 s"""
    ours, others = abs(ours), abs(others)
    size_a, size_b = np.asarray(ours.sum(axis=1)).ravel(), np.asarray(others.sum(axis=1)).ravel()
    best = np.zeros(ours.shape[0])
    for start in range(0, ours.shape[0], 200):
        shared = (ours[start : start + 200] @ others.T).tocoo()
        union = size_a[start + shared.row] + size_b[shared.col] - shared.data
        score = np.divide(shared.data, union, out=np.zeros_like(union), where=union > 0)
        if itself:
            score[start + shared.row == shared.col] = 0
        np.maximum.at(best, start + shared.row, score)
    return best


def real_texts(folder: Path) -> Iterator[str]:
    for file in sorted(folder.rglob("*.jsonl")):
        for line in file.read_text("utf-8").splitlines():
            row = json.loads(line)
            yield str(row.get("title") or "") + str(row.get("text") or "".join(row.get("tokens", [])))
    for file in sorted(folder.rglob("*raw*.csv")):
        for cells in csv.reader(file.read_text("utf-8", "replace").splitlines()):
            yield max(cells, key=len, default="")


def first_of_each(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """Without texts near to an earlier row of another group."""
    matrix = abs(grams(str(r["text"]) for r in rows))
    sizes = np.asarray(matrix.sum(axis=1)).ravel()
    keep: list[int] = []
    for i, row in enumerate(rows):
        if keep:
            shared = np.asarray((matrix[keep] @ matrix[i].T).todense()).ravel()
            score = shared / np.maximum(sizes[keep] + sizes[i] - shared, 1)
            if any(s >= NEAR and rows[k]["group"] != row["group"] for k, s in zip(keep, score, strict=True)):
                continue
        if not any(rows[k]["text"] == row["text"] for k in keep):
            keep.append(i)
    return [rows[i] for i in keep]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--real", type=Path, help="folder of real texts none of ours may be near to")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    rows, refused = [], Counter[str]()
    for file in options.files:
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
            try:
                rows.append(read_row(line, file.stem, number))
            except ValueError as error:
                refused["row"] += 1
                print(f"{file.name}:{number}: {error}", file=sys.stderr)
    if options.real:
        near = nearest(grams(str(r["text"]) for r in rows), grams(real_texts(options.real)))
        refused["near a real text"] = int((near >= NEAR).sum())
        rows = [r for r, score in zip(rows, near, strict=True) if score < NEAR]
    before = len(rows)
    rows = first_of_each(rows)
    refused["near another row"] = before - len(rows)
    options.out.mkdir(parents=True, exist_ok=True)
    for file in options.files:
        mine = [r for r in rows if str(r["id"]).startswith(f"{file.stem}-")]
        lines = [json.dumps(r, ensure_ascii=False) for r in mine]
        (options.out / f"{file.stem}.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    print(f"{len(rows)} rows; refused: {dict(refused)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
