"""Every event may come again, at any time and in any order: nothing changes by that."""

import asyncio
import random
from typing import Any

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from tests.fixtures.stack import Stack
from tests.fixtures.tenant import Tenant
from tests.fixtures.topics import Message

from enlist.embedded.waiting import wait_for
from enlist_shared.topics import Topic

WORK = (
    Topic.IMPORT_ACCEPTED,
    Topic.CHUNK_READY,
    Topic.CHUNK_READY_SMALL,
    Topic.CHUNK_NORMALIZED,
    Topic.CHUNK_NORMALIZED_SMALL,
    Topic.SHARD_READY,
)
TABLES = (
    "imports", "chunks", "shards", "contacts", "lists", "memberships", "changes", "consents",
    "consent_events",
)  # fmt: skip
OPTIONS = {"lists": ["News"], "consent": {"source": "spring fair", "evidence": "signed sheet 12"}}


def some_contacts(rows: int) -> bytes:
    """Rows with new people, old ones and bad numbers."""
    lines = [
        f"+4479111{n % 40:05d},Person {n % 50},City {n}" if n % 7 else f"12345,Nobody,City {n}"
        for n in range(rows)
    ]
    return "\n".join(["phone,first_name,city", *lines]).encode()


async def tables(tenant: Tenant) -> dict[str, Any]:
    return {
        name: sorted(map(tuple, await tenant.rows.fetch(f"SELECT * FROM {name}")), key=repr)  # noqa: S608
        for name in TABLES
    }


async def replay(stack: Stack, messages: list[Message]) -> None:
    """Publish the messages and wait until the groups have taken each of them."""
    producer = AIOKafkaProducer(bootstrap_servers=stack.ready.kafka, acks="all")
    await producer.start()
    try:
        sent = [
            await producer.send_and_wait(
                one.topic, one.value, key=one.key, headers=list(one.headers)
            )
            for one in messages
        ]
    finally:
        await producer.stop()
    wanted = {(one.topic, one.partition): one.offset for one in sent}
    admin = AIOKafkaAdminClient(bootstrap_servers=stack.ready.kafka)
    await admin.start()
    try:
        await wait_for(lambda: _taken(admin, wanted), 60)
    finally:
        await admin.close()


async def _taken(admin: AIOKafkaAdminClient, wanted: dict[tuple[str, int], int]) -> bool:
    """Whether some group has gone past each of these offsets."""
    taken = dict.fromkeys(wanted, -1)
    places = [TopicPartition(*place) for place in wanted]  # the broker fails when asked for all
    for group, *_ in await admin.list_consumer_groups():
        offsets = await admin.list_consumer_group_offsets(group, partitions=places)
        for place in places:
            taken[place] = max(taken[place], offsets[place].offset)
    return all(taken[place] > offset for place, offset in wanted.items())


async def test_every_event_again_and_shuffled_changes_nothing(finely_cut_stack: Stack) -> None:
    """Each event of a run twice more, in any order: same tables, one completion."""
    async with finely_cut_stack.tenant() as tenant:
        found = await tenant.import_file(some_contacts(60), OPTIONS)
        assert found["status"] == "completed"
        assert found["options"] == OPTIONS
        assert found["progress"]["chunks"] > 2
        assert found["progress"]["shards"] > 2
        before = await tables(tenant)
        messages = tenant.topics.about(found["import_id"], *WORK) * 2
        random.shuffle(messages)
        await replay(finely_cut_stack, messages)
        assert await tables(tenant) == before
        assert await tenant.find(found["import_id"]) == found
        ends = tenant.topics.about(found["import_id"], Topic.IMPORT_COMPLETED)
        assert len({message.event_id for message in ends}) == 1


async def test_events_again_while_the_import_runs(finely_cut_stack: Stack) -> None:
    """An event that comes again before its work is done is done once."""
    async with finely_cut_stack.tenant() as tenant:
        import_id = await tenant.upload(some_contacts(120))
        first = lambda: bool(tenant.topics.about(import_id, *WORK))  # noqa: E731
        await tenant.topics.until(first)
        replaying = asyncio.create_task(
            replay(finely_cut_stack, tenant.topics.about(import_id, *WORK))
        )
        found = await tenant.ended(import_id)
        await replaying
        assert (found["status"], found["counts"]["records"]) == ("completed", 120)
        assert found["counts"]["created"] == len(await tenant.contacts())
        ends = tenant.topics.about(import_id, Topic.IMPORT_COMPLETED)
        assert len({message.event_id for message in ends}) == 1
