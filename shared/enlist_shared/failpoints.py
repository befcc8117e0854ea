"""Places where a test may kill this process: `ENLIST_FAILPOINT=name[:number]`.

A named point kills with SIGKILL, as a crash would. With `ENLIST_FAILPOINT_ONCE=path` it does so
only while the file does not exist, and creates it first, so that the next process gets through.
Unset, as in production, a point costs one look at a constant.
"""

import os
import signal
from pathlib import Path
from typing import Final

_NAME, _, _NUMBER = os.environ.get("ENLIST_FAILPOINT", "").partition(":")
_ONCE: Final = os.environ.get("ENLIST_FAILPOINT_ONCE")


def failpoint(name: str, number: int) -> None:
    """Die here if the environment says so."""
    if name != _NAME or (_NUMBER and int(_NUMBER) != number):
        return
    if _ONCE:
        try:
            Path(_ONCE).touch(exist_ok=False)
        except FileExistsError:
            return
    os.kill(os.getpid(), signal.SIGKILL)
