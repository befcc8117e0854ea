"""What the relay cannot publish holds up its own import, or its account, and no other."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from uuid import UUID, uuid4

import asyncpg
import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from structlog.testing import capture_logs
from tests.fixtures.database import Database
from tests.fixtures.topics import Listener, listening
from tests.live.test_relay import TOPIC, UNPUBLISHED, all_published, relaying

from enlist.embedded.waiting import wait_for
from enlist_shared import relay
from enlist_shared.settings import KafkaSettings
from enlist_shared.topic_creation import connection

INSERT = """
INSERT INTO outbox (account_id, import_id, topic, key, data)
VALUES ($1, CASE WHEN NOT $4::boolean THEN $1::uuid END, $2, 'key', $3)
"""
ORDER = "SELECT array_agg(id ORDER BY published_at, id) FROM outbox WHERE import_id = $1"
TOO_LARGE = 2**21  # bytes; a producer takes a megabyte


@pytest.fixture
async def topics(kafka_settings: KafkaSettings) -> AsyncIterator[Listener]:
    async with listening(kafka_settings) as listener:
        yield listener


@pytest.fixture
def absent() -> str:
    """A topic that nobody has made yet."""
    return f"test.absent.{uuid4()}"


async def say(
    observer: asyncpg.Connection,
    import_id: UUID,
    *topics: str,
    padding: int = 0,
    of_account: bool = False,
) -> None:
    """One event on each topic, in this order; the first one is padded.

    Those of an account are about no import: its id stands for the account's.
    """
    for topic in topics:
        data = f'{{"import_id": "{import_id}", "padding": "{"x" * padding}"}}'
        await observer.execute(INSERT, import_id, topic, data, of_account)
        padding = 0


async def make(settings: KafkaSettings, topic: str) -> None:
    admin = AIOKafkaAdminClient(**connection(settings))
    await admin.start()
    try:
        await admin.create_topics([NewTopic(topic, 1, 1)])
    finally:
        await admin.close()


async def heard(topics: Listener, import_id: UUID, times: int = 1) -> None:
    await topics.until(lambda: len(topics.about(str(import_id), TOPIC)) >= times)


async def held(observer: asyncpg.Connection, events: int) -> None:
    """Wait until so many events are held."""

    async def holds() -> bool:
        question = "SELECT count(held_until) FROM outbox WHERE published_at IS NULL"
        return bool(await observer.fetchval(question) == events)

    await wait_for(holds, 30)


async def test_an_absent_topic(
    database: Database,
    kafka_settings: KafkaSettings,
    topics: Listener,
    observer: asyncpg.Connection,
    absent: str,
) -> None:
    """Its import waits, in its order, until the topic is made; other imports do not."""
    stuck, other = uuid4(), uuid4()
    await say(observer, stuck, TOPIC, absent, TOPIC, absent)
    await say(observer, other, TOPIC)
    async with relaying(database, kafka_settings):
        await heard(topics, stuck)
        await heard(topics, other)
        await held(observer, 3)
        await say(observer, stuck, TOPIC)
        await say(observer, other, TOPIC)
        await heard(topics, other, 2)
        await held(observer, 4)
        assert len(topics.about(str(stuck), TOPIC)) == 1
        await make(kafka_settings, absent)
        await all_published(observer)
        await heard(topics, stuck, 3)
    order = await observer.fetchval(ORDER, stuck)
    assert order == sorted(order)


@pytest.mark.parametrize("of_account", [False, True])
async def test_an_event_that_the_broker_refuses(
    database: Database,
    kafka_settings: KafkaSettings,
    topics: Listener,
    observer: asyncpg.Connection,
    of_account: bool,
) -> None:
    """Too large for any producer: what is behind it waits, others do not. Changes of consent,
    which are about no import, keep the order of their account."""
    stuck, other = uuid4(), uuid4()
    await say(observer, stuck, TOPIC, TOPIC, padding=TOO_LARGE, of_account=of_account)
    await say(observer, other, TOPIC, of_account=of_account)
    async with relaying(database, kafka_settings):
        await heard(topics, other)
        await held(observer, 2)
        await observer.execute("UPDATE outbox SET data = replace(data, 'x', '')")
        await all_published(observer)
        await heard(topics, stuck, 2)


async def test_more_that_is_stuck_than_a_batch_takes(
    database: Database,
    kafka_settings: KafkaSettings,
    topics: Listener,
    observer: asyncpg.Connection,
    absent: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Others get through a batch full of stuck events, which are tried once a second."""
    monkeypatch.setattr(relay, "_BATCH", 5)
    monkeypatch.setattr(relay, "_HELD_BATCH", 2)
    other = uuid4()
    for _ in range(20):
        await say(observer, uuid4(), absent)
    await say(observer, other, TOPIC)
    with capture_logs() as said:
        async with relaying(database, kafka_settings):
            await heard(topics, other)
            await held(observer, 20)
            before, clock = tries(said), asyncio.get_running_loop().time()

            async def tried_again() -> bool:
                return tries(said) >= before + 3

            await wait_for(tried_again, 30)
            assert asyncio.get_running_loop().time() - clock > 2
            assert await observer.fetchval(UNPUBLISHED) == 20
            await make(kafka_settings, absent)
            await all_published(observer)


def tries(said: Sequence[Mapping[str, object]]) -> int:
    return sum(line["event"] == "relay.held" for line in said)
