"""Ends that are not good: a shard that killed three workers, an import that cannot go on."""

import asyncpg

from enlist_merge.consent_changes import announce_changes
from enlist_merge.ledger import SQL
from enlist_merge.merging import end_of_shard
from enlist_rules.codes import PermanentFailure
from enlist_shared.claims import Unit
from enlist_shared.endings import end_import
from enlist_shared.objectstore import ObjectStore
from enlist_shared.postgres import account_transaction
from enlist_shared.states import Status


async def give_up_shard(pool: asyncpg.Pool, store: ObjectStore, unit: Unit) -> None:
    """Record that a shard will not be merged; the others go on."""
    keys = (unit.account_id, unit.import_id)
    async with account_transaction(pool, unit.account_id) as connection:
        if not await connection.fetchval(SQL["give_up_shard"], *keys, unit.number):
            return
        row = await connection.fetchrow(SQL["count_given_up"], *keys)
        if row is not None:
            await end_of_shard(connection, store, row)


async def fail_import(
    pool: asyncpg.Pool, store: ObjectStore, unit: Unit, failure: PermanentFailure
) -> None:
    """End the import of a shard that can never be merged; other shards may have changed consent."""
    keys = (unit.account_id, unit.import_id)
    async with account_transaction(pool, unit.account_id) as connection:
        if await end_import(connection, *keys, Status.FAILED, failure.code, failure.detail):
            await announce_changes(connection, store, *keys)
