"""A shard's transaction happens once or not at all, whatever comes in between."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from tests.fixtures.database import Database
from tests.fixtures.ingest import announced
from tests.fixtures.ledger import (
    counts_of,
    import_row,
    lease_runs_out,
    set_unit,
    unit_row,
)
from tests.fixtures.pipeline import NEW_LISTS, Pipeline, pipeline_of

from enlist_merge.lists import merge_plan
from enlist_merge.merging import ShardEndedError, ShardMerge
from enlist_merge.staging import read_shard
from enlist_shared.claims import Claim, Unit
from enlist_shared.endings import end_import
from enlist_shared.events import ShardReady
from enlist_shared.ids import AccountId
from enlist_shared.postgres import account_transaction
from enlist_shared.settings import S3Settings
from enlist_shared.states import Status, UnitKind

ROWS = 40
BODY = b"phone,first name,lists\n" + b"".join(
    b"+447400%06d,Ann %d,news\n" % (number, number) for number in range(ROWS)
)
SIZES = {"chunk_bytes": 400, "shard_records": 10}
CONSENT = {"consent": {"source": "spring fair", "evidence": "signed sheet 12"}}
STATE = (
    "imports", "chunks", "shards", "units", "contacts", "lists", "memberships", "changes",
    "consents", "consent_events",
)  # fmt: skip
SLICES = (
    "SELECT rows_key, slice_offsets[$2 + 1], slice_lengths[$2 + 1] FROM chunks "
    "WHERE import_id = $1 AND slice_lengths[$2 + 1] > 0 ORDER BY chunk"
)


@pytest.fixture
async def pipeline(
    database: Database, s3_settings: S3Settings, account_id: AccountId
) -> AsyncIterator[Pipeline]:
    async with pipeline_of(account_id, database, s3_settings) as one:
        yield one


async def everything(observer: asyncpg.Connection) -> list[Any]:
    """Every row that merging may touch, with its version; and the outbox."""
    rows = [
        await observer.fetch(f"SELECT xmin::text, * FROM {name} ORDER BY 2, 3, 4")  # noqa: S608
        for name in STATE
    ]
    return [*rows, await announced(observer)]


def unit_of(event: ShardReady) -> Unit:
    return Unit(event.account_id, event.import_id, UnitKind.SHARD, event.shard)


async def claimed(
    pipeline: Pipeline, observer: asyncpg.Connection, event: ShardReady
) -> tuple[Claim, ShardMerge]:
    """A shard that is claimed, read and folded: what is left is its transaction."""
    merger, unit = pipeline.merger, unit_of(event)
    claim = await merger.claims.claim(unit)
    plan = await merge_plan(merger.pool, unit.account_id, unit.import_id, 10)
    rows = await observer.fetch(SLICES, unit.import_id, unit.number)
    shard = await read_shard(merger.store, [tuple(row) for row in rows], plan)
    return claim, ShardMerge(merger.pool, merger.store, claim, plan, shard)


async def test_chunks_and_shards_add_up(pipeline: Pipeline, observer: asyncpg.Connection) -> None:
    """Several chunks and shards make one balance; each shard has its place in the order."""
    shards = await pipeline.merging(BODY, **SIZES)
    assert [event.shard for event in shards] == [0, 1, 2, 3]
    for event in reversed(shards):
        await pipeline.merger.on_shard_ready(event)
    row = await import_row(observer, shards[0].import_id)
    assert (row["status"], row["chunks"] > 1, row["shards_merged"]) == ("completed", True, 4)
    counts = {"records": ROWS, "created": ROWS, "listed": ROWS}
    assert await counts_of(observer, row["import_id"]) == counts
    sums = await observer.fetchrow(
        "SELECT sum(forwarded), sum(created), sum(unprocessed), count(DISTINCT seq) FROM shards"
    )
    assert sums is not None
    assert tuple(sums) == (ROWS, ROWS, 0, 4)


async def test_a_shard_delivered_again_changes_nothing(
    pipeline: Pipeline, observer: asyncpg.Connection
) -> None:
    """The second delivery of a shard, before or after the import's end, touches no row."""
    first, *others = await pipeline.merging(BODY, CONSENT, **SIZES)
    for events in ([first], others):
        for event in events:
            await pipeline.merger.on_shard_ready(event)
        before = await everything(observer)
        await pipeline.merger.on_shard_ready(first)
        assert await everything(observer) == before


async def test_a_chunk_recorded_again_changes_nothing(
    pipeline: Pipeline, observer: asyncpg.Connection
) -> None:
    """The second delivery of a normalised chunk opens no shard twice."""
    chunks = await pipeline.normalize(*await pipeline.accept(BODY, **SIZES))
    for event in chunks:
        await pipeline.merger.on_chunk_normalized(event)
    before = await everything(observer)
    for event in chunks:
        await pipeline.merger.on_chunk_normalized(event)
        await pipeline.merger.on_small_chunk_normalized(event)
    assert await everything(observer) == before


async def test_a_cancelled_import_is_not_merged(
    pipeline: Pipeline, observer: asyncpg.Connection
) -> None:
    """Cancelled between claim and commit: the transaction rolls back, the end stays."""
    event, *_ = await pipeline.merging(BODY, **SIZES)
    _, merge = await claimed(pipeline, observer, event)
    async with account_transaction(pipeline.merger.pool, event.account_id) as connection:
        assert await end_import(connection, event.account_id, event.import_id, Status.CANCELLED)
    before = await everything(observer)
    with pytest.raises(ShardEndedError):
        await merge.run()
    assert await everything(observer) == before
    assert await counts_of(observer, event.import_id) == {"records": ROWS, "unprocessed": ROWS}


async def test_a_lost_lease_is_not_merged(pipeline: Pipeline, observer: asyncpg.Connection) -> None:
    """Whose lease went to somebody else writes nothing; the other one merges it, once."""
    event, *_ = await pipeline.merging(BODY, CONSENT, **SIZES)
    _, late = await claimed(pipeline, observer, event)
    await lease_runs_out(observer, unit_of(event))
    _, current = await claimed(pipeline, observer, event)
    before = await everything(observer)
    with pytest.raises(ShardEndedError):
        await late.run()
    assert await everything(observer) == before
    await current.run()
    assert await observer.fetchval("SELECT shards_merged FROM imports") == 1


async def test_a_failed_commit_gives_the_shard_back(
    pipeline: Pipeline, observer: asyncpg.Connection
) -> None:
    """A counter that does not add up rolls everything back, and the unit waits for another try."""
    event, *_ = await pipeline.merging(BODY, **SIZES)
    await observer.execute("UPDATE imports SET unprocessed = 0, created = records")
    contacts = "SELECT count(*) FROM contacts"
    with pytest.raises(asyncpg.CheckViolationError):
        await pipeline.merger.on_shard_ready(event)
    assert await observer.fetchval(contacts) == 0
    row = await unit_row(observer, unit_of(event))
    assert (row["state"], row["attempts"], row["failures"]) == ("open", 1, 1)


async def test_a_shard_that_is_given_up_fails_the_import_at_the_end(
    pipeline: Pipeline, observer: asyncpg.Connection
) -> None:
    """The others go on; then the import is `failed(shard_failed)`, what is merged is reported."""
    first, *others = await pipeline.merging(BODY, **SIZES)
    await set_unit(observer, unit_of(first), "state = 'claimed', attempts = 2, lease_until = now()")
    for _ in range(2):
        await pipeline.merger.on_shard_ready(first)
    assert (await import_row(observer, first.import_id))["shards_given_up"] == 1
    for event in others:
        await pipeline.merger.on_shard_ready(event)
    row = await import_row(observer, first.import_id)
    assert (row["status"], row["error_code"]) == ("failed", "shard_failed")
    lost = await observer.fetchval("SELECT forwarded FROM shards WHERE given_up")
    assert lost > 0
    counts = {"records": ROWS, "created": ROWS - lost, "unprocessed": lost, "listed": ROWS - lost}
    assert await counts_of(observer, first.import_id) == counts
    topics = [topic for topic, _, _ in await announced(observer)]
    assert topics.count("enlist.import.failed.v1") == 1
    assert "enlist.import.completed.v1" not in topics


async def test_rows_that_are_gone_end_the_import(
    pipeline: Pipeline, observer: asyncpg.Connection
) -> None:
    """When a chunk's object is missing the import ends with `source_missing`."""
    event, *_ = await pipeline.merging(BODY, **SIZES)
    await observer.execute("UPDATE chunks SET rows_key = rows_key || 'gone'")
    await pipeline.merger.on_shard_ready(event)
    row = await import_row(observer, event.import_id)
    assert (row["status"], row["error_code"]) == ("failed", "source_missing")


async def test_too_many_new_lists_merge_nothing(
    pipeline: Pipeline, observer: asyncpg.Connection
) -> None:
    """Beyond the limit no list is made and the import ends `failed(too_many_lists)`."""
    names = [f"list {number}" for number in range(NEW_LISTS)]  # and one that records state
    event, *_ = await pipeline.merging(BODY, {"lists": names}, **SIZES)
    await pipeline.merger.on_shard_ready(event)
    row = await import_row(observer, event.import_id)
    assert (row["status"], row["error_code"]) == ("failed", "too_many_lists")
    assert await observer.fetchval("SELECT count(*) FROM lists") == 0


async def test_a_chunk_of_an_ended_import_is_not_recorded(
    pipeline: Pipeline, observer: asyncpg.Connection
) -> None:
    """A chunk that comes in after the end stays unrecorded, so that a retry can count it."""
    event, *_ = await pipeline.normalize(*await pipeline.accept(BODY, **SIZES))
    await observer.execute("UPDATE imports SET status = 'cancelled'")
    before = await everything(observer)
    await pipeline.merger.on_chunk_normalized(event)
    assert await everything(observer) == before
