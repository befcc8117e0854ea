"""An import that opts out: numbers are remembered, contacts and lists are left alone."""

import json
import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from tests.fixtures.database import Database
from tests.fixtures.ingest import announced
from tests.fixtures.ledger import counts_of
from tests.fixtures.pipeline import Pipeline, pipeline_of

from enlist_ingest.messages import Messages
from enlist_shared.consent import ConsentChanges
from enlist_shared.events import ChunkNormalized, ConsentChanged, SmsReceived
from enlist_shared.ids import AccountId
from enlist_shared.settings import S3Settings
from enlist_shared.topics import Topic

ONE, TWO, THREE = "+447400000001", "+447400000002", "+447400000003"
OUT = {"purpose": "opt_out"}
STATED = {"consent": {"source": "spring fair", "evidence": "signed sheet 12"}}
UNTOUCHED = ("contacts", "lists", "memberships", "changes")


@pytest.fixture
async def pipeline(
    database: Database, s3_settings: S3Settings, account_id: AccountId
) -> AsyncIterator[Pipeline]:
    async with pipeline_of(account_id, database, s3_settings) as one:
        yield one


def table(*rows: str, header: str = "phone,first name,whatsapp number,lists") -> bytes:
    return "".join(f"{row}\n" for row in (header, *rows)).encode()


async def consents(observer: asyncpg.Connection) -> dict[tuple[str, str], tuple[str, str, Any]]:
    rows = await observer.fetch("SELECT number, channel, state, source, record FROM consents")
    return {(row["number"], row["channel"]): tuple(row)[2:] for row in rows}


def out(record: int) -> tuple[str, str, int]:
    return "opted_out", "opt_out_import", record


async def changed(observer: asyncpg.Connection) -> list[ConsentChanged]:
    """What was announced."""
    said = await announced(observer)
    return [
        ConsentChanged.model_validate(data)
        for topic, _, data in said
        if topic == Topic.CONSENT_CHANGED
    ]


async def effective(observer: asyncpg.Connection) -> set[datetime]:
    """When what was ever said counts from."""
    rows = await observer.fetch("SELECT DISTINCT effective_at FROM consent_events")
    return {row["effective_at"] for row in rows}


async def named(
    pipeline: Pipeline, observer: asyncpg.Connection, event: ConsentChanged
) -> list[str]:
    """The numbers and records of the objects that an event leads to."""
    assert event.object_key is not None
    times: set[datetime] = set()
    changes = ConsentChanges.model_validate_json(await pipeline.objects.get(event.object_key))
    assert (changes.channel, changes.state) == (event.channel, event.state)
    assert sum(each.numbers for each in changes.objects) == event.numbers
    lines = []
    for each in changes.objects:
        header, *rows = (await pipeline.objects.get(each.key)).decode().splitlines()
        assert (header, len(rows)) == ("number,record,effective_at", each.numbers)
        lines += [row.rpartition(",")[0] for row in rows]
        times |= {datetime.fromisoformat(row.rpartition(",")[2]) for row in rows}
    assert times <= await effective(observer)
    return sorted(lines)


async def test_numbers_are_opted_out(pipeline: Pipeline, observer: asyncpg.Connection) -> None:
    """Unknown or opted in: created. Out already: unchanged. Again in the file: duplicate."""
    await pipeline.import_file(table(f"{ONE},Ann,,News", f"{TWO},Bob,,"), STATED)
    await pipeline.import_file(table(f"{THREE},,,"), OUT)
    before = {name: await observer.fetch(f"SELECT * FROM {name}") for name in UNTOUCHED}  # noqa: S608
    rows = (f"{THREE},,,", f"{ONE},Eve,,VIP", "12345,,,", "+447400000004,,,", f"{ONE},Ann,,")
    import_id = await pipeline.import_file(table(*rows), OUT)
    assert await counts_of(observer, import_id) == {
        "records": 5, "created": 2, "unchanged": 1, "duplicate": 1, "rejected": 1, "suppressed": 1,
    }  # fmt: skip
    assert await consents(observer) == {
        (ONE, "phone"): out(2),
        (TWO, "phone"): ("opted_in", "import", 2),
        (THREE, "phone"): out(1),
        ("+447400000004", "phone"): out(4),
    }
    after = {name: await observer.fetch(f"SELECT * FROM {name}") for name in UNTOUCHED}  # noqa: S608
    assert after == before


async def test_one_event_an_import(pipeline: Pipeline, observer: asyncpg.Connection) -> None:
    """It counts the numbers that changed and leads to them; without a change there is none."""
    rows = table(f"{ONE},Ann,,", f"{TWO},Bob,,", f"{TWO},Bob,,")
    imports = [await pipeline.import_file(rows, options) for options in (STATED, STATED, OUT, OUT)]
    events = await changed(observer)
    assert [
        (event.import_id, event.consent_id, event.state, event.numbers) for event in events
    ] == [
        (imports[0], None, "opted_in", 2),
        (imports[2], None, "opted_out", 2),
    ]
    for event in events:
        assert await named(pipeline, observer, event) == [f"{ONE},1", f"{TWO},2"]
    columns = "SELECT import_id, key FROM outbox WHERE topic = $1"
    found = {tuple(row) for row in await observer.fetch(columns, Topic.CONSENT_CHANGED)}
    assert found == {(None, str(pipeline.account_id))}


async def test_whatsapp_numbers_meet_whatever_the_phone_numbers_are(
    pipeline: Pipeline, observer: asyncpg.Connection
) -> None:
    """Records of many slots state one WhatsApp number: one is created, the others duplicates."""
    rows = [f"+4474000000{number:02},Ann {number},{ONE}," for number in range(2, 42)]
    options = {**OUT, "channel": "whatsapp"}
    shards = await pipeline.merging(
        table(*rows, f"{TWO},,,"), options, chunk_bytes=400, shard_records=10
    )
    for shard in random.sample(shards, len(shards)) * 2:
        await pipeline.merger.on_shard_ready(shard)
    assert await consents(observer) == {(ONE, "whatsapp"): out(1), (TWO, "whatsapp"): out(41)}
    assert await counts_of(observer, shards[0].import_id) == {
        "records": 41, "created": 2, "duplicate": 39,
    }  # fmt: skip
    [event] = await changed(observer)
    assert await named(pipeline, observer, event) == [f"{ONE},1", f"{TWO},41"]


async def test_a_late_start_is_too_late(
    pipeline: Pipeline, observer: asyncpg.Connection, ingest_pool: asyncpg.Pool
) -> None:
    """Who was out is out from the import on: a START of before comes too late, one of after not."""
    begun = datetime.now(UTC)
    for _ in range(2):
        await pipeline.import_file(table(f"{ONE},,,"), OUT)
    first = await observer.fetchval("SELECT min(effective_at) FROM consent_events")
    messages = Messages(ingest_pool)
    for received_at, state in (
        (begun, "opted_out"),
        (first + timedelta(microseconds=1), "opted_out"),
        (datetime.now(UTC) + timedelta(days=1), "opted_in"),
    ):
        message = {"message_id": str(received_at), "sender": ONE, "to": "60777", "body": "START"}
        message |= {"account_id": str(pipeline.account_id), "received_at": received_at.isoformat()}
        await messages.hear(SmsReceived.model_validate(message))
        assert (await consents(observer))[ONE, "phone"][0] == state


async def test_what_was_merged_of_an_import_that_fails_is_told(
    pipeline: Pipeline, observer: asyncpg.Connection
) -> None:
    """The rows of one shard are gone: the import fails, and names what the other one opted out."""
    rows = [f"+4474000000{number:02},,," for number in range(20)]
    first, second = await pipeline.merging(table(*rows), OUT, shard_records=10)
    await pipeline.merger.on_shard_ready(first)
    await observer.execute("UPDATE chunks SET rows_key = 'gone'")
    await pipeline.merger.on_shard_ready(second)
    assert await observer.fetchval("SELECT status FROM imports") == "failed"
    [event] = await changed(observer)
    opted_out = {line.partition(",")[0] for line in await named(pipeline, observer, event)}
    assert opted_out == {number for number, _ in await consents(observer)}
    assert len(opted_out) == 10


async def test_nothing_of_a_row_is_passed_on_but_its_number(pipeline: Pipeline) -> None:
    """No name, field or list leaves the chunk: there is nobody to write it to."""
    chunks = await pipeline.accept(table(f"{ONE},Ann,{TWO},News"), {**OUT, "channel": "whatsapp"})
    [event] = await pipeline.normalize(*chunks)
    assert isinstance(event, ChunkNormalized)
    assert event.key is not None
    manifest = json.loads(await pipeline.objects.get(event.key))
    assert manifest["list_names"] == []
    body = await pipeline.objects.get(manifest["key"])
    assert [text in body for text in (b"Ann", b"News", ONE.encode(), TWO.encode())] == [
        False, False, False, True,
    ]  # fmt: skip
