"""`enlist up` as a process of its own, as somebody at a terminal has it."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from tests.fixtures.brokers import given_broker

from enlist.client import Client
from enlist.embedded.program import launched_by
from enlist.embedded.ready_file import Ready
from enlist.embedded.waiting import wait_for

UP_WITHIN = 90.0  # seconds; the machine may be busy


@dataclass(slots=True)
class LocalStack:
    """A stack that is up: its process, and what it has printed so far."""

    process: asyncio.subprocess.Process
    ready: Ready
    lines: list[str] = field(default_factory=list)

    def client(self) -> Client:
        return Client(self.ready.api, self.ready.api_key)

    def tree(self) -> list[psutil.Process]:
        """The supervisor and everything below it."""
        supervisor = psutil.Process(self.process.pid)
        return [supervisor, *supervisor.children(recursive=True)]

    def service(self, *words: str) -> psutil.Process:
        """A process whose command line ends with these words."""
        return next(p for p in self.tree() if p.cmdline()[-len(words) :] == list(words))

    def kill_all(self) -> None:
        """SIGKILL for the whole tree at once, as a power cut would have it."""
        for process in self.tree():
            with suppress(psutil.NoSuchProcess):  # the kernel may have been quicker
                process.kill()

    async def says(self, text: str) -> None:
        """Wait until a line with this text has been printed."""

        async def said() -> bool:
            return any(text in line for line in self.lines)

        await wait_for(said, UP_WITHIN)

    async def read(self) -> None:
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            self.lines.append(line.decode())


@asynccontextmanager
async def up(folder: Path, ready_file: Path) -> AsyncIterator[LocalStack]:
    """A stack on the folder; whatever is left of it at the end is killed."""
    async with given_broker() as kafka:
        own = () if kafka is None else ("--kafka", kafka.bootstrap_servers)
        async with _up(folder, ready_file, own) as stack:
            yield stack


@asynccontextmanager
async def _up(folder: Path, ready_file: Path, own: tuple[str, ...]) -> AsyncIterator[LocalStack]:
    process = await asyncio.create_subprocess_exec(
        *launched_by(os.getpid(), signal.SIGTERM),  # so that it ends with a killed test run too
        *(sys.executable, "-m", "enlist", "up", "--data-dir", str(folder)),
        *("--ready-file", str(ready_file), "--workers", "1", *own),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )

    async def written() -> bool:
        assert process.returncode is None, await _output(process)
        return ready_file.exists()  # noqa: ASYNC240 - a glance

    try:
        await wait_for(written, UP_WITHIN)
        ready = Ready.read(ready_file)
        assert ready is not None
        stack = LocalStack(process, ready)
        reading = asyncio.create_task(stack.read())
        yield stack
        await reading
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _output(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    return (await process.stdout.read()).decode()
