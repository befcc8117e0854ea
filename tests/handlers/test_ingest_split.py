"""The splitter: an accepted import becomes chunks, once, whatever happens on the way."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from botocore.exceptions import ClientError
from pydantic import SecretStr
from tests.fixtures.database import Database
from tests.fixtures.ingest import announced, ingest_settings

from enlist_ingest.app import open_ingest
from enlist_ingest.handlers import split_import
from enlist_ingest.service import Ingest
from enlist_ingest.store import MovedOnError
from enlist_ingest.upload import Caller, Upload
from enlist_shared.claims import Claims
from enlist_shared.events import ImportAccepted
from enlist_shared.ids import AccountId, ImportId
from enlist_shared.keys import source_key
from enlist_shared.options import ImportOptions
from enlist_shared.settings import S3Settings

RECORDS = 1_000
BODY = b"name;mobile\n" + b"".join(b"Ann;+447700%06d\n" % number for number in range(RECORDS))


@dataclass(frozen=True, slots=True)
class Splitter:
    """A splitter without a broker."""

    ingest: Ingest
    claims: Claims
    account_id: AccountId
    pool: asyncpg.Pool

    async def accepted(self, body: bytes, stored: bytes | None = None) -> ImportAccepted:
        """An import of `body` that waits to be split; what lies in S3 may differ."""
        import_id = ImportId(uuid4())
        key = source_key(self.account_id, import_id)
        if stored != b"":
            await self.ingest.objects.put(key, stored or body)
        _, now = await self.ingest.store.begin_import()
        upload = Upload(
            Caller(self.account_id, "GB"),
            import_id,
            now,
            key,
            ImportOptions(convert_national=True),
            "people.csv",
            len(body),
            sha256(body).digest(),
        )
        await self.ingest.store.accept(upload)
        return ImportAccepted(account_id=self.account_id, import_id=import_id)

    async def split(self, event: ImportAccepted) -> None:
        await split_import(event, self.ingest, self.claims)


@pytest.fixture
async def splitter(
    database: Database, s3_settings: S3Settings, account_id: AccountId
) -> AsyncIterator[Splitter]:
    settings = ingest_settings(
        database.settings("enlist_ingest"), s3_settings, chunk_bytes=5_000, shard_records=300
    )
    async with open_ingest(settings) as (ingest, pool):
        yield Splitter(ingest, Claims(pool, lease_seconds=5), account_id, pool)


async def the_import(observer: asyncpg.Connection) -> dict[str, Any]:
    row = await observer.fetchrow("SELECT * FROM imports")
    assert row is not None
    return dict(row)


async def ledger(observer: asyncpg.Connection) -> list[Any]:
    """Everything that splitting writes, in comparable form."""
    found = await the_import(observer)
    found.pop("moved_at")
    chunks = await observer.fetch("SELECT * FROM chunks ORDER BY chunk")
    units = await observer.fetch("SELECT kind, number, state, key FROM units ORDER BY kind, number")
    return [found, chunks, units, await announced(observer)]


async def test_an_accepted_import_becomes_chunks(
    splitter: Splitter, observer: asyncpg.Connection
) -> None:
    """Import, chunks, units and events agree with the manifest, which covers the whole source."""
    await splitter.split(await splitter.accepted(BODY))
    found = await the_import(observer)
    manifest = json.loads(await splitter.ingest.objects.get(found["manifest_key"]))
    plans = manifest["chunks"]
    assert (found["status"], found["lane"], found["shards"]) == ("normalizing", "main", 4)
    assert found["records"] == found["unprocessed"] == RECORDS
    assert found["chunks"] == len(plans) == 4
    assert manifest["options"]["convert_national"] is True
    assert (plans[0]["start"], plans[-1]["end"]) == (len(b"name;mobile\n"), len(BODY))
    assert [plan["end"] for plan in plans[:-1]] == [plan["start"] for plan in plans[1:]]

    chunks = await observer.fetch("SELECT records, unprocessed FROM chunks ORDER BY chunk")
    assert [tuple(chunk) for chunk in chunks] == [(plan["records"],) * 2 for plan in plans]
    units = await observer.fetch("SELECT kind, number, state FROM units ORDER BY kind, number")
    waiting = [("chunk", number, "open") for number in range(4)]
    assert [tuple(unit) for unit in units] == [*waiting, ("split", 0, "finished")]
    ready = [event for event in await announced(observer) if event[0].startswith("enlist.chunk")]
    assert [(topic, key, event["manifest_key"]) for topic, key, event in ready] == [
        ("enlist.chunk.ready.v1", f"{found['import_id']}:{chunk}", found["manifest_key"])
        for chunk in range(4)
    ]


async def test_an_event_delivered_again_changes_nothing(
    splitter: Splitter, observer: asyncpg.Connection
) -> None:
    """The second delivery of an accepted import leaves the ledger and the outbox as they are."""
    event = await splitter.accepted(BODY)
    await splitter.split(event)
    before = await ledger(observer)
    await splitter.split(event)
    assert await ledger(observer) == before


@pytest.mark.parametrize(
    ("body", "stored", "code"),
    [
        (b"colour,size\nred,large\n", None, "header_missing"),
        (BODY, b"", "source_missing"),
        (BODY, BODY + b"x", "source_changed"),
        (BODY, BODY[:-1], "source_changed"),
    ],
    ids=["no contact file", "gone", "longer", "shorter"],
)
async def test_what_cannot_be_split_fails_with_its_code(
    splitter: Splitter,
    observer: asyncpg.Connection,
    body: bytes,
    stored: bytes | None,
    code: str,
) -> None:
    """The import ends `failed` with the code, and its last event says so."""
    await splitter.split(await splitter.accepted(body, stored))
    found = await the_import(observer)
    assert (found["status"], found["error_code"], found["records"]) == ("failed", code, 0)
    *_, (topic, _, event) = await announced(observer)
    assert (topic, event["code"]) == ("enlist.import.failed.v1", code)


async def test_a_split_that_is_given_up_is_corrupt(
    splitter: Splitter, observer: asyncpg.Connection
) -> None:
    """A file that killed its splitter three times ends `failed(corrupt)`."""
    event = await splitter.accepted(BODY)
    await observer.execute(
        "UPDATE units SET state = 'claimed', attempts = 2, lease_until = now() - interval '1 s'"
    )
    await splitter.split(event)
    found = await the_import(observer)
    assert (found["status"], found["error_code"]) == ("failed", "corrupt")


async def test_a_cancelled_import_is_not_split(
    splitter: Splitter, observer: asyncpg.Connection
) -> None:
    """An import that ended before its split stays as it ended."""
    event = await splitter.accepted(BODY)
    await observer.execute("UPDATE imports SET status = 'cancelled'")
    before = await ledger(observer)
    await splitter.split(event)
    assert await ledger(observer) == before


@pytest.mark.parametrize(
    "meanwhile",
    [
        "UPDATE units SET token = gen_random_uuid()",
        "UPDATE imports SET status = 'cancelled'",
    ],
    ids=["somebody else has the unit", "cancelled"],
)
async def test_a_split_that_was_overtaken_writes_nothing(
    splitter: Splitter,
    observer: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
    meanwhile: str,
) -> None:
    """Who lost the claim, or whose import ended meanwhile, leaves no chunk behind."""
    event = await splitter.accepted(BODY)
    put = splitter.ingest.objects.put

    async def overtaken(key: Any, body: bytes) -> None:
        await put(key, body)
        await observer.execute(meanwhile)

    monkeypatch.setattr(splitter.ingest.objects, "put", overtaken)
    with pytest.raises(MovedOnError):
        await splitter.split(event)
    assert await observer.fetchval("SELECT count(*) FROM chunks") == 0
    assert (await the_import(observer))["manifest_key"] is None


async def test_a_failed_attempt_gives_the_unit_back(
    splitter: Splitter,
    observer: asyncpg.Connection,
    database: Database,
    s3_settings: S3Settings,
) -> None:
    """A bucket that is away costs no attempt: the unit waits, then the import is split."""
    event = await splitter.accepted(BODY)
    away = s3_settings.model_copy(update={"secret_key": SecretStr("wrong")})
    settings = ingest_settings(database.settings("enlist_ingest"), away)
    async with open_ingest(settings) as (cut_off, _):
        with pytest.raises(ClientError):
            await split_import(event, cut_off, splitter.claims)
    unit = await observer.fetchrow(
        "SELECT state, attempts, failures, retry_at > now() AS waits FROM units"
    )
    assert unit is not None
    assert tuple(unit) == ("open", 0, 1, True)
    await splitter.split(event)
    assert (await the_import(observer))["status"] == "splitting"
    await observer.execute("UPDATE units SET retry_at = now()")
    await splitter.split(event)
    assert (await the_import(observer))["status"] == "normalizing"
