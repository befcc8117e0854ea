"""The caller's side: a child reads the workbook, and what becomes of it is a code here.

Everything blocks; who has an event loop calls it in a thread.
"""

import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from subprocess import PIPE, Popen
from threading import Event, Timer
from typing import IO, Any, Final

from enlist_rules.codes import Code, PermanentFailure
from enlist_shared.workbooks.limits import Limits

BLOCK_BYTES: Final = 1_048_576
_SAID_BYTES: Final = 65_536
_NO_MEMORY: Final = b"memory allocation of"  # what Rust says before it aborts
_STOPPED: Final = {
    signal.SIGXCPU: "it takes more time of a processor than it is given",
    signal.SIGKILL: "the system ended its reader, probably for want of memory",
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet that is being read: its name, the names of the others, and its CSV in blocks.

    The CSV is UTF-8 with commas and CRLF; all blocks but the last one have `BLOCK_BYTES`. It is
    whole once they have ended; they may end in a PermanentFailure instead: `bomb`, `corrupt`.
    """

    name: str
    others: tuple[str, ...]
    blocks: Iterator[bytes]

    @property
    def detected(self) -> dict[str, Any]:
        """What an import says about how it was read."""
        return {"sheet": self.name, "other_sheets": self.others}


@contextmanager
def open_sheet(workbook: IO[bytes], said: str | None, limits: Limits) -> Iterator[Sheet]:
    """Read a sheet of a workbook, which must be a file of the operating system.

    `said` is the name of the sheet; without it, it is the first visible one. When the block is
    left, the child is gone.

    Raises:
        PermanentFailure: `bomb`, `xml_dtd`, `encrypted`, `corrupt`, `archive`, `unsupported`,
            `options` (there is no such sheet), `empty` (none is visible).
    """
    workbook.seek(0)
    with _started(workbook, said, limits) as process:
        child = _Child(process, limits)
        try:
            first = child.first_line()
            yield Sheet(first["sheet"], tuple(first["others"]), child.blocks())
        finally:
            child.end()


def _started(workbook: IO[bytes], said: str | None, limits: Limits) -> Popen[bytes]:
    """A child with nothing of ours: no variable, no folder, no descriptor but these three."""
    told = json.dumps({"sheet": said, "limits": asdict(limits)})
    return Popen(
        [sys.executable, "-I", "-m", __package__, told],
        stdin=workbook,
        stdout=PIPE,
        stderr=PIPE,
        cwd="/",
        env={},
        start_new_session=True,
    )


class _Child:
    """A process that is ended when its time is over."""

    def __init__(self, process: Popen[bytes], limits: Limits) -> None:
        self._process = process
        self._text_bytes = limits.text_bytes
        self._late = Event()
        self._timer = Timer(limits.seconds, self._end_late)
        self._timer.daemon = True
        self._timer.start()

    def first_line(self) -> dict[str, Any]:
        """Which sheets there are."""
        line = _pipe(self._process.stdout).readline()
        if not line.endswith(b"\n"):
            self._finish()
        said: dict[str, Any] = json.loads(line)
        return said

    def blocks(self) -> Iterator[bytes]:
        """The rest of what it writes."""
        seen = 0
        while block := _pipe(self._process.stdout).read(BLOCK_BYTES):
            seen += len(block)
            if seen > self._text_bytes:
                raise PermanentFailure(Code.BOMB, f"a sheet of over {self._text_bytes:,} bytes")
            yield block
        self._finish()

    def end(self) -> None:
        """Leave nothing of it."""
        self._timer.cancel()
        self._process.kill()

    def _end_late(self) -> None:
        self._late.set()
        self._process.kill()

    def _finish(self) -> None:
        """Wait for its end; raise what it has refused, or died of."""
        said = _pipe(self._process.stderr).read(_SAID_BYTES)
        status = self._process.wait()
        if self._late.is_set():
            raise PermanentFailure(Code.BOMB, "it takes longer than it is given")
        if status:
            raise _failure(status, said)


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise ValueError("the child was started with pipes")
    return pipe


def _failure(status: int, said: bytes) -> PermanentFailure:
    """What the exit status of a child and its last words mean."""
    if -status in _STOPPED:
        return PermanentFailure(Code.BOMB, _STOPPED[signal.Signals(-status)])
    if _NO_MEMORY in said:
        return PermanentFailure(Code.BOMB, "it needs more memory than it is given")
    try:
        refusal = json.loads(said)
        return PermanentFailure(Code(refusal["code"]), refusal["detail"])
    except ValueError:  # a panic, a signal
        return PermanentFailure(Code.CORRUPT, "the workbook breaks its reader")
