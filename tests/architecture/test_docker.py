"""The images match the processes of `make run`, as far as a machine without a docker engine can tell."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from intake.settings import Settings
from intake.supervise import parts

ROOT = Path(__file__).resolve().parents[2]
DOCKER = ROOT / "docker"
MODEL = "models/current.tar.gz"
IMAGES = {
    "web": "web.Dockerfile",
    "worker": "web.Dockerfile",
    "hotline": "web.Dockerfile",
    "bot": "bot.Dockerfile",
}
Steps = list[tuple[str, str]]


def steps(name: str) -> Steps:
    """(instruction, rest) of a Dockerfile, continuation lines joined."""
    text = re.sub(r"\\\n", " ", (DOCKER / name).read_text("utf-8"))
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(line.split(None, 1)[0].upper(), line.split(None, 1)[1].strip()) for line in lines]


def final_stage(found: Steps) -> Steps:
    last = max(i for i, (word, _) in enumerate(found) if word == "FROM")
    return found[last:]


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((DOCKER / "compose.yml").read_text("utf-8"))


def started_by_run() -> dict[str, list[str]]:
    """The commands of `make run` without this machine's folders."""
    found = {}
    for part in parts(Settings(_env_file=None), with_hotline=True, bot_model=Path(MODEL)):
        found[part.name] = [Path(part.command[0]).name, *part.command[1:]]
    return found


@pytest.mark.parametrize("name", ["web", "worker", "hotline", "bot"])
def test_compose_starts_what_make_run_starts(compose, name):
    assert compose["services"][name]["command"] == started_by_run()[name]


def test_compose_has_a_service_for_every_process(compose):
    assert set(started_by_run()) <= set(compose["services"])


@pytest.mark.parametrize("name", ["web", "bot"])
def test_an_image_starts_its_own_process(name):
    commands = [rest for word, rest in final_stage(steps(IMAGES[name])) if word == "CMD"]

    assert json.loads(commands[-1]) == started_by_run()[name]


@pytest.mark.parametrize("name", ["web.Dockerfile", "bot.Dockerfile"])
def test_every_copied_source_exists_and_reaches_the_build(name):
    allowed = {
        line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")
    }

    for word, rest in steps(name):
        if word != "COPY" or "--from=" in rest:
            continue
        for source in rest.split()[:-1]:
            assert (ROOT / source).exists(), source
            assert any(source == a or source.startswith(f"{a}/") for a in allowed), f"{source} is ignored"


@pytest.mark.parametrize("name", ["web.Dockerfile", "bot.Dockerfile"])
def test_an_image_runs_without_privileges(name):
    users = [rest for word, rest in final_stage(steps(name)) if word == "USER"]

    assert users
    assert users[-1] not in ("root", "0")


@pytest.mark.parametrize(
    ("name", "lock"), [("web.Dockerfile", "requirements.lock"), ("bot.Dockerfile", "bot/")]
)
def test_an_image_installs_only_what_is_locked(name, lock):
    found = steps(name)
    installs = [rest for word, rest in found if word == "RUN" and re.search(r"pip (install|sync)", rest)]

    assert any(word == "COPY" and lock in rest for word, rest in found)
    for rest in installs:
        assert "--require-hashes" in rest or ("--no-deps" in rest and "--no-build-isolation" in rest), rest


@pytest.mark.parametrize("name", ["web.Dockerfile", "bot.Dockerfile"])
def test_an_image_says_whether_it_is_well(name):
    assert any(word == "HEALTHCHECK" for word, _ in final_stage(steps(name)))


@pytest.mark.parametrize(("name", "python"), [("web.Dockerfile", "3.12"), ("bot.Dockerfile", "3.10")])
def test_an_image_has_the_python_of_its_environment(name, python):
    assert dict(steps(name))["ARG"].startswith(f"PYTHON=python:{python}-")


def test_the_bot_is_reached_from_web_only(compose):
    bot = compose["services"]["bot"]

    assert bot["network_mode"] == "service:web"
    assert "ports" not in bot


def test_only_nginx_is_published(compose):
    assert [name for name, service in compose["services"].items() if "ports" in service] == ["nginx"]


def test_compose_names_only_known_settings(compose):
    known = {f"XIANSUO_{name.upper()}" for name in Settings.model_fields}

    for name, service in compose["services"].items():
        ours = {key for key in service.get("environment", {}) if key.startswith("XIANSUO_")}
        assert ours <= known, name


def test_every_needed_value_is_in_the_example(compose):
    example = (DOCKER / "env.example").read_text("utf-8")

    for needed in re.findall(r"\$\{(\w+):\?", (DOCKER / "compose.yml").read_text("utf-8")):
        assert re.search(rf"(?m)^{needed}=$", example), needed


def test_mounted_files_exist(compose):
    for service in compose["services"].values():
        for volume in service.get("volumes", []):
            if volume.startswith("./"):
                assert (DOCKER / volume.split(":")[0]).exists(), volume
