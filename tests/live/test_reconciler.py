"""The reconciler: what nobody works on is said again, as enlist_system, until the import ends."""

from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from tests.fixtures.ingest import announced
from tests.fixtures.ledger import import_row, key_of, lease_runs_out, put_unit, set_unit, unit_row

from enlist_merge.reconciler import Reconciler
from enlist_shared.claims import Claims, Unit
from enlist_shared.endings import end_import
from enlist_shared.ids import AccountId, ObjectKey
from enlist_shared.postgres import account_transaction
from enlist_shared.states import FINAL, Status, UnitKind

STALLED = timedelta(seconds=30)
READY = {
    UnitKind.SPLIT: ("enlist.import.accepted.v1", Status.ACCEPTED),
    UnitKind.CHUNK: ("enlist.chunk.ready.v1", Status.NORMALIZING),
    UnitKind.SHARD: ("enlist.shard.ready.v1", Status.MERGING),
}

NUMBERED: dict[UnitKind, dict[str, Any]] = {
    UnitKind.SPLIT: {},
    UnitKind.CHUNK: {"chunk": 0, "manifest_key": "manifest"},
    UnitKind.SHARD: {"shard": 0},
}


@pytest.fixture
def reconciler(system_pool: asyncpg.Pool, merge_pool: asyncpg.Pool) -> Reconciler:
    return Reconciler(system_pool, merge_pool, STALLED.total_seconds(), abandoned_after=600)


@pytest.fixture
def claims(merge_pool: asyncpg.Pool) -> Claims:
    return Claims(merge_pool, lease_seconds=60)


async def passes(observer: asyncpg.Connection, time: timedelta) -> None:
    """Time passes: every time in the ledger lies further back."""
    await observer.execute(
        "UPDATE units SET emitted_at = emitted_at - $1::interval, "
        "lease_until = lease_until - $1::interval, "
        "retry_at = retry_at - $1::interval",
        time,
    )
    await observer.execute("UPDATE imports SET moved_at = moved_at - $1::interval", time)


@pytest.mark.parametrize("kind", READY)
async def test_a_lease_that_ran_out_is_said_again_at_once(
    reconciler: Reconciler,
    claims: Claims,
    observer: asyncpg.Connection,
    account_id: AccountId,
    kind: UnitKind,
) -> None:
    """A dead worker's unit is announced on its own topic, once, though nothing stalled yet."""
    topic, status = READY[kind]
    unit = await put_unit(observer, account_id, kind, status)
    await claims.claim(unit)
    assert await reconciler.reconcile() == 0
    await lease_runs_out(observer, unit)
    assert [await reconciler.reconcile() for _ in range(3)] == [1, 0, 0]
    [(said_on, _, event)] = await announced(observer)
    assert said_on == topic
    expected = {"account_id": str(account_id), "import_id": str(unit.import_id)}
    assert event == expected | NUMBERED[kind]


async def test_a_second_dead_worker_is_said_again_too(
    reconciler: Reconciler, claims: Claims, observer: asyncpg.Connection, account_id: AccountId
) -> None:
    """Each lease that runs out is announced at once, however often it was said before."""
    unit = await put_unit(observer, account_id)
    for _ in range(3):
        await claims.claim(unit)
        await lease_runs_out(observer, unit)
        assert [await reconciler.reconcile() for _ in range(2)] == [1, 0]


async def test_a_time_to_retry_that_has_come(
    reconciler: Reconciler, claims: Claims, observer: asyncpg.Connection, account_id: AccountId
) -> None:
    """A released unit is announced when its time has come, and not before."""
    unit = await put_unit(observer, account_id)
    claim = await claims.claim(unit)
    release = "SELECT enlist.release($1, $2, $3, $4, $5, NULL, interval '20 s')"
    await claims._pool.fetchval(release, *key_of(unit), claim.token)
    assert await reconciler.reconcile() == 0
    await passes(observer, timedelta(seconds=19))
    assert await reconciler.reconcile() == 0
    await passes(observer, timedelta(seconds=2))
    assert [await reconciler.reconcile() for _ in range(2)] == [1, 0]


@pytest.mark.parametrize("kind", READY)
async def test_an_import_that_stands_still(
    reconciler: Reconciler, observer: asyncpg.Connection, account_id: AccountId, kind: UnitKind
) -> None:
    """What nobody claimed is said again after 30 s, then after twice as long, up to 10 minutes."""
    unit = await put_unit(observer, account_id, kind, READY[kind][1])
    waits = []
    for _ in range(8):
        waited = timedelta(0)
        while not await reconciler.reconcile():
            await passes(observer, timedelta(seconds=10))
            waited += timedelta(seconds=10)
        waits.append(waited.total_seconds())
    assert waits == [30, 60, 120, 240, 480, 600, 600, 600]
    assert (await unit_row(observer, unit))["emissions"] == 8


async def test_progress_postpones_what_waits(
    reconciler: Reconciler, observer: asyncpg.Connection, account_id: AccountId
) -> None:
    """While an import moves on, its units that wait in a queue are not announced again."""
    await put_unit(observer, account_id)
    await passes(observer, timedelta(hours=1))
    await observer.execute("UPDATE imports SET moved_at = now()")
    assert await reconciler.reconcile() == 0


@pytest.mark.parametrize("state", ["finished", "given_up"])
async def test_a_chunk_whose_result_was_lost(
    reconciler: Reconciler,
    claims: Claims,
    observer: asyncpg.Connection,
    account_id: AccountId,
    state: str,
) -> None:
    """Finished or given up but not recorded: announced again until merge has recorded it."""
    unit = await put_unit(observer, account_id)
    await claims.finish(await claims.claim(unit), ObjectKey("result"))
    await set_unit(observer, unit, f"state = '{state}'")
    assert await reconciler.reconcile() == 0
    await passes(observer, STALLED)
    assert await reconciler.reconcile() == 1
    await observer.execute("UPDATE chunks SET recorded = true")
    await passes(observer, timedelta(hours=1))
    assert await reconciler.reconcile() == 0


@pytest.mark.parametrize("change", ["merged = true, unprocessed = 0", "given_up = true"])
async def test_a_shard_that_has_ended_is_left_alone(
    reconciler: Reconciler, observer: asyncpg.Connection, account_id: AccountId, change: str
) -> None:
    """A shard that is merged or given up waits for nothing, while others are still merged."""
    await put_unit(observer, account_id, UnitKind.SHARD, Status.MERGING)
    await observer.execute(f"UPDATE shards SET {change}")  # noqa: S608
    await passes(observer, timedelta(hours=1))
    assert await reconciler.reconcile() == 0


@pytest.mark.parametrize("status", sorted(FINAL | {Status.AWAITING_APPROVAL}))
async def test_an_import_that_waits_for_nobody_is_left_alone(
    reconciler: Reconciler,
    claims: Claims,
    observer: asyncpg.Connection,
    account_id: AccountId,
    status: Status,
) -> None:
    """Nothing of an import that has ended is said again, whatever its units' leases."""
    for kind, (_, running) in READY.items():
        unit: Unit = await put_unit(observer, account_id, kind, running)
        await claims.claim(unit)
        await lease_runs_out(observer, unit)
    await observer.execute("ALTER TABLE imports DISABLE TRIGGER import_moves")
    await observer.execute("UPDATE imports SET status = $1", status)
    await passes(observer, timedelta(hours=1))
    assert (await reconciler.reconcile(), await reconciler.end_abandoned()) == (0, 0)


async def test_one_works_at_a_time(
    reconciler: Reconciler, observer: asyncpg.Connection, account_id: AccountId
) -> None:
    """While one reconciles, another one does nothing."""
    await put_unit(observer, account_id)
    await passes(observer, timedelta(hours=1))
    async with observer.transaction():
        await observer.execute("SELECT pg_advisory_xact_lock(x'7265636F6E63'::bigint)")
        assert await reconciler.reconcile() == 0
    assert await reconciler.reconcile() == 1


async def test_an_abandoned_upload_is_cancelled(
    reconciler: Reconciler, observer: asyncpg.Connection, account_id: AccountId
) -> None:
    """Ten minutes without a byte: the import ends as cancelled and says so, once."""
    unit = await put_unit(observer, account_id, UnitKind.SPLIT, Status.RECEIVING)
    await passes(observer, timedelta(minutes=9))
    assert await reconciler.end_abandoned() == 0
    await passes(observer, timedelta(minutes=1))
    assert [await reconciler.end_abandoned() for _ in range(2)] == [1, 0]
    row = await import_row(observer, unit.import_id)
    assert (row["status"], row["error_code"]) == ("cancelled", None)
    topics = [topic for topic, _, _ in await announced(observer)]
    assert topics == ["enlist.import.progressed.v1", "enlist.import.failed.v1"]


async def test_an_upload_that_landed_meanwhile_is_kept(
    reconciler: Reconciler,
    merge_pool: asyncpg.Pool,
    observer: asyncpg.Connection,
    account_id: AccountId,
) -> None:
    """Only an import that is still being received is ended, also if it moved on since."""
    for status in (Status.ACCEPTED, Status.NORMALIZING, Status.MERGING):
        unit = await put_unit(observer, account_id, UnitKind.SPLIT, status)
        await passes(observer, timedelta(hours=1))
        assert await reconciler.end_abandoned() == 0
        async with account_transaction(merge_pool, account_id) as connection:
            ids = account_id, unit.import_id
            assert not await end_import(
                connection, *ids, Status.CANCELLED, only_from=Status.RECEIVING
            )
    assert await announced(observer) == []
