"""`enlist up` as a process of its own on a fresh folder, so that its whole tree can be measured."""

import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import asyncpg

from enlist.client import Client
from enlist.embedded import postgres
from enlist.embedded.credentials import Credentials
from enlist.embedded.program import Program, running
from enlist.embedded.ready_file import Ready
from enlist_shared.accounts import create_account

PASSED_ON: Final = ("ENLIST_", "POLARS_")  # settings to try out


@dataclass(frozen=True, slots=True)
class Stack:
    """A stack that is up; `pid` is its supervisor."""

    ready: Ready
    pid: int
    superuser: str

    async def client(self) -> Client:
        """A client of an account that is still empty."""
        owner = await asyncpg.connect(self.ready.postgres)
        try:
            _, api_key = await create_account(owner, "bench")
        finally:
            await owner.close()
        return Client(self.ready.api, api_key)

    async def settle(self) -> None:
        """Leave PostgreSQL nothing to do later for what was written before."""
        admin = await asyncpg.connect(self.superuser)
        try:
            await admin.execute("VACUUM (ANALYZE, SKIP_LOCKED)")
            await admin.execute("CHECKPOINT")
        finally:
            await admin.close()


@asynccontextmanager
async def running_stack(folder: Path, workers: int) -> AsyncIterator[Stack]:
    """A stack in the folder, with so many workers of each kind, for the length of a block."""
    data, ready_file = folder / "data", folder / "ready.json"

    async def written() -> bool:
        return ready_file.exists()

    program = Program(
        name="enlist up",
        command=(
            *(sys.executable, "-m", "enlist", "up", "--data-dir", str(data)),
            *("--ready-file", str(ready_file), "--workers", str(workers)),
        ),
        log=folder / "up.log",
        environment={k: v for k, v in os.environ.items() if k.startswith(PASSED_ON)},
        ready=written,
        start_timeout=120.0,
        orphan_signal=signal.SIGTERM,
    )
    async with running(program, grace=15.0) as child:
        ready = Ready.read(ready_file)
        if ready is None:
            raise LookupError(f"the stack went away; see {program.log}")
        yield Stack(ready, child.pid, _superuser(data, ready))


def _superuser(data: Path, ready: Ready) -> str:
    password = Credentials.kept_in(data / "credentials.json").superuser
    address = urlsplit(ready.postgres)
    return postgres.dsn(address.port or 0, password, database=address.path.strip("/"))
