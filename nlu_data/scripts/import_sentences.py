"""Turn our writers' sentences into nlu_data/sentences/*.tsv, refusing what must not be learnt.

A line: CODES<TAB>sentence; codes of problem types separated by commas, `-` when no authority is blamed.
Refused: unknown codes, telephone and id numbers, sentences written before, and those near to a sentence of the
real sets (3-gram Jaccard >= 0.6, from 14 signs on: shorter ones are everybody's).

usage: python nlu_data/scripts/import_sentences.py FILE.tsv... --real DIR --out nlu_data/sentences
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from import_rows import ID_CARD, PHONE, grams, nearest, real_texts

from intake.classify.learn_remarks import sentences_of
from intake.domain import taxonomy

NEAR = 0.6
SHORT = 14


def read(file: Path, seen: set[str], refused: Counter[str]) -> list[tuple[str, str]]:
    """Usable lines of a file in order, as (codes, sentence)."""
    known = set(taxonomy.codes("problem_types"))
    found = []
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        codes, _, text = (part.strip() for part in line.partition("\t"))
        blamed = set() if codes == "-" else {code.strip() for code in codes.split(",")}
        bare = re.sub(r"\W+", "", text)
        if not bare or blamed - known or PHONE.search(text) or ID_CARD.search(text):
            refused["line"] += 1
            print(f"{file.name}:{number}: not usable", file=sys.stderr)
        elif bare in seen:
            refused["written before"] += 1
        else:
            seen.add(bare)
            found.append((",".join(c.strip() for c in codes.split(",")), text))
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--real", type=Path, help="folder of real texts none of ours may be near to")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    seen, refused = set[str](), Counter[str]()
    real = [s for text in real_texts(options.real) for s in sentences_of(text)] if options.real else []
    theirs = grams(s for s in real if len(s) >= SHORT)
    for file in options.files:
        lines = read(file, seen, refused)
        if real and lines:
            near = nearest(grams(text for _, text in lines), theirs)
            is_near = [
                score >= NEAR and len(text) >= SHORT for score, (_, text) in zip(near, lines, strict=True)
            ]
            refused["near a real sentence"] += sum(is_near)
            lines = [line for line, bad in zip(lines, is_near, strict=True) if not bad]
        options.out.mkdir(parents=True, exist_ok=True)
        target = options.out / f"{file.stem.removeprefix('s_')}.tsv"
        target.write_text("".join(f"{codes}\t{text}\n" for codes, text in lines), "utf-8")
        print(f"{target.name}: {len(lines)}")
    print(f"refused: {dict(refused)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
