"""Outbox and relay: what commits is published, in order, by one relay at a time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest
from tests.fixtures.database import Database
from tests.fixtures.topics import Listener, Message, listening

from enlist.embedded.broker import address, program
from enlist.embedded.program import running
from enlist.embedded.waiting import free_port, wait_for
from enlist_shared.events import ShardReady
from enlist_shared.ids import AccountId, ImportId
from enlist_shared.outbox import announce, announce_all
from enlist_shared.postgres import Connection, account_transaction
from enlist_shared.relay import Relay
from enlist_shared.settings import KafkaSettings
from enlist_shared.topics import Topic

LEADERS = """
SELECT a.pid FROM pg_locks l JOIN pg_stat_activity a USING (pid)
WHERE l.locktype = 'advisory' AND l.granted AND a.application_name = 'relay'
  AND a.datname = current_database()
"""
TOPIC = Topic.IMPORT_PROGRESSED  # other tests put garbage on the topics that services read
UNPUBLISHED = "SELECT count(*) FROM outbox WHERE published_at IS NULL"


@asynccontextmanager
async def relaying(database: Database, settings: KafkaSettings) -> AsyncIterator[None]:
    """A relay, as a process of merge has it."""
    relaying = asyncio.create_task(Relay(database.dsn("enlist_system"), settings).run())
    try:
        yield
    finally:
        relaying.cancel()
        await asyncio.wait([relaying])


@pytest.fixture
async def topics(kafka_settings: KafkaSettings) -> AsyncIterator[Listener]:
    async with listening(kafka_settings.bootstrap_servers) as listener:
        yield listener


@pytest.fixture
def import_id() -> ImportId:
    return ImportId(uuid4())


async def say(connection: Connection, account_id: AccountId, import_id: UUID, shard: int) -> None:
    event = ShardReady(account_id=account_id, import_id=ImportId(import_id), shard=shard)
    await announce(connection, TOPIC, str(import_id), event)


def shards(said: list[Message]) -> list[int]:
    return [message.data["shard"] for message in said]


async def all_published(observer: asyncpg.Connection) -> None:
    async def holds() -> bool:
        return not await observer.fetchval(UNPUBLISHED)

    await wait_for(holds, 60)


async def test_what_commits_is_published_in_order(
    database: Database,
    kafka_settings: KafkaSettings,
    topics: Listener,
    merge_pool: asyncpg.Pool,
    observer: asyncpg.Connection,
    account_id: AccountId,
    import_id: ImportId,
) -> None:
    """Every event of an import, in the order of its commits, under the id and key of its row."""
    async with relaying(database, kafka_settings):
        for shard in range(0, 40, 2):
            async with account_transaction(merge_pool, account_id) as connection:
                pair = [
                    ShardReady(account_id=account_id, import_id=import_id, shard=number)
                    for number in (shard, shard + 1)
                ]
                await announce_all(connection, [(TOPIC, str(import_id), event) for event in pair])
        await topics.until(lambda: len(topics.about(str(import_id), TOPIC)) == 40)
        await all_published(observer)
    said = topics.about(str(import_id), TOPIC)
    assert shards(said) == list(range(40))
    rows = await observer.fetch("SELECT event_id::text, key, data FROM outbox ORDER BY id")
    assert [(m.event_id, m.key.decode(), m.value.decode()) for m in said] == list(map(tuple, rows))
    headers = dict(said[0].headers)
    assert (headers["ce_type"], headers["ce_subject"]) == (
        TOPIC.encode(),
        str(import_id).encode(),
    )


async def test_what_rolls_back_is_never_published(
    database: Database,
    kafka_settings: KafkaSettings,
    topics: Listener,
    merge_pool: asyncpg.Pool,
    account_id: AccountId,
    import_id: ImportId,
) -> None:
    """An event goes with the transaction that it belongs to."""
    async with relaying(database, kafka_settings):
        with suppress(ZeroDivisionError):
            async with account_transaction(merge_pool, account_id) as connection:
                await say(connection, account_id, import_id, 1)
                raise ZeroDivisionError
        async with account_transaction(merge_pool, account_id) as connection:
            await say(connection, account_id, import_id, 2)
        await topics.until(lambda: bool(topics.about(str(import_id), TOPIC)))
    assert shards(topics.about(str(import_id), TOPIC)) == [2]


async def test_rows_that_commit_late_are_not_passed_over(
    database: Database,
    kafka_settings: KafkaSettings,
    topics: Listener,
    merge_pool: asyncpg.Pool,
    account_id: AccountId,
    import_id: ImportId,
) -> None:
    """A transaction with the lower id that commits after a higher one was published."""
    late_import = uuid4()
    async with relaying(database, kafka_settings):
        async with account_transaction(merge_pool, account_id) as late:
            await say(late, account_id, late_import, 1)
            async with account_transaction(merge_pool, account_id) as connection:
                await say(connection, account_id, import_id, 2)
            await topics.until(lambda: bool(topics.about(str(import_id), TOPIC)))
            assert topics.about(str(late_import), TOPIC) == []
        await topics.until(lambda: bool(topics.about(str(late_import), TOPIC)))


async def test_one_relay_at_a_time(
    database: Database,
    kafka_settings: KafkaSettings,
    topics: Listener,
    merge_pool: asyncpg.Pool,
    observer: asyncpg.Connection,
    account_id: AccountId,
    import_id: ImportId,
) -> None:
    """Of three relays one leads and nothing is said twice; when it dies another one leads."""
    async with (
        relaying(database, kafka_settings),
        relaying(database, kafka_settings),
        relaying(database, kafka_settings),
    ):
        for shard in range(30):
            async with account_transaction(merge_pool, account_id) as connection:
                await say(connection, account_id, import_id, shard)
        await all_published(observer)
        [leader] = await observer.fetch(LEADERS)
        await observer.execute("SELECT pg_terminate_backend($1)", leader["pid"])
        async with account_transaction(merge_pool, account_id) as connection:
            await say(connection, account_id, import_id, 30)
        await all_published(observer)
        await topics.until(lambda: len(topics.about(str(import_id), TOPIC)) >= 31)
        assert await observer.fetch(LEADERS) != [leader]
    assert shards(topics.about(str(import_id), TOPIC)) == list(range(31))


async def test_a_broker_that_was_away(
    database: Database,
    merge_pool: asyncpg.Pool,
    observer: asyncpg.Connection,
    account_id: AccountId,
    import_id: ImportId,
    tmp_path: Path,
) -> None:
    """Absent at the start, and away in between: nothing counts as published, then all goes on."""
    port = free_port()
    settings = KafkaSettings(
        bootstrap_servers=address(port), enable_idempotence=False, request_timeout_ms=3000
    )
    async with relaying(database, settings):
        for shard in (0, 10):
            async with account_transaction(merge_pool, account_id) as connection:
                await say(connection, account_id, import_id, shard)
            assert await observer.fetchval(UNPUBLISHED) == 1
            async with (
                running(program(port, tmp_path / "broker.log"), grace=1.0),
                listening(address(port)) as topics,
            ):
                # The embedded broker may lose what it took before its topics were made.
                await all_published(observer)
                async with account_transaction(merge_pool, account_id) as connection:
                    await say(connection, account_id, import_id, shard + 1)
                await heard(topics, import_id, shard + 1)


async def heard(topics: Listener, import_id: ImportId, shard: int) -> None:
    await topics.until(lambda: shard in shards(topics.about(str(import_id), TOPIC)), 60)
