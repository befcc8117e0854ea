"""What still runs of a stack whose supervisor was killed, recorded so that it can be ended.

The kernel ends the children of a dead supervisor where it can (`launch.py`); this is for the
systems and the moments where it cannot. A process is known by its number and its start time:
a number alone may belong to somebody else by now.
"""

import json
import os
import signal
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

import psutil

from enlist.embedded.private_file import write_private

CLOCK_SLACK: Final = 2.0  # seconds by which the kernel's boot time may be told differently


def record(file: Path, pids: Iterable[int]) -> None:
    """Write down the children that run now, in place of what was written before."""
    started = {}
    for pid in pids:
        with suppress(psutil.NoSuchProcess):
            started[str(pid)] = psutil.Process(pid).create_time()
    write_private(file, json.dumps(started))


def end_recorded(file: Path) -> int:
    """End what still runs of the recorded children, with their groups; returns how many."""
    left = [process for process in _recorded(file) if process.is_running()]
    for process in left:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    psutil.wait_procs(left, timeout=5)
    file.unlink(missing_ok=True)
    return len(left)


def _recorded(file: Path) -> Iterable[psutil.Process]:
    with suppress(FileNotFoundError):
        for pid, started in json.loads(file.read_text(encoding="utf-8")).items():
            with suppress(psutil.NoSuchProcess):
                process = psutil.Process(int(pid))
                if abs(process.create_time() - started) < CLOCK_SLACK:
                    yield process
