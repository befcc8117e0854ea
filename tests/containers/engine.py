"""A Docker engine: the one that answers, or one of our own from the distribution's packages."""

import fcntl
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

PACKAGES: Final = {"dockerd": "docker.io", "docker-compose": "docker-compose"}
DRIVERS: Final = ("overlay2", "vfs")  # the second works everywhere, and copies every layer
BUILDKIT: Final = {"DOCKER_BUILDKIT": "1"}  # older engines have to be asked for it
START_SECONDS: Final = 30
STOP_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class Engine:
    """How the engine is called; `environment` is what its clients have to be told."""

    docker: str
    compose: str
    environment: Mapping[str, str]

    def run(self, *arguments: str, stdin: int | None = None) -> str:
        """What the command said; its complaints go to our own standard error."""
        done = subprocess.run(
            [self.docker, *arguments],
            env=os.environ | dict(self.environment),
            stdin=stdin,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def build(self, *arguments: str) -> None:
        """Build an image; the end of what was said is shown if that fails."""
        done = subprocess.run(
            [self.docker, "build", "--progress", "plain", *arguments],
            env=os.environ | dict(self.environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            sys.exit(f"{shlex.join(done.args)} failed:\n{done.stdout[-5000:]}")


@contextmanager
def running_engine(data: Path) -> Iterator[Engine]:
    """The engine that answers; else one of our own with its data in `data`, stopped at the end."""
    if succeeds("docker", "info"):
        yield Engine("docker", _compose_of("docker"), BUILDKIT)
        return
    install(PACKAGES)
    with TemporaryDirectory(prefix="enlist-engine-") as name:
        address = f"unix://{name}/docker.sock"
        environment = {"DOCKER_HOST": address} | BUILDKIT
        with _daemon(data, Path(name), address):
            # The distribution's client, whatever else is on the path: it can build by itself.
            yield Engine("/usr/bin/docker", _compose_of("/usr/bin/docker"), environment)


def install(packages: Mapping[str, str]) -> None:
    """Install the packages of the programs that are missing; only root on Debian can."""
    missing = [package for program, package in packages.items() if not shutil.which(program)]
    if not missing:
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        sys.exit(
            f"make test-containers: no Docker engine answers, and {', '.join(missing)} could be "
            "installed only by root on Debian; start an engine, or install them"
        )
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    for words in (("update",), ("install", "--yes", "--no-install-recommends", *missing)):
        subprocess.run(["apt-get", "-qq", *words], env=os.environ | quiet, check=True)


def succeeds(*command: str) -> bool:
    """Whether the command exists and ends with 0."""
    if not shutil.which(command[0]):
        return False
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _compose_of(docker: str) -> str:
    return f"{docker} compose" if succeeds(docker, "compose", "version") else "docker-compose"


@contextmanager
def _daemon(data: Path, folder: Path, address: str) -> Iterator[None]:
    """dockerd with the first storage driver that works here; its log is `dockerd.log`."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # a second run waits: one daemon for one folder
        yield from _first_that_starts(data, folder, address)


def _first_that_starts(data: Path, folder: Path, address: str) -> Iterator[None]:
    for driver in DRIVERS:
        daemon = _start(data, folder, address, driver)
        try:
            if _comes_up(daemon, address):
                yield
                return
        finally:
            _stop(daemon)
    sys.exit(f"dockerd did not start:\n{_log(data).read_text()[-3000:]}")


def _start(data: Path, folder: Path, address: str, driver: str) -> subprocess.Popen[bytes]:
    places = ("--data-root", data / driver, "--exec-root", folder / "exec")
    command = ("dockerd", *places, "--pidfile", folder / "pid", "--host", address)
    with _log(data).open("wb") as log:
        return subprocess.Popen(
            [*command, "--storage-driver", driver], stdout=log, stderr=log, start_new_session=True
        )


def _log(data: Path) -> Path:
    return data / "dockerd.log"


def _comes_up(daemon: subprocess.Popen[bytes], address: str) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while daemon.poll() is None and time.monotonic() < deadline:
        if succeeds("docker", "--host", address, "info"):
            return True
        time.sleep(0.2)
    return False


def _stop(daemon: subprocess.Popen[bytes]) -> None:
    if daemon.poll() is None:
        daemon.send_signal(signal.SIGTERM)  # it ends its containers and their shims
    try:
        daemon.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        daemon.kill()
        daemon.wait()
