"""What normalize says for each answer of a claim, and what it leaves in the ledger."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import asyncpg
import pytest
from botocore.exceptions import ClientError
from pydantic import SecretStr
from tests.fixtures.database import Database
from tests.fixtures.ingest import stored_keys
from tests.fixtures.ledger import lease_runs_out, set_unit, unit_row
from tests.fixtures.pipeline import Pipeline, pipeline_of

from enlist_normalize.handlers import Normalizer
from enlist_rules.codes import Code
from enlist_shared.claims import Claims, Unit
from enlist_shared.events import ChunkNormalized, ChunkReady
from enlist_shared.ids import AccountId, ObjectKey
from enlist_shared.manifests import ChunkManifest
from enlist_shared.objectstore import open_objectstore
from enlist_shared.settings import S3Settings
from enlist_shared.states import UnitKind
from enlist_shared.topics import Lane, Topic

BODY = b"phone,first name,lists\n+447400000001,Ann,vip\n+447400000066,Bob,\nnone,Cy,\n"


@pytest.fixture
async def pipeline(
    database: Database, s3_settings: S3Settings, account_id: AccountId
) -> AsyncIterator[Pipeline]:
    async with pipeline_of(account_id, database, s3_settings) as one:
        yield one


@pytest.fixture
async def chunk(pipeline: Pipeline) -> ChunkReady:
    [event] = await pipeline.accept(BODY, shard_records=1)
    return event


def unit_of(event: ChunkReady) -> Unit:
    return Unit(event.account_id, event.import_id, UnitKind.CHUNK, event.chunk)


def normalized(event: ChunkReady, **result: Any) -> ChunkNormalized:
    return ChunkNormalized(
        account_id=event.account_id, import_id=event.import_id, chunk=event.chunk, **result
    )


async def test_a_chunk_is_normalised_and_announced(
    pipeline: Pipeline, chunk: ChunkReady, observer: asyncpg.Connection
) -> None:
    """go: the manifest lies where the event and the ledger say, and describes the rows."""
    [event] = await pipeline.normalize(chunk)
    unit = await unit_row(observer, unit_of(chunk))
    assert event == normalized(chunk, result="done", key=unit["key"])
    assert (unit["state"], unit["attempts"], unit["failures"]) == ("finished", 0, 0)
    assert event.key is not None
    manifest = ChunkManifest.model_validate_json(await pipeline.objects.get(event.key))
    assert (manifest.records, manifest.forwarded, manifest.rejected) == (3, 2, 1)
    assert manifest.reasons == {Code.PHONE_MISSING: 1}
    assert manifest.list_names == ("vip",)
    assert [part.rows for part in manifest.shards] == [0, 1, 1, 0]
    assert len(await pipeline.objects.get(manifest.key)) == sum(
        part.length for part in (*manifest.shards, manifest.rejects)
    )


async def test_a_finished_chunk_is_announced_from_its_key(
    pipeline: Pipeline, chunk: ChunkReady, s3_settings: S3Settings
) -> None:
    """done: the same event again; nothing is read or written, even if the source is gone."""
    [first] = await pipeline.normalize(chunk)
    before = stored_keys(s3_settings)
    elsewhere = chunk.model_copy(update={"manifest_key": ObjectKey("gone")})
    assert await pipeline.normalize(elsewhere, elsewhere) == [first, first]
    assert stored_keys(s3_settings) == before


async def test_a_chunk_that_kills_is_given_up(
    pipeline: Pipeline, chunk: ChunkReady, observer: asyncpg.Connection
) -> None:
    """quarantined: announced as `failed(chunk_unreadable)`, as often as somebody asks."""
    change = "state = 'claimed', attempts = 2, lease_until = now()"
    await set_unit(observer, unit_of(chunk), change)
    failed = normalized(chunk, result="failed", code=Code.CHUNK_UNREADABLE)
    assert await pipeline.normalize(chunk, chunk) == [failed, failed]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE units SET state = 'claimed', lease_until = now() + interval '1 min'",
        "UPDATE units SET retry_at = now() + interval '1 min'",
        "UPDATE imports SET status = 'cancelled'",
    ],
    ids=["busy", "waits", "ended"],
)
async def test_what_is_not_ours_is_left_alone(
    pipeline: Pipeline, chunk: ChunkReady, observer: asyncpg.Connection, change: str
) -> None:
    """busy and ended: nothing is said, and the unit stays as it is."""
    await observer.execute(change)
    before = await unit_row(observer, unit_of(chunk))
    assert await pipeline.normalize(chunk) == []
    assert await unit_row(observer, unit_of(chunk)) == before


@pytest.mark.parametrize(
    ("lost", "code"),
    [("manifest", Code.SOURCE_MISSING), ("source", Code.SOURCE_MISSING),
     ("half", Code.SOURCE_CHANGED)],
)  # fmt: skip
async def test_a_permanent_failure_gives_the_unit_back(
    pipeline: Pipeline,
    chunk: ChunkReady,
    observer: asyncpg.Connection,
    lost: str,
    code: Code,
) -> None:
    """Its code is announced, and the unit waits for a retry; no attempt is counted."""
    source = ObjectKey(await observer.fetchval("SELECT source_key FROM imports"))
    if lost == "half":
        await pipeline.objects.put(source, BODY[:30])
    elif lost == "source":
        await pipeline.objects._call(
            pipeline.objects._client.delete_object, Bucket=pipeline.s3.bucket, Key=source
        )
    else:
        chunk = chunk.model_copy(update={"manifest_key": ObjectKey("gone")})
    assert await pipeline.normalize(chunk) == [normalized(chunk, result="failed", code=code)]
    unit = await unit_row(observer, unit_of(chunk))
    assert (unit["state"], unit["attempts"], unit["failures"]) == ("open", 0, 1)


async def test_a_lease_that_went_to_somebody_else(
    pipeline: Pipeline,
    chunk: ChunkReady,
    observer: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Who lost the unit says nothing; the other one finishes and announces the same key."""
    put, ours = pipeline.objects.put, pipeline.normalizer
    other = replace(ours, claims=Claims(ours.claims._pool, lease_seconds=15))  # another process
    elsewhere = replace(pipeline, normalizer=other)
    said: list[list[ChunkNormalized]] = []

    async def overtaken(_self: object, key: ObjectKey, body: bytes) -> None:
        if "/rows/" in key:
            monkeypatch.undo()
            await lease_runs_out(observer, unit_of(chunk))
            said.append(await elsewhere.normalize(chunk))
            del pipeline.said[:]
        await put(key, body)

    monkeypatch.setattr(type(pipeline.objects), "put", overtaken)
    assert await pipeline.normalize(chunk) == []
    [[event]] = said
    unit = await unit_row(observer, unit_of(chunk))
    assert (unit["state"], unit["key"], unit["attempts"]) == ("finished", event.key, 1)


async def test_a_bucket_that_is_away_costs_no_attempt(
    pipeline: Pipeline, chunk: ChunkReady, observer: asyncpg.Connection
) -> None:
    """Anything else fails the handler; the unit is given back, and a later try succeeds."""
    away = pipeline.s3.model_copy(update={"secret_key": SecretStr("wrong")})
    ours = pipeline.normalizer
    async with open_objectstore(away) as store:
        cut_off = Normalizer(ours.claims, store, ours.publish, Lane.MAIN)
        with pytest.raises(ClientError):
            await cut_off.on_chunk_ready(chunk)
    unit = await unit_row(observer, unit_of(chunk))
    assert (unit["state"], unit["attempts"], unit["failures"]) == ("open", 0, 1)
    assert pipeline.said == []
    await set_unit(observer, unit_of(chunk), "retry_at = now()")
    [event] = await pipeline.normalize(chunk)
    assert event.result == "done"


@pytest.mark.parametrize(
    ("lane", "topic"),
    [(Lane.MAIN, Topic.CHUNK_NORMALIZED), (Lane.SMALL, Topic.CHUNK_NORMALIZED_SMALL)],
)
async def test_a_chunk_stays_on_its_lane(
    pipeline: Pipeline, chunk: ChunkReady, lane: Lane, topic: Topic
) -> None:
    """What came on the small lane is announced on the small lane, under its import's key."""
    ours = pipeline.normalizer
    normalizer = Normalizer(ours.claims, ours.store, ours.publish, lane)
    await normalizer.on_chunk_ready(chunk)
    [(said_on, key, _)] = pipeline.said
    assert (said_on, key) == (topic, str(chunk.import_id))
