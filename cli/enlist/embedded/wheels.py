"""Where the programs lie that wheels bring along."""

import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

from enlist.embedded.program import NotStartedError


def packaged(package: str, *path: str) -> str:
    """A file of an installed package, found without importing it (some warn when imported)."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise NotStartedError(f"the package {package} is missing: run make setup")
    return str(Path(spec.submodule_search_locations[0], *path))


def beside_interpreter(name: str) -> str:
    """A program that a wheel put among the scripts of our environment."""
    found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if found is None:
        raise NotStartedError(f"the program {name} is missing: run make setup")
    return found
