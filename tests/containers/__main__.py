"""`make test-containers`: an engine, a base, the images, then the tests that stand on them."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.containers.base import make_base
from tests.containers.engine import running_engine
from tests.containers.images import SERVICES, make_images, sizes
from tests.fixtures import composed

PATIENT: Final = ("-o", "timeout=400")  # a dozen containers start within the first test
CACHE: Final = Path("build/containers")
# On servers in containers: what is asked of any, so not what the embedded ones alone can do.
LIVE: Final = ("tests/live", "--ignore-glob=tests/live/test_stack_*")
# Through the Compose file: all that can do without our own supervisor.
THROUGH: Final = ("tests/containers", "tests/pipeline", "-m", "not supervised")


def main() -> None:
    """Ends with the first status that is not 0."""
    with running_engine(CACHE.resolve() / "engine") as engine:
        with took("the base image"):
            base = make_base(engine, CACHE / "base.tar")
        with took("the images"):
            images = make_images(engine, base)
        print(sizes(engine, base, *(images[f"ENLIST_{name.upper()}_IMAGE"] for name in SERVICES)))
        with took("the live suite on containers"):
            tested(LIVE, engine.environment, images)
        with took("the pipeline suite through Compose"):
            tested(THROUGH, engine.environment, images, {composed.COMMAND: engine.compose})


@contextmanager
def took(what: str) -> Iterator[None]:
    """Says how long a step took."""
    begin = time.monotonic()
    yield
    print(f"{what}: {time.monotonic() - begin:.0f} s", flush=True)


def tested(suite: tuple[str, ...], *environments: Mapping[str, str]) -> None:
    """Run a suite; the process ends with its status if that is not 0."""
    environment = dict(os.environ)
    for more in environments:
        environment |= more
    command = [sys.executable, "-m", "pytest", *PATIENT, *suite]
    ended = subprocess.run(command, env=environment, check=False)
    if ended.returncode != 0:
        sys.exit(ended.returncode)


if __name__ == "__main__":
    main()
