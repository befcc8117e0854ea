"""What is counted is what happened: after the commit, and once."""

from contextlib import suppress

import asyncpg
import pytest
from tests.fixtures.ledger import lease_runs_out, put_unit

from enlist_shared.claims import Claims
from enlist_shared.endings import end_import
from enlist_shared.ids import AccountId
from enlist_shared.metrics import REGISTRY, Metric
from enlist_shared.postgres import account_transaction
from enlist_shared.states import Status


def value(metric: Metric, suffix: str = "", **labels: str) -> float:
    return REGISTRY.get_sample_value(f"{metric}{suffix}", labels) or 0.0


async def test_an_end_counts_when_it_is_committed(
    merge_pool: asyncpg.Pool, observer: asyncpg.Connection, account_id: AccountId
) -> None:
    """Rolled back, it has not happened; announced again, it does not happen again."""
    unit = await put_unit(observer, account_id)
    key = (account_id, unit.import_id)

    def ended() -> float:
        return value(Metric.IMPORT_SECONDS, "_count", status="cancelled")

    before = ended()
    with suppress(ZeroDivisionError):
        async with account_transaction(merge_pool, account_id) as connection:
            assert await end_import(connection, *key, Status.CANCELLED)
            raise ZeroDivisionError
    assert ended() == before
    for expected in (True, False):
        async with account_transaction(merge_pool, account_id) as connection:
            assert await end_import(connection, *key, Status.CANCELLED) is expected
            assert ended() == before + (not expected)
    assert ended() == before + 1


@pytest.mark.parametrize("finishes", [True, False])
async def test_a_lost_lease_counts_once(
    merge_pool: asyncpg.Pool, observer: asyncpg.Connection, account_id: AccountId, finishes: bool
) -> None:
    """Whether the slow worker finishes or fails, once another one has taken the unit over."""
    claims, unit = Claims(merge_pool, lease_seconds=60), await put_unit(observer, account_id)
    before = value(Metric.LEASES_LOST, kind="chunk")

    async def work() -> None:
        slow = await claims.claim(unit)
        async with claims.hold(slow):
            await lease_runs_out(observer, unit)
            await claims.claim(unit)
            if not finishes:
                raise ZeroDivisionError
            assert not await claims.finish(slow, None)

    if finishes:
        await work()
    else:
        with pytest.raises(ZeroDivisionError):
            await work()
    assert value(Metric.LEASES_LOST, kind="chunk") == before + 1
