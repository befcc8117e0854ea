"""Who works beside whom in a process."""

import asyncio

import asyncpg
from tests.fixtures.ledger import lease_runs_out, put_unit, unit_row

from enlist_shared.claims import Answer, Claims
from enlist_shared.ids import AccountId


async def test_what_lost_a_lease_runs_alone(
    normalize_pool: asyncpg.Pool, observer: asyncpg.Connection, account_id: AccountId
) -> None:
    """It waits until its company has left; whoever comes meanwhile is busy, at no cost."""
    claims = Claims(normalize_pool, lease_seconds=60)
    suspect, company, late = [await put_unit(observer, account_id) for _ in range(3)]
    await claims.claim(suspect)
    await lease_runs_out(observer, suspect)
    works = asyncio.Event()

    async def work_alone() -> None:
        claim = await claims.claim(suspect)
        assert (claim.answer, claim.attempts) == (Answer.GO, 1)
        async with claims.hold(claim):
            works.set()
            await claims.finish(claim, None)

    async with asyncio.TaskGroup() as tasks:
        claim = await claims.claim(company)
        async with claims.hold(claim):
            tasks.create_task(work_alone())
            while (await unit_row(observer, suspect))["attempts"] == 0:
                pass
            assert (await claims.claim(late)).answer is Answer.BUSY
            assert not works.is_set()
            assert await claims.finish(claim, None)
    assert works.is_set()
    assert (await unit_row(observer, suspect))["state"] == "finished"
    row = await unit_row(observer, late)
    assert (row["state"], row["attempts"]) == ("open", 0)
