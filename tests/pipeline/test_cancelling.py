"""An import is cancelled while its shards are being merged."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from tests.fixtures.database import connected
from tests.fixtures.stack import Stack
from tests.fixtures.tenant import Tenant
from tests.pipeline.checks import balances

from enlist.embedded.waiting import wait_for
from enlist_rules.rows import SLOTS

PEOPLE = 60
FIRST = 447911100000
DATA = "phone\n" + "".join(f"+{FIRST + n}\n" for n in range(PEOPLE))
LOCK = "SELECT pg_advisory_lock(hashtext($1), $2)"
IN_HAND = """
SELECT count(*) FROM units WHERE import_id = $1 AND kind = 'shard' AND state = 'claimed'
"""


@asynccontextmanager
async def one_shard_waits(stack: Stack, tenant: Tenant) -> AsyncIterator[None]:
    """For the length of a block somebody else holds one of the account's slots."""
    async with connected(stack.ready.postgres) as other:
        await other.execute(LOCK, str(tenant.account_id), FIRST % SLOTS)
        yield


@pytest.mark.timeout(150)
async def test_shards_that_are_merged_stay_and_no_other(finely_cut_stack: Stack) -> None:
    """Final within two seconds; the shard in flight rolls back; the counts are the contacts'."""
    async with finely_cut_stack.tenant() as tenant:
        async with one_shard_waits(finely_cut_stack, tenant):
            import_id = await tenant.upload(DATA.encode())

            async def one_waits() -> bool:
                progress = (await tenant.find(import_id))["progress"]
                in_hand = await tenant.rows.fetchval(IN_HAND, import_id)
                return bool(progress["shards_merged"] and in_hand == 1)

            await wait_for(one_waits, 60)
            async with asyncio.timeout(2):
                answer = await tenant.http.post(f"/v1/imports/{import_id}/cancel")
            cancelled = answer.json()
        assert (answer.status_code, cancelled["status"]) == (200, "cancelled")
        balances(cancelled)
        assert 0 < cancelled["counts"]["created"] < PEOPLE

        async def nobody_works_on_it() -> bool:
            return not await tenant.rows.fetchval(IN_HAND, import_id)

        await wait_for(nobody_works_on_it, 60)
        assert len(await tenant.contacts()) == cancelled["counts"]["created"]
        assert (await tenant.ended(import_id))["counts"] == cancelled["counts"]
