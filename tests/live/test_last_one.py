"""The last two of a kind, finishing at the same moment: exactly one of them is the last."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
from tests.fixtures.database import Database
from tests.fixtures.pipeline import Pipeline, pipeline_of

from enlist_shared.ids import AccountId, ImportId
from enlist_shared.settings import S3Settings
from enlist_shared.topics import Topic

ROUNDS = 12
ROWS = 60


@pytest.fixture
async def pipeline(
    database: Database, s3_settings: S3Settings, account_id: AccountId
) -> AsyncIterator[Pipeline]:
    async with pipeline_of(account_id, database, s3_settings) as one:
        yield one


def people(first: int) -> bytes:
    rows = (f"+4474{number:08},N{number}\n" for number in range(first, first + ROWS))
    return ("phone,first name\n" + "".join(rows)).encode()


async def said(observer: asyncpg.Connection, import_id: ImportId, topic: Topic) -> int:
    return int(
        await observer.fetchval(
            "SELECT count(*) FROM outbox WHERE import_id = $1 AND topic = $2", import_id, topic
        )
    )


async def test_the_last_two_chunks_open_the_shards_once(
    pipeline: Pipeline, observer: asyncpg.Connection
) -> None:
    """Two chunks recorded at a barrier: the shards are announced by one of them, once each."""
    for turn in range(ROUNDS):
        ready = await pipeline.accept(people(turn * ROWS), chunk_bytes=400, shard_records=20)
        *early, one, other = await pipeline.normalize(*ready)
        for event in early:
            await pipeline.merger.on_chunk_normalized(event)
        await asyncio.gather(
            pipeline.merger.on_chunk_normalized(one), pipeline.merger.on_chunk_normalized(other)
        )
        rows = await observer.fetch(
            "SELECT status, shards FROM imports WHERE import_id = $1", one.import_id
        )
        assert [tuple(row) for row in rows] == [("merging", 4)]
        assert await said(observer, one.import_id, Topic.SHARD_READY) == 4


async def test_the_last_two_shards_complete_the_import_once(
    pipeline: Pipeline, observer: asyncpg.Connection
) -> None:
    """Two shards merged at a barrier: one confirmation, and it counts every record."""
    for turn in range(ROUNDS):
        ready = await pipeline.merging(people(turn * ROWS), chunk_bytes=400, shard_records=20)
        *early, one, other = ready
        for event in early:
            await pipeline.merger.on_shard_ready(event)
        await asyncio.gather(
            pipeline.merger.on_shard_ready(one), pipeline.merger.on_shard_ready(other)
        )
        rows = await observer.fetch(
            "SELECT status, created, unprocessed FROM imports WHERE import_id = $1", one.import_id
        )
        assert [tuple(row) for row in rows] == [("completed", ROWS, 0)]
        assert await said(observer, one.import_id, Topic.IMPORT_COMPLETED) == 1
