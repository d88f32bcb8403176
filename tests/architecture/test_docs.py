"""Papers and tables keep up with the code: settings, links, commands, sources."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from intake.cli import app
from intake.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
PAPERS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "connectors").rglob("*.md")])
TABLES = sorted([*(ROOT / "intake/domain/data").glob("*.csv"), *(ROOT / "connectors").rglob("data/*.csv")])
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)|src=\"([^\"]+)\"")


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_every_setting_is_in_the_operations_paper():
    paper = (ROOT / "docs/operations.md").read_text("utf-8")
    missing = [s for s in Settings.model_fields if f"`XIANSUO_{s.upper()}`" not in paper]

    assert missing == []


@pytest.mark.parametrize("paper", PAPERS, ids=name)
def test_links_lead_somewhere(paper):
    for match in LINK.finditer(paper.read_text("utf-8")):
        target = match.group(1) or match.group(2)
        assert (paper.parent / target).exists(), target


@pytest.mark.parametrize("paper", PAPERS, ids=name)
def test_commands_named_in_a_paper_exist(paper):
    known = {c.name or c.callback.__name__ for c in app.registered_commands}
    known |= {g.name for g in app.registered_groups}
    targets = set(re.findall(r"(?m)^([a-z]+):", (ROOT / "Makefile").read_text("utf-8")))
    text = paper.read_text("utf-8")

    assert set(re.findall(r"`(?:\.venv/bin/)?xiansuo ([a-z]+)", text)) <= known
    assert set(re.findall(r"`make ([a-z]+)", text)) <= targets


@pytest.mark.parametrize("table", TABLES, ids=name)
def test_every_row_of_a_table_says_where_it_comes_from(table):
    rows = list(csv.DictReader(table.read_text("utf-8").splitlines()))

    assert rows
    assert all(row["source"].strip() for row in rows)


@pytest.mark.parametrize("table", TABLES, ids=name)
def test_no_row_of_a_table_stands_twice(table):
    lines = table.read_text("utf-8").splitlines()

    assert len(lines) == len(set(lines))


def test_the_two_readmes_show_the_same_picture_and_papers():
    english = set(re.findall(r"docs/[\w./]+", (ROOT / "README.md").read_text("utf-8")))
    chinese = set(re.findall(r"docs/[\w./]+", (ROOT / "README.zh.md").read_text("utf-8")))

    assert english == chinese


def test_decisions_are_numbered_without_a_gap():
    found = sorted((ROOT / "docs/decisions").glob("*.md"))

    assert [p.name[:4] for p in found] == [f"{n:04}" for n in range(1, len(found) + 1)]
    for paper in found:
        text = paper.read_text("utf-8")
        parts = re.findall(r"(?m)^(?:## |\*\*)(Context|Decision|Consequences|Enforced by)\b", text)
        assert parts == ["Context", "Decision", "Consequences", "Enforced by"], paper.name
