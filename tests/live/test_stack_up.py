"""`enlist up`: one command, one folder, and safe to kill at any time."""

import asyncio
import io
import time
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from tests.live.local_stack import LocalStack, up

from enlist.client import Client, Import
from enlist.embedded.waiting import answers, wait_for
from enlist.samples import write_sample
from enlist_shared.states import Status

pytestmark = pytest.mark.timeout(300)
OPTIONS = {"lists": ["Everybody"], "convert_national": True}


def _sample(rows: int) -> io.BytesIO:
    text = io.StringIO(newline="")
    write_sample(text, rows, seed=5)
    return io.BytesIO(text.getvalue().encode())


def _ended(client: Client, accepted: Import) -> Import:
    *_, last = client.follow(accepted.import_id)
    return last


async def _import(stack: LocalStack, rows: int) -> Import:
    def run() -> Import:
        with stack.client() as client:
            return _ended(client, client.upload(_sample(rows), "contacts.csv", OPTIONS))

    return await asyncio.to_thread(run)


async def test_it_imports_mends_itself_and_stops_in_time(tmp_path: Path) -> None:
    """Up means ready; a file is confirmed; a killed worker comes back; all end within 10 s."""
    ready_file = tmp_path / "ready.json"
    async with up(tmp_path / "data", ready_file) as stack:
        assert await _ready(stack) == dict.fromkeys(
            ("api", "split", "normalize-1", "merge-1"), True
        )
        assert ready_file.stat().st_mode & 0o777 == 0o600
        ended = await _import(stack, 300)
        assert (ended.status, ended.counts.records) == (Status.COMPLETED, 300)
        assert ended.counts.balances

        stack.service("-m", "enlist_merge").kill()
        await stack.says("runs again")
        assert any("was killed by SIGKILL" in line for line in stack.lines)
        assert (await _import(stack, 300)).counts.unchanged > 0

        processes = stack.tree()
        started = time.monotonic()
        stack.process.terminate()
        assert await stack.process.wait() == 0
        assert time.monotonic() - started < 10
        assert not [p for p in processes if p.is_running()]
        assert not ready_file.exists()
        assert not (tmp_path / "data" / "ready.json").exists()


async def test_after_kill_9_of_everything_it_goes_on(tmp_path: Path) -> None:
    """The same key opens the same account, and an import that was under way completes."""
    ready_file = tmp_path / "ready.json"
    async with up(tmp_path / "data", ready_file) as stack:
        done = await _import(stack, 200)
        with stack.client() as client:
            accepted = client.upload(_sample(5000), "more.csv", OPTIONS)
        processes = stack.tree()
        stack.kill_all()
        await stack.process.wait()

        async def all_gone() -> bool:
            return not [p for p in processes if _runs(p)]

        await wait_for(all_gone, 10)
        ready_file.unlink()
        before = stack.ready
    async with up(tmp_path / "data", ready_file) as stack:
        assert (stack.ready.api_key, stack.ready.account_id) == (before.api_key, before.account_id)
        with stack.client() as client:
            ended = await asyncio.to_thread(_ended, client, accepted)
            assert client.find(done.import_id).counts == done.counts
        assert (ended.status, ended.counts.records) == (Status.COMPLETED, 5000)
        assert ended.counts.balances
        stack.process.terminate()
        assert await stack.process.wait() == 0


async def _ready(stack: LocalStack) -> dict[str, bool]:
    """Which processes say that they can work."""
    ports = {name: urlsplit(url).port or 0 for name, url in stack.ready.services.items()}
    return {name: await answers(port, "/health/ready") for name, port in ports.items()}


def _runs(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
