"""Ends that are not good: a shard that killed three workers, an import that cannot go on."""

import asyncpg

from enlist_merge.ledger import SQL
from enlist_merge.merging import end_of_shard
from enlist_rules.codes import PermanentFailure
from enlist_shared.claims import Unit
from enlist_shared.endings import end_import
from enlist_shared.postgres import account_transaction
from enlist_shared.states import Status


async def give_up_shard(pool: asyncpg.Pool, unit: Unit) -> None:
    """Record that a shard will not be merged; the others go on."""
    keys = (unit.account_id, unit.import_id)
    async with account_transaction(pool, unit.account_id) as connection:
        if not await connection.fetchval(SQL["give_up_shard"], *keys, unit.number):
            return
        row = await connection.fetchrow(SQL["count_given_up"], *keys)
        if row is not None:
            await end_of_shard(connection, row)


async def fail_import(pool: asyncpg.Pool, unit: Unit, failure: PermanentFailure) -> None:
    """End the import of a shard that can never be merged."""
    async with account_transaction(pool, unit.account_id) as connection:
        await end_import(
            connection,
            unit.account_id,
            unit.import_id,
            Status.FAILED,
            failure.code,
            failure.detail,
        )
