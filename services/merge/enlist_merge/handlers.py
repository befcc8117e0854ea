"""What merge does with the events it listens to: record chunks, merge shards."""

from dataclasses import dataclass

import asyncpg

from enlist_merge.giving_up import fail_import, give_up_shard
from enlist_merge.ledger import SQL, ChunkLedger
from enlist_merge.lists import MergePlan, merge_plan
from enlist_merge.merging import ShardEndedError, ShardMerge
from enlist_merge.opting_out import OptOutMerge
from enlist_merge.staging import ShardRows, read_shard
from enlist_rules.codes import Code, PermanentFailure
from enlist_shared.claims import Answer, Claim, Claims, Unit
from enlist_shared.endings import ImportEndedError
from enlist_shared.events import ChunkNormalized, ShardReady
from enlist_shared.failures import is_outage, with_retries
from enlist_shared.manifests import ChunkManifest
from enlist_shared.metrics import Stage, Step, timed
from enlist_shared.objectstore import ObjectMissingError, ObjectStore
from enlist_shared.options import Purpose
from enlist_shared.postgres import account_transaction
from enlist_shared.states import UnitKind
from enlist_shared.telemetry import describe, logger


@dataclass(frozen=True, slots=True)
class Merger:
    """Merges imports with connections of enlist_merge."""

    pool: asyncpg.Pool
    store: ObjectStore
    claims: Claims
    new_lists: int

    async def on_chunk_normalized(self, event: ChunkNormalized) -> None:
        """Record a chunk of a large import; its shards are announced."""
        await self._record(event)

    async def on_small_chunk_normalized(self, event: ChunkNormalized) -> None:
        """Record the chunk of a small import and merge it in place: one hop fewer."""
        for ready in await self._record(event):
            await self.on_shard_ready(ready)

    async def on_shard_ready(self, event: ShardReady) -> None:
        """Merge a shard once."""
        unit = Unit(event.account_id, event.import_id, UnitKind.SHARD, event.shard)
        claim = await self.claims.claim(unit)
        if claim.answer is Answer.QUARANTINED:
            await give_up_shard(self.pool, self.store, unit)
        if claim.answer is not Answer.GO:
            return
        try:
            async with self.claims.hold(claim):
                await self._merge(claim)
        except PermanentFailure as failure:
            await fail_import(self.pool, self.store, unit, failure)
        except (ShardEndedError, ImportEndedError):
            logger().info("shard.ended")

    async def _record(self, event: ChunkNormalized) -> list[ShardReady]:
        ledger = ChunkLedger(self.pool, self.new_lists)
        if event.key is None:
            await with_retries(lambda: ledger.fail(event))
            return []
        key = event.key
        try:
            manifest = ChunkManifest.of(await with_retries(lambda: self.store.get(key)))
            return list(await with_retries(lambda: ledger.record(event, manifest)))
        except Exception as error:
            if is_outage(error):
                raise
            logger().error("chunk.unrecordable", **describe(error))
            failed = event.model_copy(update={"code": _code(error)})
            await with_retries(lambda: ledger.fail(failed))
            return []

    async def _merge(self, claim: Claim) -> None:
        with timed(Stage.SHARD):
            with timed(Step.READ):
                plan, shard = await self._read(claim.unit)
            merge = OptOutMerge if plan.purpose is Purpose.OPT_OUT else ShardMerge
            await merge(self.pool, self.store, claim, plan, shard).run()

    async def _read(self, unit: Unit) -> tuple[MergePlan, ShardRows]:
        plan = await merge_plan(self.pool, unit.account_id, unit.import_id, self.new_lists)
        async with account_transaction(self.pool, unit.account_id) as connection:
            rows = await connection.fetch(
                SQL["shard_slices"], unit.account_id, unit.import_id, unit.number
            )
        try:
            return plan, await read_shard(self.store, [tuple(row) for row in rows], plan)
        except ObjectMissingError as error:
            raise PermanentFailure(Code.SOURCE_MISSING) from error


def _code(error: Exception) -> Code:
    """Why a chunk can never be recorded: it would fail in the same way again."""
    if isinstance(error, ObjectMissingError):
        return Code.SOURCE_MISSING
    return error.code if isinstance(error, PermanentFailure) else Code.CHUNK_UNREADABLE
