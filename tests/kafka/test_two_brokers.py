"""Two brokers, of which one dies: what has replicas enough goes on, what has not waits alone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import asyncpg
import psutil
import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from tests.fixtures.database import Database
from tests.fixtures.kafka import Kafka, running_kafka
from tests.fixtures.stack import FINELY_CUT, IMPATIENT, stack_with
from tests.fixtures.topics import listening
from tests.kafka.test_faults import DATA, ends_as_the_model_does, heard
from tests.live.test_relay import TOPIC, all_published, relaying
from tests.live.test_relay_obstacles import held, say

from enlist_shared.settings import KafkaSettings
from enlist_shared.topic_creation import connection
from enlist_shared.topics import Topic

SHORT = "test.needs.both"  # a topic that takes nothing unless both brokers have it


@pytest.fixture
async def kafka() -> AsyncIterator[Kafka]:
    async with running_kafka(brokers=2) as brokers:
        yield brokers


@asynccontextmanager
async def administering(settings: KafkaSettings) -> AsyncIterator[AIOKafkaAdminClient]:
    """A client that has just learnt which brokers live."""
    admin = AIOKafkaAdminClient(**connection(settings))
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()


async def ask_for(settings: KafkaSettings, replicas: int) -> None:
    """SHORT takes an event when so many replicas have it."""
    wanted = {"min.insync.replicas": str(replicas)}
    async with administering(settings) as admin:
        await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, SHORT, configs=wanted)])


async def imports_of(settings: KafkaSettings, topic: str, count: int) -> list[UUID]:
    """The imports of the first records of a topic, and of any that follow at once."""
    consumer = AIOKafkaConsumer(topic, **connection(settings), auto_offset_reset="earliest")
    await consumer.start()
    try:
        found = [await consumer.getone() for _ in range(count)]
        more = await consumer.getmany(timeout_ms=500)
    finally:
        await consumer.stop()
    records = [*found, *(record for batch in more.values() for record in batch)]
    return [UUID(dict(record.headers)["ce_subject"].decode()) for record in records]


@pytest.mark.timeout(240)
async def test_one_of_two_brokers_dies(
    kafka: Kafka, database: Database, observer: asyncpg.Connection
) -> None:
    """An import completes on the other one. A topic that asks for both holds up its own imports,
    until it asks for less; then each event is there once.
    """
    async with administering(kafka.settings) as admin:
        await admin.create_topics([NewTopic(SHORT, 1, 2)])
    await ask_for(kafka.settings, 2)
    stack = stack_with(IMPATIENT | FINELY_CUT, kafka.settings)
    async with stack as running, running.tenant() as tenant:
        import_id = await tenant.upload(DATA)
        await heard(tenant, import_id, Topic.CHUNK_READY)
        psutil.Process(kafka.others[0].pid).kill()
        await ends_as_the_model_does(tenant, import_id)
    await waits_alone(kafka.settings, database, observer)


async def waits_alone(
    settings: KafkaSettings, database: Database, observer: asyncpg.Connection
) -> None:
    stuck, other = [uuid4() for _ in range(3)], uuid4()
    for import_id in stuck:
        await say(observer, import_id, SHORT, SHORT)
    await say(observer, other, TOPIC)
    async with relaying(database, settings), listening(settings) as topics:
        await topics.until(lambda: bool(topics.about(str(other), TOPIC)))
        await held(observer, 6)
        await say(observer, other, TOPIC)
        await topics.until(lambda: len(topics.about(str(other), TOPIC)) == 2)
        await ask_for(settings, 1)
        await all_published(observer)
    found = await imports_of(settings, SHORT, 6)
    assert {import_id: found.count(import_id) for import_id in stuck} == dict.fromkeys(stuck, 2)
