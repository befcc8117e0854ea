"""A program that runs as a child: how it is started, when it is ready, how it is stopped."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from enlist.embedded.waiting import Condition, wait_for

LAUNCH: Final = str(Path(__file__).with_name("launch.py"))
ORDINARY: Final = ("PATH", "HOME", "TMPDIR", "TZ", "LANG", "LC_ALL", "LD_LIBRARY_PATH")
LOG_TAIL: Final = 2000  # bytes of a log that are shown when a program does not start


class NotStartedError(Exception):
    """A program ended, or did not become ready in time; the message carries its last words."""


async def _at_once() -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A command line and what the supervisor must know about it.

    `environment` is all that the program sees besides PATH and the like. `ready` is asked at
    every start until it holds, and may do on the way what a fresh start needs.
    `orphan_signal` ends it at once: the kernel sends it should the supervisor be killed.
    """

    name: str
    command: tuple[str, ...]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    user: str | None = None
    ready: Condition = _at_once
    start_timeout: float = 30.0
    stop_signal: signal.Signals = signal.SIGTERM
    orphan_signal: signal.Signals = signal.SIGKILL


def ordinary_environment() -> dict[str, str]:
    """What every program may see of ours: where things are, never a secret or a setting."""
    return {name: os.environ[name] for name in ORDINARY if name in os.environ}


def launched_by(
    supervisor: int, orphan_signal: signal.Signals, user: str | None = None
) -> tuple[str, ...]:
    """What goes before a command so that it cannot outlive its parent; see `launch.py`."""
    words = (str(supervisor), str(int(orphan_signal)), user or "-")
    return (sys.executable, "-I", "-S", LAUNCH, *words)


class Child:
    """A running program, leader of its own session and process group."""

    def __init__(self, program: Program, process: asyncio.subprocess.Process) -> None:
        self.program = program
        self.process = process

    @classmethod
    async def start(cls, program: Program) -> Self:
        """Start it without waiting for it to be ready; its output goes to its log."""
        program.log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with program.log.open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *launched_by(os.getpid(), program.orphan_signal, program.user),
                *program.command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=ordinary_environment() | dict(program.environment),
                start_new_session=True,
            )
        return cls(program, process)

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def running(self) -> bool:
        return self.process.returncode is None

    async def become_ready(self) -> None:
        """Wait until it is ready; NotStartedError if it ends first or takes too long."""
        try:
            await wait_for(self._ready_or_ended, self.program.start_timeout)
            if self.running:
                return
        except TimeoutError:
            await self.stop(grace=1.0)
        raise NotStartedError(f"{self.program.name} did not start{last_words(self.program.log)}")

    async def _ready_or_ended(self) -> bool:
        return not self.running or await self.program.ready()

    async def wait(self) -> int:
        """The exit status; negative is the signal that ended it."""
        return await self.process.wait()

    async def stop(self, grace: float) -> None:
        """Ask it to stop; after `grace` seconds end it and its whole process group."""
        await self._signal(self.program.stop_signal, grace)
        await self._signal(self.program.orphan_signal, wait=1.0)
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        await self.process.wait()

    async def _signal(self, number: signal.Signals, wait: float) -> None:
        if not self.running:
            return
        with suppress(ProcessLookupError):
            self.process.send_signal(number)
        with suppress(TimeoutError):
            await asyncio.wait_for(self.process.wait(), wait)


def last_words(log: Path) -> str:
    """The end of a log, worded so that an error can end with it."""
    tail = log.read_bytes()[-LOG_TAIL:].decode(errors="replace").strip()
    return f"; its log {log} ends:\n{tail}" if tail else ""


@asynccontextmanager
async def running(program: Program, grace: float = 5.0) -> AsyncIterator[Child]:
    """The program, ready, for the length of a block; nobody starts it again should it die."""
    child = await Child.start(program)
    try:
        await child.become_ready()
        yield child
    finally:
        await child.stop(grace)
