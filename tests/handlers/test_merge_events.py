"""What merge does with each event, and for each answer of a claim."""

import json
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from tests.fixtures.database import Database
from tests.fixtures.ingest import announced
from tests.fixtures.ledger import counts_of, import_row, unit_row
from tests.fixtures.pipeline import Pipeline, pipeline_of

from enlist_rules.codes import Code
from enlist_shared.claims import Unit
from enlist_shared.events import ChunkNormalized
from enlist_shared.ids import AccountId, ObjectKey
from enlist_shared.settings import S3Settings
from enlist_shared.states import UnitKind

BODY = b"phone,first name\n+447400000001,Ann\n+447400000066,Bob\nnone,Cy\n"


@pytest.fixture
async def pipeline(
    database: Database, s3_settings: S3Settings, account_id: AccountId
) -> AsyncIterator[Pipeline]:
    async with pipeline_of(account_id, database, s3_settings) as one:
        yield one


async def only_chunk(pipeline: Pipeline, **sizes: int) -> ChunkNormalized:
    [event] = await pipeline.normalize(*await pipeline.accept(BODY, **sizes))
    return event


async def topics(observer: asyncpg.Connection) -> list[str]:
    """The topics of what merge said, without its prefix and version."""
    said = [topic.split(".", 1)[1].rsplit(".", 1)[0] for topic, _, _ in await announced(observer)]
    return [topic for topic in said if not topic.startswith("chunk")][1:]


async def test_a_small_chunk_is_merged_in_place(
    pipeline: Pipeline, observer: asyncpg.Connection
) -> None:
    """The chunk of a small import is recorded and merged: no shard event, one confirmation."""
    event = await only_chunk(pipeline)
    await pipeline.merger.on_small_chunk_normalized(event)
    row = await import_row(observer, event.import_id)
    assert (row["status"], row["reasons"]) == ("completed", {"phone_missing": 1})
    assert await counts_of(observer, event.import_id) == {
        "records": 3, "created": 2, "rejected": 1,
    }  # fmt: skip
    progress = "import.progressed"
    assert await topics(observer) == [progress, progress, "import.completed"]


async def test_a_chunk_of_the_main_lane_opens_its_shards(
    pipeline: Pipeline, observer: asyncpg.Connection
) -> None:
    """After the last chunk each shard that has rows is announced; the empty ones are merged."""
    event = await only_chunk(pipeline, shard_records=1)
    await pipeline.merger.on_chunk_normalized(event)
    row = await import_row(observer, event.import_id)
    assert (row["status"], row["shards"], row["shards_merged"]) == ("merging", 4, 2)
    assert await counts_of(observer, event.import_id) == {
        "records": 3, "rejected": 1, "unprocessed": 2,
    }  # fmt: skip
    assert await topics(observer) == ["import.progressed", "shard.ready", "shard.ready"]


async def test_an_import_of_rejects_alone_completes(
    pipeline: Pipeline, observer: asyncpg.Connection
) -> None:
    """Without a row to merge the import completes when its last chunk is recorded."""
    [event] = await pipeline.normalize(*await pipeline.accept(b"phone\nnone\nn/a\n"))
    await pipeline.merger.on_chunk_normalized(event)
    row = await import_row(observer, event.import_id)
    assert (row["status"], row["reasons"]) == ("completed", {"phone_missing": 2})
    assert (await announced(observer))[-1][0] == "enlist.import.completed.v1"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"result": "failed", "key": None, "code": Code.SOURCE_CHANGED}, "source_changed"),
        ({"result": "failed", "key": None}, "chunk_unreadable"),
        ({"key": ObjectKey("gone")}, "source_missing"),
    ],
)
async def test_a_chunk_that_was_never_normalised_fails_the_import(
    pipeline: Pipeline, observer: asyncpg.Connection, change: dict[str, Any], code: str
) -> None:
    """The import ends with the chunk's code, once, and nothing is merged."""
    event = (await only_chunk(pipeline)).model_copy(update=change)
    for _ in range(2):
        await pipeline.merger.on_chunk_normalized(event)
    row = await import_row(observer, event.import_id)
    assert (row["status"], row["error_code"]) == ("failed", code)
    assert "chunk 0" in row["error_message"]
    assert await counts_of(observer, event.import_id) == {"records": 3, "unprocessed": 3}
    assert await topics(observer) == ["import.progressed", "import.failed"]


async def test_a_manifest_that_is_damaged_fails_the_import(
    pipeline: Pipeline, observer: asyncpg.Connection
) -> None:
    """What does not validate never will: the import ends, instead of being told of it for ever."""
    event = await only_chunk(pipeline)
    assert event.key is not None
    await pipeline.objects.put(event.key, b'{"chunk": "none"}')
    await pipeline.merger.on_chunk_normalized(event)
    row = await import_row(observer, event.import_id)
    assert (row["status"], row["error_code"]) == ("failed", "chunk_unreadable")


async def test_a_chunk_that_the_ledger_refuses_fails_the_import(
    pipeline: Pipeline, observer: asyncpg.Connection
) -> None:
    """Counts that violate a CHECK are a bug: the chunk counts as given up."""
    event = await only_chunk(pipeline)
    assert event.key is not None
    manifest = json.loads(await pipeline.objects.get(event.key))
    await pipeline.objects.put(event.key, json.dumps(manifest | {"rejected": -1}).encode())
    await pipeline.merger.on_chunk_normalized(event)
    row = await import_row(observer, event.import_id)
    assert (row["status"], row["error_code"]) == ("failed", "chunk_unreadable")
    assert await counts_of(observer, event.import_id) == {"records": 3, "unprocessed": 3}


async def test_two_counts_that_differ_fail_the_import(
    pipeline: Pipeline, observer: asyncpg.Connection
) -> None:
    """What the splitter counted and what was read must agree before any shard exists."""
    event = await only_chunk(pipeline)
    await observer.execute("UPDATE imports SET records = 4, unprocessed = 4")
    await pipeline.merger.on_small_chunk_normalized(event)
    row = await import_row(observer, event.import_id)
    assert (row["status"], row["error_code"]) == ("failed", "count_mismatch")
    assert await observer.fetchval("SELECT count(*) FROM shards") == 0
    assert await counts_of(observer, event.import_id) == {"records": 4, "unprocessed": 4}


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE units SET state = 'claimed', lease_until = 'infinity' WHERE kind = 'shard'",
        "UPDATE units SET retry_at = now() + interval '1 min' WHERE kind = 'shard'",
        "UPDATE imports SET status = 'cancelled'",
    ],
    ids=["busy", "waits", "ended"],
)
async def test_a_shard_that_is_not_ours_is_left_alone(
    pipeline: Pipeline, observer: asyncpg.Connection, change: str
) -> None:
    """busy and ended: no contact is written, and the unit stays as it is."""
    shard, *_ = await pipeline.merging(BODY)
    await observer.execute(change)
    unit = Unit(shard.account_id, shard.import_id, UnitKind.SHARD, shard.shard)
    before = await unit_row(observer, unit)
    await pipeline.merger.on_shard_ready(shard)
    assert await unit_row(observer, unit) == before
    assert await observer.fetchval("SELECT count(*) FROM contacts") == 0


async def test_the_confirmation_says_what_the_ledger_says(
    pipeline: Pipeline, observer: asyncpg.Connection
) -> None:
    """Counts, reasons and times of the event are those of the import; no row, no file name."""
    import_id = await pipeline.import_file(BODY, {"correlation_id": "c-1", "lists": ["news"]})
    row = await import_row(observer, import_id)
    topic, key, event = (await announced(observer))[-1]
    assert (topic, key) == ("enlist.import.completed.v1", str(pipeline.account_id))
    names = ("source", "purpose", "correlation_id", "channel", "reasons", "warning_reasons")
    assert {name: event[name] for name in names} == {name: row[name] for name in names}
    assert event["lists"] == row["list_ids"]
    assert {name: count for name, count in event["counts"].items() if count} == (
        await counts_of(observer, import_id)
    )
    assert not {"people.csv", "+447400000001", "Ann"} & set(str(event).split("'"))
