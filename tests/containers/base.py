"""A base image made of the distribution's packages: Debian's smallest, with Python."""

import os
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tests.containers.engine import Engine, install

TAG: Final = "enlist-base:stand-in"
INCLUDED: Final = "python3,python3-venv,ca-certificates"
# What the official slim images leave out, too.
LEFT_OUT: Final = (
    "usr/share/doc",
    "usr/share/info",
    "usr/share/locale",
    "usr/share/man",
    "var/cache/apt",
    "var/lib/apt/lists",
    "var/log",
)


def make_base(engine: Engine, archive: Path) -> str:
    """The name of the image; the archive that it is made of is kept for the next time."""
    if not archive.exists():
        install({"debootstrap": "debootstrap"})
        _bootstrap(archive)
    with archive.open("rb") as content:
        engine.run("import", "-", TAG, stdin=content.fileno())
    return TAG


def _bootstrap(archive: Path) -> None:
    archive.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="enlist-base-") as root:
        options = ("--variant=minbase", f"--include={INCLUDED}")
        command = ("debootstrap", *options, _suite(), root, _mirror())
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        for path in LEFT_OUT:
            shutil.rmtree(Path(root, path), ignore_errors=True)
            Path(root, path).mkdir(parents=True)
        Path(root, "var/lib/apt/lists/partial").mkdir()
        unfinished = archive.with_suffix(".unfinished")
        subprocess.run(["tar", "-C", root, "-cf", unfinished, "."], check=True)
        unfinished.rename(archive)


def _suite() -> str:
    """This machine's release."""
    lines = Path("/etc/os-release").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)["VERSION_CODENAME"]


def _mirror() -> str:
    """Where this machine's own packages of that release come from, asked of apt."""
    asked = ("apt-get", "indextargets", "--format", "$(SITE) $(RELEASE)", "Created-By: Packages")
    said = subprocess.run(asked, check=True, capture_output=True, text=True).stdout
    for line in said.splitlines():
        site, release = line.split()
        if release == _suite():
            return site
    raise LookupError(f"apt knows no source of {_suite()}: {os.linesep}{said}")
