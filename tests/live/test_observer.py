"""What metrics say of the ledger, read as enlist_system by one process at a time."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from tests.fixtures.ledger import put_unit, set_unit

from enlist.embedded.waiting import wait_for
from enlist_merge.observer import Observer, observe
from enlist_shared.endings import end_import
from enlist_shared.ids import AccountId
from enlist_shared.metrics import OUTBOX_EVENTS, OUTBOX_OLDEST, UNIT_OLDEST, UNITS
from enlist_shared.postgres import account_transaction
from enlist_shared.states import Status, UnitKind

GAUGES = (UNITS, UNIT_OLDEST, OUTBOX_EVENTS, OUTBOX_OLDEST)
HOUR = timedelta(hours=1).total_seconds()


@pytest.fixture(autouse=True)
def nothing_shown() -> None:
    """The gauges belong to the process, so to all tests."""
    for gauge in GAUGES:
        gauge.clear()


def shown() -> list[dict[tuple[str, ...], float]]:
    """The values of the four gauges by their labels; ages in whole hours."""
    found: list[dict[tuple[str, ...], float]] = []
    for gauge in GAUGES:
        (family,) = gauge.collect()
        hours = HOUR if family.name.endswith("seconds") else 1
        found.append({tuple(s.labels.values()): s.value // hours for s in family.samples})
    return found


async def test_units_and_events_are_counted(
    system_pool: asyncpg.Pool,
    merge_pool: asyncpg.Pool,
    observer: asyncpg.Connection,
    account_id: AccountId,
) -> None:
    """Units of unfinished imports by state, the oldest that waits, and what is unpublished."""
    await put_unit(observer, account_id)
    old = await put_unit(observer, account_id)
    await set_unit(observer, old, "created_at = now() - interval '5 hours'")
    busy = await put_unit(observer, account_id, UnitKind.SHARD, Status.MERGING)
    await set_unit(
        observer, busy, "state = 'claimed', token = uuidv7(), created_at = now() - interval '1 day'"
    )
    ended = await put_unit(observer, account_id)
    async with account_transaction(merge_pool, account_id) as connection:
        assert await end_import(connection, account_id, ended.import_id, Status.CANCELLED)
    await observer.execute("UPDATE outbox SET created_at = now() - interval '2 hours'")
    await observer.execute(
        "UPDATE outbox SET held_until = now() WHERE topic = 'enlist.import.failed.v1'"
    )
    async with system_pool.acquire() as connection:
        await observe(connection)
    topics = [("enlist.import.failed.v1",), ("enlist.import.progressed.v1",)]
    assert shown() == [
        {("chunk", "open"): 2, ("shard", "claimed"): 1},
        {("chunk",): 5},
        dict.fromkeys(topics, 1),
        dict.fromkeys(topics, 2),
    ]


async def test_one_at_a_time_shows_them(
    system_pool: asyncpg.Pool, observer: asyncpg.Connection, account_id: AccountId
) -> None:
    """Whoever holds the election; when it ends, nothing that is old stays to be seen."""
    await put_unit(observer, account_id)
    one = asyncio.create_task(Observer(system_pool).run())
    await wait_for(_something, 10)
    async with system_pool.acquire() as other:
        lock: Any = await other.fetchval("SELECT pg_try_advisory_lock($1)", 0x6F6273657276)
    assert lock is False
    one.cancel()
    with suppress(asyncio.CancelledError):
        await one
    assert shown() == [{}, {}, {}, {}]


async def _something() -> bool:
    return any(shown())
