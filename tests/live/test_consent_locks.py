"""Consent of numbers that live in other slots and shards: locks, order, deliveries."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from tests.fixtures.database import Database, connected
from tests.fixtures.ledger import counts_of
from tests.fixtures.pipeline import Pipeline, pipeline_of

from enlist.embedded.waiting import wait_for
from enlist_rules.rows import SLOTS
from enlist_shared.ids import AccountId
from enlist_shared.settings import S3Settings

CONSENT = {"consent": {"source": "spring fair", "evidence": "signed sheet 12"}}
PHONE, WHATSAPP = "+447400000001", "+447400000032"
ROWS = 40
# Rows in every shard, and each states the WhatsApp number of the same two people.
CROWD = b"phone,whatsapp number\n" + b"".join(
    b"+447400%06d,+44740000000%d\n" % (number, number // 8 % 2) for number in range(ROWS)
)
SIZES = {"chunk_bytes": 400, "shard_records": 10}
WAITING = """
SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = $1)
"""


@pytest.fixture
async def pipeline(
    database: Database, s3_settings: S3Settings, account_id: AccountId
) -> AsyncIterator[Pipeline]:
    async with pipeline_of(account_id, database, s3_settings) as one:
        yield one


async def written(observer: asyncpg.Connection) -> list[tuple[Any, ...]]:
    """Every row about consent, with its version."""
    rows = await observer.fetch(
        "SELECT number, seq, xmin::text FROM consents UNION ALL "
        "SELECT number, seq, xmin::text FROM consent_events ORDER BY 1, 2, 3"
    )
    return [tuple(row) for row in rows]


async def test_the_slot_of_every_number_that_may_be_written_is_locked(
    pipeline: Pipeline, database: Database, observer: asyncpg.Connection
) -> None:
    """Who has the slot of a WhatsApp number holds up who states its consent, and nobody else."""
    slot = int(WHATSAPP[1:]) % SLOTS
    assert slot != int(PHONE[1:]) % SLOTS
    body = f"phone,whatsapp number\n{PHONE},{WHATSAPP}\n".encode()
    async with connected(database.superuser) as other:
        transaction = other.transaction()
        await transaction.start()
        await other.execute("SELECT enlist.lock_slots($1, $2)", pipeline.account_id, [slot])
        await pipeline.import_file(body, {"channel": "whatsapp"})
        shard, *_ = await pipeline.merging(body, {"channel": "whatsapp", **CONSENT})
        merging = asyncio.create_task(pipeline.merger.on_shard_ready(shard))
        await wait_for(lambda: observer.fetchval(WAITING, slot), 20)
        assert await written(observer) == []
        await transaction.rollback()
    await merging
    assert len(await written(observer)) == 2


@pytest.mark.parametrize("backwards", [False, True])
async def test_no_outcome_depends_on_which_shard_comes_first(
    pipeline: Pipeline, observer: asyncpg.Connection, backwards: bool
) -> None:
    """Records of several shards state one number: each of them is updated, and it has one event."""
    await pipeline.import_file(CROWD, {"channel": "whatsapp"})
    shards = await pipeline.merging(CROWD, {"channel": "whatsapp", **CONSENT}, **SIZES)
    assert len(shards) == 4
    for shard in sorted(shards, key=lambda each: each.shard, reverse=backwards):
        await pipeline.merger.on_shard_ready(shard)
    assert await counts_of(observer, shards[0].import_id) == {"records": ROWS, "updated": ROWS}
    assert len(await written(observer)) == 4


async def test_shards_at_once_and_again(pipeline: Pipeline, observer: asyncpg.Connection) -> None:
    """Shards that state the same numbers merge at once; delivered again they write nothing."""
    shards = await pipeline.merging(CROWD, {"channel": "whatsapp", **CONSENT}, **SIZES)
    deliver = [pipeline.merger.on_shard_ready(shard) for shard in (*shards, *shards)]
    await asyncio.gather(*deliver)
    before = await written(observer)
    assert len(before) == 4
    for shard in shards:
        await pipeline.merger.on_shard_ready(shard)
    assert await written(observer) == before
    assert await counts_of(observer, shards[0].import_id) == {"records": ROWS, "created": ROWS}
