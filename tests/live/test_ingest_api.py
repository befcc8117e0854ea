"""The API as a process: uploads that arrive slowly, break off or are too large, and its memory."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import httpx2
import psutil
import pytest
from tests.fixtures.database import Database, connected
from tests.fixtures.ingest import NO_BROKER, TEN, stored_keys, upload

from enlist.embedded.program import Child, Program, running
from enlist.embedded.waiting import LOOPBACK, free_port, wait_for
from enlist_shared.accounts import create_account
from enlist_shared.settings import S3Settings

MAX_BYTES = 60_000_000
BLOCK = (TEN * 500)[:65_536]
HEAD = (
    b'--edge\r\nContent-Disposition: form-data; name="file"; filename="big.csv"\r\n'
    b"Content-Type: text/csv\r\n\r\n"
)
END = b"\r\n--edge--\r\n"
FORM = {"Content-Type": "multipart/form-data; boundary=edge"}


class Api:
    """A running API, and a client of it."""

    def __init__(self, child: Child, http: httpx2.AsyncClient) -> None:
        self.child = child
        self.http = http

    @property
    def memory(self) -> int:
        """Bytes that the process holds."""
        return int(psutil.Process(self.child.pid).memory_info().rss)


@pytest.fixture
async def api(database: Database, s3_settings: S3Settings, tmp_path: Path) -> AsyncIterator[Api]:
    async with connected(database.dsn("enlist_owner")) as owner:
        _, key = await create_account(owner, "test")
    port = free_port()
    async with httpx2.AsyncClient(
        base_url=f"http://{LOOPBACK}:{port}",
        headers={"Authorization": f"Bearer {key}"},
        trust_env=False,
        timeout=30,
    ) as http:

        async def ready() -> bool:
            try:
                return (await http.get("/health/ready")).is_success
            except httpx2.TransportError:
                return False

        program = Program(
            name="api",
            command=(sys.executable, "-m", "enlist_ingest", "api"),
            log=tmp_path / "api.log",
            environment=environment(database, s3_settings, port),
            ready=ready,
        )
        async with running(program) as child:
            yield Api(child, http)


def environment(database: Database, s3: S3Settings, port: int) -> dict[str, str]:
    return {
        "ENLIST_HTTP__PORT": str(port),
        "ENLIST_KAFKA__BOOTSTRAP_SERVERS": NO_BROKER.bootstrap_servers,
        "ENLIST_MAX_BYTES": str(MAX_BYTES),
        "ENLIST_POSTGRES__DSN": database.dsn("enlist_ingest"),
        "ENLIST_S3__ACCESS_KEY": s3.access_key.get_secret_value(),
        "ENLIST_S3__BUCKET": s3.bucket,
        "ENLIST_S3__ENDPOINT": s3.endpoint or "",
        "ENLIST_S3__SECRET_KEY": s3.secret_key.get_secret_value(),
    }


async def form_of(size: int, end: bytes = END) -> AsyncIterator[bytes]:
    """A form of no declared length, whose file has `size` bytes."""
    yield HEAD
    for start in range(0, size, len(BLOCK)):
        yield BLOCK[: size - start]
    yield end


async def statuses(observer: asyncpg.Connection) -> list[tuple[str, str | None]]:
    rows = await observer.fetch("SELECT status, error_code FROM imports")
    return [(row["status"], row["error_code"]) for row in rows]


async def test_a_large_upload_passes_through_little_memory(
    api: Api, s3_settings: S3Settings
) -> None:
    """50 MB go through a process that never holds more than a few parts of them."""
    await upload(api.http, TEN)
    before, most = api.memory, 0

    async def watched() -> AsyncIterator[bytes]:
        nonlocal most
        async for block in form_of(50_000_000):
            most = max(most, api.memory)
            yield block

    answer = await api.http.post("/v1/imports/file", content=watched(), headers=FORM)
    assert (answer.status_code, answer.json()["size"]) == (202, 50_000_000)
    assert f"{answer.json()['account_id']}/imports/{answer.json()['import_id']}/source" in (
        stored_keys(s3_settings)
    )
    assert most - before < 40_000_000


async def test_too_large_is_said_while_it_is_sent(
    api: Api, observer: asyncpg.Connection, s3_settings: S3Settings
) -> None:
    """A stream of no declared length is refused once it passes the limit; nothing is kept."""
    answer = await api.http.post("/v1/imports/file", content=form_of(MAX_BYTES + 1), headers=FORM)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert await statuses(observer) == [("failed", "too_large")]
    assert stored_keys(s3_settings) == []


async def test_too_large_is_said_before_it_is_sent(api: Api, observer: asyncpg.Connection) -> None:
    """A request that declares too large a body is refused without its body being read."""
    declared = FORM | {"Content-Length": str(10 * MAX_BYTES)}
    async with asyncio.timeout(5), raw_request(api, declared) as (reader, _):
        status = await reader.readline()
    assert b"413" in status
    assert await statuses(observer) == []


@pytest.mark.parametrize("sent", [100_000, 20_000_000])
async def test_an_upload_that_breaks_off_leaves_nothing(
    api: Api, observer: asyncpg.Connection, s3_settings: S3Settings, sent: int
) -> None:
    """A connection that is lost half way leaves no object, and no import that seems under way."""
    async with raw_request(api, FORM | {"Content-Length": "50000000"}) as (_, writer):
        async for block in form_of(sent, end=b""):
            writer.write(block)
            await writer.drain()

    async def ended() -> bool:
        shown = await statuses(observer)
        return shown == ([] if sent < 4_000_000 else [("cancelled", None)])

    await wait_for(ended, 10)
    assert stored_keys(s3_settings) == []


async def test_a_form_without_its_end_is_refused(api: Api, observer: asyncpg.Connection) -> None:
    """A body that ends in the middle of the form is 400, and what was shown is cancelled."""
    answer = await api.http.post(
        "/v1/imports/file", content=form_of(9_000_000, end=b""), headers=FORM
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
    assert await statuses(observer) == [("cancelled", None)]


async def test_a_stopping_server_lets_its_listeners_go(api: Api) -> None:
    """Whoever follows an import does not keep the server from stopping."""
    import_id = (await upload(api.http, TEN)).json()["import_id"]
    async with api.http.stream("GET", f"/v1/imports/{import_id}/events") as events:
        lines = events.aiter_lines()
        assert await anext(lines) == "event: progress"
        async with asyncio.timeout(3):
            api.child.process.terminate()
            assert await api.child.wait() == -signal.SIGTERM


@asynccontextmanager
async def raw_request(
    api: Api, headers: dict[str, str]
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """The head of an upload on a connection of its own, which is cut at the end of the block."""
    url = api.http.base_url
    reader, writer = await asyncio.open_connection(url.host, url.port)
    fields = {**headers, "Authorization": api.http.headers["Authorization"], "Host": LOOPBACK}
    lines = ["POST /v1/imports/file HTTP/1.1", *(f"{k}: {v}" for k, v in fields.items()), "", ""]
    writer.write("\r\n".join(lines).encode())
    try:
        yield reader, writer
    finally:
        writer.transport.abort()
