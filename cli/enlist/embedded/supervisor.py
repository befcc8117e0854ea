"""Keeps programs running: starts them, starts them again when they die, stops them in order."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from enlist.embedded import leftovers
from enlist.embedded.program import Child, NotStartedError, Program

FIRST_DELAY: Final = 0.25  # seconds before a dead child is started again; doubles
LONGEST_DELAY: Final = 10.0
STEADY_AFTER: Final = 30.0  # seconds after which a child's earlier deaths are forgotten
STOP_WITHIN: Final = 9.0  # seconds for all children together
LAST_RESERVE: Final = 1.5  # of these, kept for each group that is stopped later

Say = Callable[[str], None]


class Supervisor:
    """Children in groups; the group that was started last is stopped first."""

    def __init__(self, say: Say, record: Path) -> None:
        self._say = say
        self._record = record
        self._groups: list[list[_Kept]] = []

    async def start(self, *programs: Program) -> None:
        """Start a group at once and wait until all are ready; NotStartedError otherwise."""
        group = [_Kept(program, self._say, self._write_record) for program in programs]
        self._groups.append(group)
        try:
            async with asyncio.TaskGroup() as starting:
                for kept in group:
                    starting.create_task(kept.start())
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from None

    def pid(self, name: str) -> int:
        """The process that is the named child now; KeyError when there never was one."""
        for group in self._groups:
            for kept in group:
                if kept.program.name == name and kept.child is not None:
                    return kept.child.pid
        raise KeyError(name)

    async def stop(self) -> None:
        """Stop every child within STOP_WITHIN seconds, group after group."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + STOP_WITHIN
        while self._groups:
            later = (len(self._groups) - 1) * LAST_RESERVE
            grace = max(deadline - loop.time() - later, LAST_RESERVE) - 1.0
            await asyncio.gather(*(kept.stop(grace) for kept in self._groups[-1]))
            self._groups.pop()
        self._record.unlink(missing_ok=True)

    def _write_record(self) -> None:
        children = (kept.child for group in self._groups for kept in group)
        leftovers.record(self._record, (c.pid for c in children if c is not None and c.running))


class _Kept:
    """One program and the task that starts it again."""

    def __init__(self, program: Program, say: Say, changed: Callable[[], None]) -> None:
        self.program = program
        self.child: Child | None = None
        self._say = say
        self._changed = changed
        self._watch: asyncio.Task[None] | None = None

    async def start(self) -> None:
        child = await self._launch()
        await child.become_ready()
        self._watch = asyncio.create_task(self._keep(child), name=f"keep-{self.program.name}")

    async def stop(self, grace: float) -> None:
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.wait([self._watch])
        if self.child is not None:
            await self.child.stop(grace)

    async def _launch(self) -> Child:
        self.child = await Child.start(self.program)
        self._changed()
        return self.child

    async def _keep(self, child: Child) -> None:
        loop = asyncio.get_running_loop()
        delay, since = FIRST_DELAY, loop.time()
        while True:
            status = await child.wait()
            if loop.time() - since > STEADY_AFTER:
                delay = FIRST_DELAY
            name = self.program.name
            self._say(f"{name} {_how(status)}; starting it again in {delay:g} s")
            await asyncio.sleep(delay)
            delay, since = min(delay * 2, LONGEST_DELAY), loop.time()
            await child.stop(grace=0)  # what is left of its process group
            child = await self._launch()
            await self._become_ready(child)

    async def _become_ready(self, child: Child) -> None:
        try:
            await child.become_ready()
        except NotStartedError as error:
            self._say(str(error))
        else:
            self._say(f"{self.program.name} runs again (process {child.pid})")


def _how(status: int) -> str:
    if status < 0:
        return f"was killed by {signal.Signals(-status).name}"
    return f"ended with status {status}"


@asynccontextmanager
async def supervising(say: Say, record: Path) -> AsyncIterator[Supervisor]:
    """A supervisor whose children end with the block, after leftovers of an earlier one."""
    if ended := await asyncio.to_thread(leftovers.end_recorded, record):
        say(f"ended {ended} processes that an earlier run had left")
    supervisor = Supervisor(say, record)
    try:
        yield supervisor
    finally:
        await supervisor.stop()
