"""The ledger of chunks: each is recorded once, and the last one opens the shards."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import asyncpg

from enlist_merge.lists import plan_within
from enlist_merge.replacing import refuse
from enlist_rules.codes import Code, PermanentFailure
from enlist_shared.endings import (
    ImportEndedError,
    end_import,
    final_report,
    note_end,
    progressed,
)
from enlist_shared.events import ChunkNormalized, ImportCompleted, ShardReady
from enlist_shared.ids import AccountId, ImportId
from enlist_shared.manifests import ChunkManifest
from enlist_shared.outbox import announce, announce_all
from enlist_shared.postgres import Connection, account_transaction
from enlist_shared.statements import statements
from enlist_shared.states import Status
from enlist_shared.topics import Lane, Topic

SQL: Final = statements(__package__, "ledger.sql")


@dataclass(frozen=True, slots=True)
class ChunkLedger:
    """Records chunks with connections of enlist_merge."""

    pool: asyncpg.Pool
    new_lists: int

    async def fail(self, event: ChunkNormalized) -> None:
        """A chunk that will never be normalised ends its import; nothing was merged."""
        async with account_transaction(self.pool, event.account_id) as connection:
            code = event.code or Code.CHUNK_UNREADABLE
            await end_import(
                connection, event.account_id, event.import_id, Status.FAILED, code,
                f"chunk {event.chunk}",
            )  # fmt: skip

    async def record(self, event: ChunkNormalized, manifest: ChunkManifest) -> Sequence[ShardReady]:
        """Record a chunk. After the last one, the shards that are ready to be merged.

        A chunk that was recorded before, or whose import has ended, changes nothing.
        """
        with suppress(ImportEndedError):
            async with account_transaction(self.pool, event.account_id) as connection:
                if await _record(connection, event, manifest):
                    return await self._count(connection, event, manifest)
        return ()

    async def _count(
        self, connection: Connection, event: ChunkNormalized, manifest: ChunkManifest
    ) -> Sequence[ShardReady]:
        counted = await connection.fetchrow(
            SQL["count_chunk"], event.account_id, event.import_id, manifest.phonenumbers_version
        )
        if counted is None:
            raise ImportEndedError
        if counted["chunks_normalized"] < counted["chunks"]:
            if counted["progress_due"]:
                await announce_progress(connection, counted)
            return ()
        return await self._open_shards(connection, counted)

    async def _open_shards(
        self, connection: Connection, counted: asyncpg.Record
    ) -> Sequence[ShardReady]:
        """After the last chunk: compare the two counts of records, then make the shards' units."""
        account_id, import_id = AccountId(counted["account_id"]), ImportId(counted["import_id"])
        totals = await connection.fetchrow(SQL["chunk_totals"], account_id, import_id)
        if totals is None or totals["records"] != counted["records"]:
            await end_import(connection, account_id, import_id, Status.FAILED, Code.COUNT_MISMATCH)
            return ()
        filled = await _insert_shards(connection, account_id, import_id, totals)
        if not filled:
            await _complete_empty(connection, account_id, import_id, self.new_lists)
        ready = [ShardReady(account_id=account_id, import_id=import_id, shard=s) for s in filled]
        if counted["lane"] == Lane.MAIN:  # a small import is merged in place: one hop fewer
            await announce_all(
                connection, [(Topic.SHARD_READY, f"{import_id}:{e.shard}", e) for e in ready]
            )
        return ready


async def _record(connection: Connection, event: ChunkNormalized, manifest: ChunkManifest) -> bool:
    slices = (*manifest.shards, manifest.rejects)
    return bool(
        await connection.fetchval(
            SQL["record_chunk"],
            event.account_id,
            event.import_id,
            event.chunk,
            event.key,
            manifest.key,
            manifest.records,
            manifest.forwarded,
            manifest.rejected,
            [part.offset for part in slices],
            [part.length for part in slices],
            [part.rows for part in manifest.shards],
            list(manifest.list_names),
            manifest.reasons,
        )
    )


async def _insert_shards(
    connection: Connection, account_id: AccountId, import_id: ImportId, totals: asyncpg.Record
) -> list[int]:
    """Make the shards, and units for those that have rows; the import is `merging` from here."""
    rows = [int(total) for total in totals["shard_rows"]]
    filled = [shard for shard, count in enumerate(rows) if count]
    await connection.execute(SQL["insert_shards"], account_id, import_id, rows)
    await connection.execute(SQL["insert_shard_units"], account_id, import_id, filled)
    row = await connection.fetchrow(
        SQL["begin_merging"],
        account_id,
        import_id,
        int(totals["rejected"]),
        totals["reasons"],
        len(rows) - len(filled),
    )
    await announce_progress(connection, row)
    return filled


async def _complete_empty(
    connection: Connection, account_id: AccountId, import_id: ImportId, new_lists: int
) -> None:
    """Nothing was forwarded: no shard will run, so lists and end are made here."""
    try:
        plan = await plan_within(connection, account_id, import_id, new_lists)
        if plan.most_unlisted is not None:
            refuse("no record could be merged, so that everybody would leave")
    except PermanentFailure as failure:
        await end_import(
            connection, account_id, import_id, Status.FAILED, failure.code, failure.detail
        )
    else:
        await complete_import(connection, account_id, import_id)


async def complete_import(
    connection: Connection, account_id: AccountId, import_id: ImportId
) -> None:
    """Every record has its outcome: the confirmation commits with the fact."""
    row = await connection.fetchrow(SQL["complete_import"], account_id, import_id)
    if row is None:
        raise LookupError("the import is locked by this transaction")
    note_end(row)
    await announce_progress(connection, row)
    completed = ImportCompleted(**final_report(row))
    await announce(connection, Topic.IMPORT_COMPLETED, str(account_id), completed)


async def announce_progress(connection: Connection, row: asyncpg.Record | None) -> None:
    """Tell operations where an import stands."""
    if row is not None:
        await announce(connection, Topic.IMPORT_PROGRESSED, str(row["import_id"]), progressed(row))
