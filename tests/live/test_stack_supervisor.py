"""The supervisor: children are started again, stopped in time, and never outlive it."""

import asyncio
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from enlist.embedded import leftovers
from enlist.embedded.data_directory import DataDirectory, InUseError
from enlist.embedded.program import Child, NotStartedError, Program, running
from enlist.embedded.supervisor import supervising
from enlist.embedded.waiting import wait_for

SLEEP = "import time; time.sleep(600)"
DEAF = "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); " + SLEEP
SUPERVISE = """
import asyncio, sys
from pathlib import Path
from enlist.embedded.program import Program
from enlist.embedded.supervisor import supervising

async def main():
    folder = Path(sys.argv[1])
    async with supervising(print, folder / "record") as supervisor:
        command = (sys.executable, "-c", "import time; time.sleep(600)")
        await supervisor.start(Program(name="child", command=command, log=folder / "log"))
        print(supervisor.pid("child"), flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


def _python(code: str, folder: Path, name: str = "child") -> Program:
    return Program(name=name, command=(sys.executable, "-c", code), log=folder / f"{name}.log")


async def test_a_child_that_dies_is_started_again_and_that_is_said(tmp_path: Path) -> None:
    """SIGKILL of a child: a new one runs, and a line says what happened."""
    said = list[str]()
    async with supervising(said.append, tmp_path / "record") as supervisor:
        await supervisor.start(_python(SLEEP, tmp_path))
        first = supervisor.pid("child")
        os.kill(first, signal.SIGKILL)

        async def runs_again() -> bool:
            return len(said) == 2

        await wait_for(runs_again, 10)
        assert said == [
            "child was killed by SIGKILL; starting it again in 0.25 s",
            f"child runs again (process {supervisor.pid('child')})",
        ]
        assert supervisor.pid("child") != first


async def test_children_die_with_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    """kill -9 of the supervisor leaves nothing running."""
    supervisor = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", SUPERVISE, str(tmp_path)), stdout=subprocess.PIPE
    )
    assert supervisor.stdout is not None
    child = psutil.Process(int(await supervisor.stdout.readline()))
    supervisor.kill()
    await supervisor.communicate()

    async def gone() -> bool:
        return not child.is_running() or child.status() == psutil.STATUS_ZOMBIE

    await wait_for(gone, 5)


async def test_a_child_deaf_to_sigterm_is_ended_when_its_time_is_up(tmp_path: Path) -> None:
    """Stopping does not wait for ever."""
    child = await Child.start(_python(DEAF, tmp_path))

    async def is_deaf() -> bool:
        return child.program.log.read_text() == "deaf\n"

    await wait_for(is_deaf, 10)
    await child.stop(grace=0.1)
    assert await child.wait() == -signal.SIGKILL


async def test_a_program_that_does_not_start_is_named_with_its_last_words(tmp_path: Path) -> None:
    """The error shows the end of the log, so that nobody has to look for it."""
    program = replace(_python("raise SystemExit('no such thing')", tmp_path), ready=_never)
    async with supervising(print, tmp_path / "record") as supervisor:
        with pytest.raises(NotStartedError, match=r"child did not start(.|\n)*no such thing"):
            await supervisor.start(program)


async def test_recorded_leftovers_are_ended_and_others_are_not(tmp_path: Path) -> None:
    """A process number alone proves nothing: only number and start time together do."""
    record = tmp_path / "record"
    async with running(_python(SLEEP, tmp_path, "left")) as left:
        leftovers.record(record, [left.pid])
        told = record.read_text()
        record.write_text(told.replace(": ", ": 1"))  # started at another time
        assert await asyncio.to_thread(leftovers.end_recorded, record) == 0
        assert left.running
        record.write_text(told)
        assert await asyncio.to_thread(leftovers.end_recorded, record) == 1
        assert not psutil.pid_exists(left.pid)


def test_a_folder_has_one_stack_at_a_time(tmp_path: Path) -> None:
    """The second one is told which process has the folder; afterwards it is free again."""
    directory = DataDirectory.at(tmp_path)
    with directory.locked():
        with pytest.raises(InUseError, match=f"process {os.getpid()}"), directory.locked():
            pass
        second = subprocess.run(
            [sys.executable, "-m", "enlist", "up", "--data-dir", str(tmp_path)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert second.returncode == 2
        assert f"a stack already runs on {tmp_path}" in second.stderr
    with directory.locked():
        pass


async def _never() -> bool:
    return False
