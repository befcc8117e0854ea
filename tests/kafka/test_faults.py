"""Apache Kafka is killed, forgets, or lacks a topic: the import completes with the same counts."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psutil
import pytest
from aiokafka.admin import AIOKafkaAdminClient
from tests.fixtures.kafka import Kafka
from tests.fixtures.stack import Stack
from tests.fixtures.tenant import Tenant
from tests.model.account import Account
from tests.pipeline.checks import is_confirmed, result_of, without_outcomes
from tests.pipeline.test_redelivery import some_contacts

from enlist.embedded.broker import PARTITIONS
from enlist.embedded.waiting import wait_for
from enlist_shared.topic_creation import connection, create_topics
from enlist_shared.topics import Topic

pytestmark = pytest.mark.timeout(240)
DATA = some_contacts(120)
WAIT = 60.0  # seconds: a new broker, a place in the group, and what the reconciler says again


async def ends_as_the_model_does(tenant: Tenant, import_id: str) -> None:
    """Completed, every count right, every contact there once, confirmed once."""
    account = Account()
    expected = account.import_file(DATA, {})
    found = await tenant.ended(import_id, WAIT)
    assert result_of(found) == without_outcomes(expected)
    assert await tenant.outcomes(import_id) == expected.outcomes
    assert await tenant.contacts() == account.contacts
    await is_confirmed(tenant, found)
    ends = tenant.topics.about(import_id, Topic.IMPORT_COMPLETED, Topic.IMPORT_FAILED)
    assert len({message.event_id for message in ends}) == 1


async def heard(tenant: Tenant, import_id: str, topic: Topic, times: int = 1) -> None:
    await tenant.topics.until(lambda: len(tenant.topics.about(import_id, topic)) >= times, WAIT)


@asynccontextmanager
async def absent(kafka: Kafka, topic: Topic) -> AsyncIterator[None]:
    """The topic is deleted, with its records; after the block it is there again, empty."""
    admin = AIOKafkaAdminClient(**connection(kafka.settings))
    await admin.start()

    async def gone() -> bool:
        return topic not in await admin.list_topics()

    try:
        await admin.delete_topics([topic])
        await wait_for(gone, 30)
        yield
    finally:
        await admin.close()
    assert await create_topics(kafka.settings, PARTITIONS) == [topic]


@asynccontextmanager
async def stopped(processes: list[psutil.Process]) -> AsyncIterator[None]:
    """Nobody of them does anything until the block ends."""
    assert processes
    for process in processes:
        process.suspend()
    try:
        yield
    finally:
        for process in processes:
            process.resume()


@pytest.mark.parametrize(
    "moment", [Topic.IMPORT_ACCEPTED, Topic.CHUNK_NORMALIZED, Topic.SHARD_READY]
)
async def test_a_broker_killed_in_the_middle(kafka: Kafka, victim: Stack, moment: Topic) -> None:
    """kill -9 of the broker, started again on its data: nothing lost, nothing doubled."""
    async with victim.tenant() as tenant:
        import_id = await tenant.upload(DATA)
        await heard(tenant, import_id, moment)
        before = kafka.pid
        os.kill(before, signal.SIGKILL)
        await ends_as_the_model_does(tenant, import_id)
        assert kafka.pid != before


async def test_a_topic_that_lost_what_waited_in_it(kafka: Kafka, victim: Stack) -> None:
    """Chunks were announced and nobody took them; their topic is deleted and made again."""
    async with victim.tenant() as tenant:
        async with stopped(victim.workers("enlist_normalize")):
            import_id = await tenant.upload(DATA)
            await heard(tenant, import_id, Topic.CHUNK_READY, 5)
            async with absent(kafka, Topic.CHUNK_READY):
                pass
        await ends_as_the_model_does(tenant, import_id)


@pytest.mark.parametrize("topic", [Topic.CHUNK_READY, Topic.CHUNK_NORMALIZED, Topic.SHARD_READY])
async def test_a_topic_that_goes_away_under_its_workers(
    kafka: Kafka, victim: Stack, topic: Topic
) -> None:
    """Deleted while its events are worked on, and made again: nobody hangs on it."""
    async with victim.tenant() as tenant:
        import_id = await tenant.upload(DATA)
        await heard(tenant, import_id, topic)
        async with absent(kafka, topic):
            pass
        await ends_as_the_model_does(tenant, import_id)


async def test_a_topic_that_was_away_for_long(kafka: Kafka, victim: Stack) -> None:
    """Made again after its group has let it go: they notice, and need not be started again."""

    def let_go() -> int:
        logs = [path.read_text() for path in victim.root.glob("logs/normalize-*.log")]
        return "".join(logs).count(f"No partition metadata for topic {Topic.CHUNK_READY}")

    async with victim.tenant() as tenant:
        before = let_go()
        async with absent(kafka, Topic.CHUNK_READY):
            import_id = await tenant.upload(DATA)

            async def once_more() -> bool:
                return let_go() > before

            await wait_for(once_more, WAIT)
        await ends_as_the_model_does(tenant, import_id)


async def test_a_topic_that_is_absent_when_its_workers_start(kafka: Kafka, victim: Stack) -> None:
    """Workers that start without their topic take what comes once it is made."""
    async with victim.tenant() as tenant:
        async with absent(kafka, Topic.CHUNK_READY):
            workers = victim.workers("enlist_normalize")
            for worker in workers:
                worker.kill()
            await asyncio.to_thread(psutil.wait_procs, workers, 10)

            async def new_ones() -> bool:
                return len(victim.workers("enlist_normalize")) == len(workers)

            await wait_for(new_ones, 30)
            import_id = await tenant.upload(DATA)
            normalizing = lambda: bool(tenant.topics.about(import_id))  # noqa: E731
            await tenant.topics.until(normalizing, WAIT)
        await ends_as_the_model_does(tenant, import_id)


async def test_workers_killed_in_the_middle(victim: Stack) -> None:
    """kill -9 of one worker of each kind: others, or new ones, do what they had begun."""
    async with victim.tenant() as tenant:
        import_id = await tenant.upload(DATA)
        await heard(tenant, import_id, Topic.CHUNK_READY)
        for module in ("enlist_normalize", "enlist_merge"):
            victim.workers(module)[0].kill()
        await ends_as_the_model_does(tenant, import_id)
