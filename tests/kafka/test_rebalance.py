"""Workers join and leave while a handler takes long: its unit is done once, by somebody."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import psutil
import pytest
from aiokafka.admin import AIOKafkaAdminClient
from tests.fixtures.database import connected
from tests.fixtures.kafka import Kafka
from tests.fixtures.stack import Stack
from tests.fixtures.tenant import Tenant
from tests.kafka.test_faults import DATA, ends_as_the_model_does

from enlist.embedded.waiting import wait_for

LOCK = "SELECT pg_advisory_lock(hashtext($1), slot) FROM generate_series(0, 63) AS slot"
IN_HAND = """
SELECT count(*) FROM units WHERE import_id = $1 AND state = 'claimed' AND kind = 'shard'
"""


pytestmark = pytest.mark.timeout(240)


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
            in_hand = await other.fetchval(IN_HAND, import_id)
            return bool(in_hand == len(stack.workers("enlist_merge")) == 2)

        await wait_for(all_busy, 60)
        yield import_id


async def test_one_leaves_and_another_joins(victim: Stack) -> None:
    """One of two is killed in the middle of a shard, a new one joins; the other keeps its shard."""
    async with victim.tenant() as tenant:
        async with shards_take_long(victim, tenant) as import_id:
            before = await members(victim)
            first, second = victim.workers("enlist_merge")
            first.kill()
            await asyncio.to_thread(psutil.wait_procs, [first], 10)

            async def a_new_one_has_joined() -> bool:
                return bool(await members(victim) - before)

            await wait_for(a_new_one_has_joined, 60)
            assert second in victim.workers("enlist_merge")
        await ends_as_the_model_does(tenant, import_id)


async def test_a_handler_that_outlasts_the_session(kafka: Kafka, victim: Stack) -> None:
    """Two consumers at work for longer than a session stay in their group and finish it once."""
    async with victim.tenant() as tenant:
        async with shards_take_long(victim, tenant) as import_id:
            before = await members(victim)
            two_sessions = timedelta(milliseconds=2 * kafka.settings.session_timeout_ms)
            late = await leased_until(tenant, import_id) + two_sessions

            async def outlasted() -> bool:
                return await leased_until(tenant, import_id) > late

            await wait_for(outlasted, 60)
            assert await members(victim) == before
            assert len(before) == 2
        await ends_as_the_model_does(tenant, import_id)


async def leased_until(tenant: Tenant, import_id: str) -> datetime:
    """When the last lease of the import's units runs out."""
    units = await tenant.ledger("units", import_id)
    until: datetime = max(unit["lease_until"] for unit in units if unit["lease_until"])
    return until


async def members(stack: Stack) -> set[str]:
    """The consumers in the group that merges shards, by its coordinator."""
    admin = AIOKafkaAdminClient(bootstrap_servers=stack.ready.kafka)
    await admin.start()
    try:
        [answer] = await admin.describe_consumer_groups(["enlist.merge.shards"])
        [(_, _, _, _, _, joined, *_)] = answer.groups
    finally:
        await admin.close()
    return {member_id for member_id, *_ in joined}
