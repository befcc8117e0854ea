"""A list is deleted while its process is killed: nothing is done twice, nothing is left."""

import asyncio

import pytest
from tests.fixtures.stack import Stack
from tests.fixtures.tenant import Tenant
from tests.pipeline.test_kills import deaths

from enlist_ingest.tasks import BATCH

CROWD = 3 * BATCH
BODY = b"phone\n" + b"".join(b"+447400%06d\n" % number for number in range(CROWD))
ENDED = "SELECT ended_at IS NOT NULL FROM tasks WHERE task_id = $1::uuid"


async def ended(tenant: Tenant, task_id: str) -> None:
    async with asyncio.timeout(100):
        while not await tenant.rows.fetchval(ENDED, task_id):
            await tenant.rows.execute("SELECT pg_sleep(0.1)")


@pytest.mark.supervised
@pytest.mark.timeout(150)
async def test_a_killed_process_costs_a_batch_at_most(stack: Stack) -> None:
    """The list is gone at once; killed in the middle, the rest of its memberships goes all the
    same, each counted once, and with them the contacts that are on no other list."""
    before = deaths(stack, "api")
    async with stack.tenant() as tenant:
        await tenant.import_file(BODY, {"lists": ["Old"]})
        list_id = await tenant.rows.fetchval("SELECT list_id FROM lists WHERE name = 'Old'")
        with stack.deadly("tasks.before_commit:1"):
            answer = await tenant.http.delete(f"/v1/lists/{list_id}", params={"contacts": "delete"})
            assert answer.status_code == 202
            assert await tenant.rows.fetchval("SELECT deleted_at IS NOT NULL FROM lists")
            await ended(tenant, answer.json()["task_id"])
        assert deaths(stack, "api") == before + 1
        task = await tenant.rows.fetchrow("SELECT * FROM tasks")
        assert task is not None
        assert (task["memberships"], task["contacts"]) == (CROWD, CROWD)
        assert await tenant.contacts() == {}
        assert await tenant.rows.fetchval("SELECT count(*) FROM memberships") == 0
