"""What the images are, as whoever runs them sees it."""

import json
import os
import subprocess
from typing import Any, Final

import pytest
from tests.fixtures.composed import docker

MEGABYTE: Final = 1_000_000
LIMITS: Final = {"INGEST": 400, "NORMALIZE": 450, "MERGE": 400}  # MB, the base among them


def image_of(service: str) -> str:
    return os.environ[f"ENLIST_{service}_IMAGE"]


def inspected(service: str) -> dict[str, Any]:
    (found,) = json.loads(docker("image", "inspect", image_of(service)))
    return dict(found)


def run(service: str, *program: str) -> subprocess.CompletedProcess[str]:
    """A program in a container of the image, hardened as in the Compose file."""
    hardened = ("--read-only", "--cap-drop", "ALL", "--network", "none")
    command = ("docker", "run", "--rm", *hardened, "--entrypoint", program[0], image_of(service))
    return subprocess.run([*command, *program[1:]], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("service", LIMITS)
def test_an_image_is_as_small_as_promised(service: str) -> None:
    """In megabytes, as `docker image inspect` counts them."""
    assert inspected(service)["Size"] <= LIMITS[service] * MEGABYTE


@pytest.mark.parametrize("service", LIMITS)
def test_an_image_runs_as_nobody_and_says_how_it_is(service: str) -> None:
    """A numeric user, so that Kubernetes can see that it is not root; a health check."""
    config = inspected(service)["Config"]
    assert config["User"] == "10001:10001"
    assert config["Healthcheck"]["Test"] == ["CMD", "python", "-m", "enlist_shared.probe"]


@pytest.mark.parametrize("service", LIMITS)
def test_an_image_holds_its_own_service_alone(service: str) -> None:
    """Neither another service nor what installs packages."""
    names = ("enlist_ingest", "enlist_normalize", "enlist_merge", "pip")
    asked = f"from importlib.util import find_spec as f; print([n for n in {names} if f(n)])"
    assert run(service, "python", "-c", asked).stdout.strip() == f"['enlist_{service.lower()}']"


@pytest.mark.parametrize("service", LIMITS)
def test_a_service_without_settings_says_what_it_lacks(service: str) -> None:
    """On a read-only root, without any capability, it starts as far as its settings."""
    words = ("python", "-m", f"enlist_{service.lower()}", *(["api"] if service == "INGEST" else []))
    ended = run(service, *words)
    assert ended.returncode != 0
    assert "kafka" in ended.stderr
    assert "Read-only file system" not in ended.stderr


def test_the_probe_says_no_where_nothing_listens() -> None:
    """An absent service is not a healthy one."""
    assert run("MERGE", "python", "-m", "enlist_shared.probe").returncode == 1
