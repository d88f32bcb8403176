"""Turn nlu_data/intents/*.txt into Rasa's training data (data/nlu.yml, generated, not committed)."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Dict, List

import yaml

HERE = Path(__file__).resolve().parent
SOURCE = HERE.parent / "nlu_data" / "intents"


def read(path: Path) -> Dict[str, List[str]]:
    """{intent: utterances} of one file; raises ValueError naming a line that fits nowhere."""
    found: Dict[str, List[str]] = defaultdict(list)
    intent = ""
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("[") and line.endswith("]"):
            intent = line[1:-1]
        elif intent:
            found[intent].append(line)
        else:
            raise ValueError(f"{path.name}:{number}: an utterance before the first [intent]")
    return found


def write(target: Path) -> Path:
    """Write Rasa's NLU file from talk.txt and faq_questions.txt."""
    merged: Dict[str, List[str]] = defaultdict(list)
    for name in ("talk.txt", "faq_questions.txt"):
        for intent, lines in read(SOURCE / name).items():
            merged[intent] += lines
    nlu = [
        {"intent": i, "examples": "".join(f"- {line}\n" for line in dict.fromkeys(ls))}
        for i, ls in sorted(merged.items())
    ]
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(
        yaml.safe_dump({"version": "3.1", "nlu": nlu}, allow_unicode=True, sort_keys=False), "utf-8"
    )
    return target
