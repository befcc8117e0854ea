"""Places where a test may kill this process: `ENLIST_FAILPOINTS` names a folder.

A file `name:number.…` in it is one death: the process that reaches the point deletes the file and
kills itself with SIGKILL, as a crash would. So a test arms a stack that runs, and the next process
gets through. Unset, as in production, a point costs one look at a constant.
"""

import os
import signal
from pathlib import Path
from typing import Final

FOLDER: Final = "ENLIST_FAILPOINTS"
_FOLDER: Final = os.environ.get(FOLDER)


def failpoint(name: str, number: int) -> None:
    """Die here if a file says so."""
    if _FOLDER is None:
        return
    for death in Path(_FOLDER).glob(f"{name}:{number}.*"):
        try:
            death.unlink()
        except FileNotFoundError:  # it was somebody else's
            continue
        os.kill(os.getpid(), signal.SIGKILL)
