"""The images: ours from `deploy/Dockerfile`, stand-ins for the servers' from packages."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tests.containers.engine import Engine
from tests.fixtures import containers

ROOT: Final = Path(__file__).parents[2]
SERVICES: Final = ("ingest", "normalize", "merge")
SERVERS: Final = {
    "postgres": containers.POSTGRES,
    "kafka": containers.KAFKA,
    "objectstore": containers.OBJECTSTORE,
}
CERTIFICATES: Final = "/etc/ssl/certs/ca-certificates.crt"
# What a build has to know of this machine's pip: where packages come from, and how patient to be.
PIP_OPTIONS: Final = ("index-url", "extra-index-url", "trusted-host", "timeout", "default-timeout")


def make_images(engine: Engine, base: str) -> dict[str, str]:
    """Build all; the variables of Compose and of the fixtures, with the names of the images."""
    variables: dict[str, str] = {}
    with _secrets() as secrets:
        for name, variable in SERVERS.items():
            options = ("--target", name, "--build-arg", f"BASE={base}", *secrets)
            tag = _build(engine, name, "tests/containers/servers/Dockerfile", *options)
            variables |= {variable: tag, f"ENLIST_{name.upper()}_IMAGE": tag}
        for name in SERVICES:
            arguments = (f"SERVICE={name}", f"PYTHON={base}")
            options = tuple(word for one in arguments for word in ("--build-arg", one))
            tag = _build(engine, name, "deploy/Dockerfile", *options, *secrets)
            variables[f"ENLIST_{name.upper()}_IMAGE"] = tag
    return variables


def sizes(engine: Engine, *images: str) -> str:
    """A line for each image: its size in megabytes, as `docker image inspect` counts."""
    shown = [
        (image, int(engine.run("image", "inspect", "--format", "{{.Size}}", image)))
        for image in images
    ]
    return "\n".join(f"{size / 1e6:6.0f} MB  {image}" for image, size in shown)


def _build(engine: Engine, name: str, dockerfile: str, *options: str) -> str:
    tag = f"enlist-{name}:stand-in"
    # In this machine's network, which may know mirrors that no other one does.
    where = ("--network", "host", "--file", str(ROOT / dockerfile))
    engine.build(*where, "--tag", tag, *options, str(ROOT))
    return tag


@contextmanager
def _secrets() -> Iterator[tuple[str, ...]]:
    """How this machine's pip reaches its packages, told to a build and left in no image."""
    with TemporaryDirectory(prefix="enlist-secrets-") as folder:
        configuration = Path(folder, "pip.conf")
        configuration.write_text("\n".join(["[global]", *_pip_options()]), encoding="utf-8")
        options = [f"id=pip.conf,src={configuration}"]
        if Path(CERTIFICATES).exists():
            options.append(f"id=certificates,src={CERTIFICATES}")
        yield tuple(word for option in options for word in ("--secret", option))


def _pip_options() -> list[str]:
    asked = (sys.executable, "-m", "pip", "config", "list")
    said = subprocess.run(asked, check=True, capture_output=True, text=True, env=os.environ).stdout
    named = (line.split("=", 1) for line in said.splitlines())  # global.timeout='180'
    options = {name.rpartition(".")[2]: value.strip("'") for name, value in named}
    found = [f"{name} = {options[name]}" for name in PIP_OPTIONS if name in options]
    return [*found, f"cert = {CERTIFICATES}"] if Path(CERTIFICATES).exists() else found
