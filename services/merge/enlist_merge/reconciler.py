"""The reconciler: Kafka may forget anything, the ledger does not.

One runs at a time. It announces again every unit whose lease ran out or whose time to retry has
come, and whatever an import waits for when it has stood still (architecture, decision 7). Uploads
that nobody goes on with are cancelled.
"""

import asyncio
from datetime import timedelta
from typing import Final

import asyncpg

from enlist_shared.endings import end_import
from enlist_shared.events import ChunkReady, Event, ImportAccepted, ShardReady
from enlist_shared.outbox import announce_all
from enlist_shared.postgres import account_transaction
from enlist_shared.statements import statements
from enlist_shared.states import Status, UnitKind
from enlist_shared.telemetry import describe, logger
from enlist_shared.topics import Lane, Topic

SQL: Final = statements(__package__, "reconciler.sql")
_ELECTION: Final = 0x7265636F6E63  # "reconc"
_EVERY: Final = 1.0  # seconds


class Reconciler:
    """Any number may run, one at a time works.

    `system_pool` finds what is overdue in every account; `merge_pool` ends imports in theirs.
    """

    def __init__(
        self,
        system_pool: asyncpg.Pool,
        merge_pool: asyncpg.Pool,
        stalled_after: float,
        abandoned_after: float,
    ) -> None:
        self._system_pool = system_pool
        self._merge_pool = merge_pool
        self._stalled_after = timedelta(seconds=stalled_after)
        self._abandoned_after = timedelta(seconds=abandoned_after)

    async def run(self) -> None:
        """Reconcile every second until cancelled."""
        while True:
            try:
                await self.reconcile()
                await self.end_abandoned()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                logger().warning("reconciler.interrupted", **describe(error))
            await asyncio.sleep(_EVERY)

    async def reconcile(self) -> int:
        """Announce what is overdue; returns how many units were announced again."""
        async with self._system_pool.acquire() as connection, connection.transaction():
            if not await connection.fetchval("SELECT pg_try_advisory_xact_lock($1)", _ELECTION):
                return 0
            rows = await connection.fetch(SQL["overdue"], self._stalled_after)
            if rows:
                await announce_all(connection, [_event(row) for row in rows])
                columns = ("account_id", "import_id", "kind", "number")
                await connection.execute(
                    SQL["said_again"], *([row[name] for row in rows] for name in columns)
                )
                logger().info("reconciler.said_again", units=len(rows))
        return len(rows)

    async def end_abandoned(self) -> int:
        """Cancel uploads that stopped long ago; returns how many."""
        rows = await self._system_pool.fetch(SQL["abandoned"], self._abandoned_after)
        ended = 0
        for account_id, import_id in rows:
            async with account_transaction(self._merge_pool, account_id) as connection:
                ended += await end_import(
                    connection, account_id, import_id, Status.CANCELLED, only_from=Status.RECEIVING
                )
        return ended


def _event(row: asyncpg.Record) -> tuple[Topic, str, Event]:
    ids = {"account_id": row["account_id"], "import_id": row["import_id"]}
    number, key = row["number"], f"{row['import_id']}:{row['number']}"
    match UnitKind(row["kind"]):
        case UnitKind.SPLIT:
            return Topic.IMPORT_ACCEPTED, str(row["account_id"]), ImportAccepted(**ids)
        case UnitKind.CHUNK:
            ready = ChunkReady(**ids, chunk=number, manifest_key=row["manifest_key"])
            return Lane(row["lane"]).chunk_ready, key, ready
        case UnitKind.SHARD:
            return Topic.SHARD_READY, key, ShardReady(**ids, shard=number)
        case kind:
            raise ValueError(f"nobody announces {kind}")
