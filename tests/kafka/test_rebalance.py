"""Workers join and leave while a handler takes long: its unit is done once, by somebody."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psutil
import pytest
from aiokafka.admin import AIOKafkaAdminClient
from tests.fixtures.database import connected
from tests.fixtures.kafka import running_kafka
from tests.fixtures.stack import FINELY_CUT, IMPATIENT, Stack, stack_with
from tests.fixtures.tenant import Tenant
from tests.kafka.test_faults import DATA, ends_as_the_model_does

from enlist.embedded.waiting import wait_for

LONGEST_POLL = 7.0  # seconds; the shortest session is 6
LOCK = "SELECT pg_advisory_lock(hashtext($1), slot) FROM generate_series(0, 63) AS slot"
IN_HAND = "SELECT count(*) FROM units WHERE state = 'claimed' AND kind = 'shard'"

pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
async def stack() -> AsyncIterator[Stack]:
    """A stack whose consumers may be busy for seven seconds before their group lets them go."""
    async with (
        running_kafka(max_poll_interval_ms=int(LONGEST_POLL * 1000)) as kafka,
        stack_with(IMPATIENT | FINELY_CUT, kafka.settings) as running,
    ):
        yield running


@asynccontextmanager
async def shards_take_long(stack: Stack, tenant: Tenant) -> AsyncIterator[str]:
    """An import of which each merge process has a shard in hand, which lasts as the block does."""
    async with connected(stack.ready.postgres) as other:
        await other.execute("SET search_path = enlist")
        await other.execute(
            "SELECT set_config('enlist.account', $1, false)", str(tenant.account_id)
        )
        await other.fetch(LOCK, str(tenant.account_id))
        import_id = await tenant.upload(DATA)

        async def all_busy() -> bool:
            return bool(await other.fetchval(IN_HAND) == len(stack.workers("enlist_merge")))

        await wait_for(all_busy, 60)
        yield import_id


async def test_one_leaves_and_another_joins(stack: Stack) -> None:
    """One of two is killed in the middle of a shard, a new one joins; the other keeps its shard."""
    async with stack.tenant() as tenant:
        async with shards_take_long(stack, tenant) as import_id:
            first, second = stack.workers("enlist_merge")
            first.kill()
            await asyncio.to_thread(psutil.wait_procs, [first], 10)

            async def both_have_joined() -> bool:
                return await members(stack) == 2 and first.pid not in pids(stack)

            await wait_for(both_have_joined, 60)
            assert second.pid in pids(stack)
        await ends_as_the_model_does(tenant, import_id)


async def test_a_handler_that_outlasts_the_poll_interval(stack: Stack) -> None:
    """Its consumer leaves the group and comes back; what it had begun is done once."""
    async with stack.tenant() as tenant:
        async with shards_take_long(stack, tenant) as import_id:

            async def all_have_left() -> bool:
                return await members(stack) == 0

            await wait_for(all_have_left, 4 * LONGEST_POLL)
        await ends_as_the_model_does(tenant, import_id)


def pids(stack: Stack) -> set[int]:
    return {worker.pid for worker in stack.workers("enlist_merge")}


async def members(stack: Stack) -> int:
    """How many consumers the group that merges shards has, by its coordinator."""
    admin = AIOKafkaAdminClient(bootstrap_servers=stack.ready.kafka)
    await admin.start()
    try:
        [answer] = await admin.describe_consumer_groups(["enlist.merge.shards"])
        [(_, _, _, _, _, joined, *_)] = answer.groups
    finally:
        await admin.close()
    return len(joined)
