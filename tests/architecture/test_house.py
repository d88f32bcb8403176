"""The layout shows the architecture: rooms, directions, sizes, nothing that must not be committed."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = {"bot", "intake", "nlu_data", "connectors", "tests", "docker", "docs"}
FILES = {
    "pyproject.toml",
    "README.md",
    "README.zh.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "Makefile",
    "requirements.lock",
    "requirements-dev.lock",
}
LONGEST_FILE, LONGEST_FUNCTION = 300, 40
# Registry hosts and machine paths, written so that this file does not name them itself.
FORBIDDEN = re.compile(
    "|".join(
        [
            "py" + r"pi\.org",
            "python" + r"hosted\.org",
            r"registry\." + "npmjs",
            "deb" + r"\.debian\.org",
            "/ro" + "ot/",
            "/wo" + "rk/",
        ]
    )
)


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", *patterns], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).exists()]


def sources() -> list[Path]:
    return [
        p
        for p in tracked("intake/*.py", "connectors/*.py", "bot/*.py", "nlu_data/*.py")
        if "migrations/versions" not in str(p)
    ]


def test_the_top_level_has_exactly_the_rooms():
    tops = {p.relative_to(ROOT).parts[0] for p in tracked()}

    assert {t for t in tops if not t.startswith(".")} <= ROOMS | FILES
    assert tops >= ROOMS


def test_the_import_contracts_hold():
    command = Path(sys.executable).with_name("lint-imports")

    done = subprocess.run([command], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout


def test_the_bot_imports_none_of_the_others():
    for path in tracked("bot/*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not any(n.split(".")[0] in ("intake", "connectors", "nlu_data") for n in names), path


def test_settings_are_read_only_at_the_top():
    allowed = {"bootstrap.py", "main.py", "worker.py", "cli", "supervise", "settings.py"}
    for path in tracked("intake/*.py"):
        if "import Settings" in path.read_text("utf-8"):
            assert path.relative_to(ROOT / "intake").parts[0] in allowed, path


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(ROOT)))
def test_files_and_functions_stay_small(path):
    text = path.read_text("utf-8")

    assert text.count("\n") <= LONGEST_FILE
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            doc = ast.get_docstring(node)
            assert length - (doc.count("\n") + 3 if doc else 0) <= LONGEST_FUNCTION, node.name


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(ROOT)))
def test_every_file_says_what_it_is(path):
    text = path.read_text("utf-8")

    assert not text.strip() or ast.get_docstring(ast.parse(text))


def test_no_registry_host_and_no_machine_path_is_named():
    for path in tracked():
        if path.suffix in (".png", ".npz"):
            continue
        found = FORBIDDEN.search(path.read_text("utf-8", "replace"))
        assert not found, (path, found.group())


def test_locks_carry_hashes_and_no_address():
    for path in (ROOT / "requirements.lock", ROOT / "requirements-dev.lock", ROOT / "bot/requirements.lock"):
        text = path.read_text("utf-8")
        pinned = len(re.findall(r"(?m)^[a-z0-9._-]+(?:\[[a-z,]+\])?==", text, re.IGNORECASE))
        assert pinned > 30
        assert text.count("--hash=sha256:") >= pinned
        assert "--index-url" not in text
        assert "://" not in text


def test_logs_carry_no_built_strings():
    for path in tracked("intake/*.py", "connectors/*.py"):
        assert not re.search(r"\blog\.\w+\(f[\"']", path.read_text("utf-8")), path


def test_nothing_reads_the_shared_folder_at_run_time():
    for path in sources():
        if path.name in ("evaluation.py", "models.py", "import_corpus.py", "command.py"):
            continue
        assert "../shared" not in path.read_text("utf-8"), path
