"""Upload events: each is an import once, whatever is wrong with it and whatever happens to it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final
from uuid import uuid4

import asyncpg
import pytest
from botocore.exceptions import ClientError
from pydantic import SecretStr
from tests.fixtures.database import Database
from tests.fixtures.ingest import TEN, announced, ingest_settings, stored_keys
from tests.fixtures.uploads import upload_event, uploaded_key

from enlist_ingest.app import open_ingest
from enlist_ingest.handlers import _copy_requested, request_import, split_import
from enlist_ingest.landing import Landed
from enlist_ingest.requests import AccountUnknownError
from enlist_ingest.service import Ingest
from enlist_ingest.settings import IngestSettings
from enlist_ingest.store import MovedOnError
from enlist_ingest.upload_events import UploadEvent
from enlist_shared.claims import Claim, Claims, Unit
from enlist_shared.events import ImportAccepted
from enlist_shared.ids import AccountId, ObjectKey
from enlist_shared.settings import S3Settings
from enlist_shared.states import UnitKind

CHUNK_BYTES: Final = 1_000
LONG: Final = TEN + b"+447700900200,Zoe\n" * 100
LIMIT: Final = 20_000


@dataclass(frozen=True, slots=True)
class Upstream:
    """A service that puts files into the bucket and says so; and who listens to it."""

    account_id: AccountId
    ingest: Ingest
    claims: Claims
    rows: asyncpg.Connection

    async def put(self, body: bytes, name: str = "people.csv") -> None:
        await self.ingest.objects.put(uploaded_key(self.account_id, name), body)

    async def say(self, **said: Any) -> None:
        """An event arrives."""
        event = UploadEvent.model_validate(upload_event(self.account_id, **said))
        await request_import(event, self.ingest, self.claims)

    async def split(self) -> None:
        """The import's turn comes."""
        import_id = (await self.the_import())["import_id"]
        event = ImportAccepted(account_id=self.account_id, import_id=import_id)
        await split_import(event, self.ingest, self.claims)

    async def the_import(self) -> dict[str, Any]:
        """The only import."""
        (row,) = await self.rows.fetch("SELECT * FROM imports")
        return dict(row)

    async def body(self) -> bytes:
        """What the only import is made of."""
        row = await self.the_import()
        body = await self.ingest.objects.get(ObjectKey(row["source_key"]))
        assert (row["size"], row["sha256"]) == (len(body), sha256(body).digest())
        return body


@pytest.fixture
def settings(database: Database, s3_settings: S3Settings) -> IngestSettings:
    role = database.settings("enlist_ingest")
    return ingest_settings(role, s3_settings, chunk_bytes=CHUNK_BYTES, max_bytes=LIMIT)


@pytest.fixture
async def upstream(
    settings: IngestSettings, account_id: AccountId, observer: asyncpg.Connection
) -> AsyncIterator[Upstream]:
    async with open_ingest(settings) as (ingest, pool):
        yield Upstream(account_id, ingest, Claims(pool, lease_seconds=5), observer)


async def topics(observer: asyncpg.Connection) -> list[str]:
    return [topic for topic, _, _ in await announced(observer)]


async def test_a_small_upload_takes_the_small_lane(
    upstream: Upstream, observer: asyncpg.Connection
) -> None:
    """Copied, hashed and split at once; the import says what the event said."""
    await upstream.put(TEN)
    await upstream.say(options={"lists": ["Friends"]}, correlation_id="c\u20677\n", file_name="a/b")
    row = await upstream.the_import()
    names = ("status", "source", "lane", "records", "file_name", "correlation_id", "default_region")
    shown = {name: row[name] for name in names}
    assert shown == {
        "status": "normalizing",
        "source": "event",
        "lane": "small",
        "records": 10,
        "file_name": "b",
        "correlation_id": "c7",
        "default_region": "GB",
    }
    assert row["options"] == '{"lists": ["Friends"]}'
    assert await upstream.body() == TEN
    assert "enlist.import.accepted.v1" not in await topics(observer)
    assert "enlist.chunk.ready.small.v1" in await topics(observer)


async def test_a_large_upload_waits_for_its_turn(
    upstream: Upstream, observer: asyncpg.Connection
) -> None:
    """Accepted and announced; copied when it is split, and named by its key."""
    await upstream.put(LONG, "2026/customers.csv")
    await upstream.say(name="2026/customers.csv")
    row = await upstream.the_import()
    shown = (row["status"], row["size"], row["file_name"], row["source_key"])
    assert shown == ("accepted", len(LONG), "customers.csv", None)
    assert "enlist.import.accepted.v1" in await topics(observer)
    await upstream.split()
    assert (await upstream.the_import())["status"] == "normalizing"
    assert await upstream.body() == LONG


async def test_an_event_that_comes_again_changes_nothing(
    upstream: Upstream, s3_settings: S3Settings
) -> None:
    """One import for a request_id, whatever the later events say; nothing is copied again."""
    await upstream.put(TEN)
    await upstream.say()
    before, keys = await upstream.the_import(), stored_keys(s3_settings)
    await upstream.put(LONG)
    await upstream.say()
    await upstream.say(object_key="elsewhere", options={"channel": "whatsapp"})
    assert (await upstream.the_import(), stored_keys(s3_settings)) == (before, keys)
    assert await upstream.body() == TEN


async def test_two_workers_at_once_make_one_import(upstream: Upstream) -> None:
    """The same event, delivered to several at the same time."""
    await upstream.put(TEN)
    await asyncio.gather(*(upstream.say() for _ in range(6)))
    assert (await upstream.the_import())["records"] == 10


async def test_a_request_is_its_accounts_own(
    upstream: Upstream, observer: asyncpg.Connection
) -> None:
    """Another account may use the same request_id; an unknown one is nobody's."""
    await upstream.put(TEN)
    await upstream.say(request_id="1")
    await upstream.say(request_id="2")
    assert await observer.fetchval("SELECT count(*) FROM imports") == 2
    with pytest.raises(AccountUnknownError):
        await upstream.say(account_id=str(uuid4()), request_id="1")


async def copied_and_interrupted(claim: Claim, upstream: Upstream) -> None:
    async with upstream.claims.hold(claim):
        await _copy_requested(claim, upstream.ingest)
        raise InterruptedError


async def test_what_is_overwritten_later_is_never_read(upstream: Upstream) -> None:
    """Once an import has its copy, it goes on with it, also after an interruption."""
    await upstream.put(LONG)
    await upstream.say()
    whose = upstream.account_id, (await upstream.the_import())["import_id"]
    claim = await upstream.claims.claim(Unit(*whose, UnitKind.SPLIT, 0))
    with pytest.raises(InterruptedError):
        await copied_and_interrupted(claim, upstream)
    await upstream.put(TEN)
    late = ObjectKey("late"), Landed(1, b"", None)
    with pytest.raises(MovedOnError):  # a worker that lost its lease comes with another copy
        await upstream.ingest.requests.copied(*whose, *late)
    await upstream.rows.execute("UPDATE units SET retry_at = now()")
    await upstream.split()
    assert (await upstream.the_import())["records"] == 110
    assert await upstream.body() == LONG


async def test_while_s3_is_away_the_import_waits(
    upstream: Upstream, settings: IngestSettings
) -> None:
    """The event is in the ledger, its unit has a time to be tried again, and then it goes."""
    await upstream.put(TEN)
    away = settings.s3.model_copy(update={"secret_key": SecretStr("wrong")})
    async with open_ingest(settings.model_copy(update={"s3": away})) as (ingest, _):
        lost = Upstream(upstream.account_id, ingest, upstream.claims, upstream.rows)
        await lost.say()
        with pytest.raises(ClientError):
            await lost.split()
    (unit,) = await upstream.rows.fetch("SELECT state, failures, retry_at FROM units")
    assert (unit["state"], unit["failures"]) == ("open", 1)
    assert unit["retry_at"] is not None
    await upstream.say()
    await upstream.rows.execute("UPDATE units SET retry_at = now()")
    await upstream.split()
    assert (await upstream.the_import())["records"] == 10


FAULTY: Final[dict[str, tuple[dict[str, Any], str]]] = {
    "nothing there": ({"name": "nobody.csv"}, "source_missing"),
    "another folder": ({"object_key": "people.csv"}, "source_missing"),
    "no key": ({"object_key": None}, "options"),
    "no text": ({"object_key": ["people.csv"]}, "options"),
    "too large": ({"name": "large.csv"}, "too_large"),
    "foreign bytes": ({"name": "archive.zip"}, "archive"),
    "unknown option": ({"options": {"chanel": "phone"}}, "options"),
    "no options": ({"options": "phone"}, "options"),
    "many options": ({"options": {"lists": ["x" * 200] * 2_000}}, "options"),
    "unknown list": ({"options": {"lists": [7]}}, "list_unknown"),
    "no request id": ({"request_id": None}, "options"),
    "long request id": ({"request_id": "r" * 256}, "options"),
    "NUL in it": ({"request_id": "r\0"}, "options"),
    "half a character": ({"request_id": "\ud800", "options": {"lists": ["\udfff"]}}, "options"),
    "no name": ({"file_name": 7}, "options"),
}


@pytest.mark.parametrize(("said", "code"), FAULTY.values(), ids=FAULTY)
async def test_a_faulty_event_is_an_import_that_failed(
    upstream: Upstream, observer: asyncpg.Connection, said: dict[str, Any], code: str
) -> None:
    """One for each event however often it comes, with the code and the sender's correlation id."""
    await upstream.put(TEN)
    await upstream.put(bytes(LIMIT + 1), "large.csv")
    await upstream.put(b"PK\x03\x04" + bytes(100), "archive.zip")
    for _ in range(2):
        await upstream.say(correlation_id="c-7", **said)
    row = await upstream.the_import()
    if row["status"] == "accepted":
        await upstream.split()
    row = await upstream.the_import()
    assert (row["status"], row["error_code"], row["correlation_id"]) == ("failed", code, "c-7")
    *_, (topic, key, event) = await announced(observer)
    assert (topic, key) == ("enlist.import.failed.v1", str(upstream.account_id))
    assert (event["source"], event["code"], event["correlation_id"]) == ("event", code, "c-7")
