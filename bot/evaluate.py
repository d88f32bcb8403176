"""How well the trained intent classifier reads utterances that it was not trained on.

`python -m evaluate [--confusions]`: loads the archive for the data as it is now and
reads nlu_data/intents/heldout.yml. Two figures: the intent it thinks likeliest, and
the intent it acts on (a fallback, which asks back, counts as not read). The story
gate is left out: it decides by what intake understood, which is not known here.
"""

from __future__ import annotations

import argparse
import sys
import tarfile
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any, Dict, List, Text, Tuple

import yaml

HERE = Path(__file__).resolve().parent
HELD_OUT = HERE.parent / "nlu_data" / "intents" / "heldout.yml"


def held_out() -> List[Tuple[Text, Text]]:
    """(utterance, intent) of the held-out file, without those that are also trained on."""
    import corpus

    blocks = yaml.safe_load(HELD_OUT.read_text("utf-8"))["nlu"]
    rows = [(line[2:], b["intent"]) for b in blocks for line in b["examples"].splitlines()]
    trained = {
        u
        for name in ("talk.txt", "faq_questions.txt")
        for us in corpus.read(corpus.SOURCE / name).values()
        for u in us
    }
    return [(u, i) for u, i in rows if u not in trained]


def classifier(archive: Path) -> Any:
    """The trained component out of an archive, with the limits of config.yml."""
    import joblib

    from components.intents import FILE, LinearIntents

    config = next(
        c
        for c in yaml.safe_load((HERE / "config.yml").read_text("utf-8"))["pipeline"]
        if c["name"].endswith("LinearIntents")
    )
    with tempfile.TemporaryDirectory() as folder, tarfile.open(archive) as tar:
        member = next(m for m in tar.getmembers() if m.name.endswith(FILE))
        member.name = FILE
        tar.extract(member, folder)
        parts = joblib.load(Path(folder) / FILE)
    return LinearIntents({**LinearIntents.get_default_config(), **config}, None, None, parts)  # type: ignore[arg-type]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m evaluate")
    parser.add_argument("--confusions", action="store_true", help="list every utterance that was misread")
    wants = parser.parse_args()
    from rasa.shared.nlu.constants import INTENT, TEXT
    from rasa.shared.nlu.training_data.message import Message

    import train

    model = classifier(train.train())
    rows = held_out()
    likeliest = acted = 0
    per_intent: Dict[Text, Counter] = {}
    started = time.perf_counter()
    for text, wanted in rows:
        message = model.process([Message({TEXT: text})])[0]
        best = message.get("intent_ranking")[0]["name"]
        act = message.get(INTENT)["name"]
        likeliest += best == wanted
        acted += act == wanted
        per_intent.setdefault(wanted, Counter())[best == wanted] += 1
        if wants.confusions and best != wanted:
            print(f"  {text}: {wanted} -> {best}")
    took = (time.perf_counter() - started) / len(rows) * 1000
    for intent, count in sorted(per_intent.items(), key=lambda kv: kv[1][True] / sum(kv[1].values())):
        print(f"{intent:16} {count[True]}/{sum(count.values())}")
    print(
        f"held out {len(rows)}: likeliest {likeliest / len(rows):.3f}, acted on {acted / len(rows):.3f}, {took:.1f} ms each"
    )


if __name__ == "__main__":
    sys.path.insert(0, str(HERE))
    main()
