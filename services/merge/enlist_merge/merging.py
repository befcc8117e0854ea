"""The one transaction of a shard: stage, lock, classify, apply, and say so in the ledger."""

import asyncio
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Final

import asyncpg

from enlist_merge.consent import ConsentMerge
from enlist_merge.consent_changes import ShardChanges, announce_changes
from enlist_merge.ledger import SQL as LEDGER
from enlist_merge.ledger import announce_progress, complete_import
from enlist_merge.lists import MergePlan
from enlist_merge.outcomes import Outcomes, read_classified, settle
from enlist_merge.replacing import EVERY_SLOT, Replacing
from enlist_merge.staging import STAGED, ShardRows, csv_blocks, with_list_ids
from enlist_rules.codes import Code
from enlist_shared.claims import Claim, finish
from enlist_shared.endings import end_import
from enlist_shared.failpoints import failpoint
from enlist_shared.ids import ListId
from enlist_shared.keys import outcomes_key
from enlist_shared.metrics import Step, timed
from enlist_shared.objectstore import ObjectStore
from enlist_shared.options import Channel
from enlist_shared.postgres import Connection, account_transaction
from enlist_shared.statements import statements
from enlist_shared.states import Status

STAGE: Final = statements(__package__, "stage.sql")
CLASSIFY: Final = statements(__package__, "classify.sql")
APPLY: Final = statements(__package__, "apply.sql")
_BITS: Final = {Channel.PHONE: 1, Channel.WHATSAPP: 2}
_ROWS_A_SECOND: Final = 2_000  # far below any measured rate: for timeouts alone


class ShardEndedError(Exception):
    """The lease went to somebody else, or the import ended: nothing of this may be written."""


@dataclass(frozen=True, slots=True)
class ShardMerge:
    """Merges one shard that is claimed."""

    pool: asyncpg.Pool
    store: ObjectStore
    claim: Claim
    plan: MergePlan
    shard: ShardRows

    @property
    def timeout(self) -> float:
        """Seconds for one statement; grows with the rows, as a shard's size has no bound."""
        return 60 + self.shard.rows.height / _ROWS_A_SECOND

    @property
    def consent(self) -> ConsentMerge | None:
        """What to do beside, if the importer stated consent."""
        stated = self.plan.consent
        if stated is None:
            return None
        return ConsentMerge(self.claim.unit, self.plan, self.shard, stated, self.timeout)

    @property
    def replacing(self) -> Replacing | None:
        """What to do beside, if the lists of the option are replaced."""
        most = self.plan.most_unlisted
        if most is None:
            return None
        return Replacing(self.claim.unit, self.plan.option_lists, most, self.timeout)

    async def run(self) -> None:
        """Do it all in one transaction.

        Raises:
            ShardEndedError: somebody else has the unit, or the import was cancelled.
        """
        async with account_transaction(self.pool, self.claim.unit.account_id) as connection:
            await connection.execute(f"SET LOCAL statement_timeout = '{self.timeout:.0f}s'")
            with timed(Step.STAGE):
                await self._stage(connection)
            with timed(Step.LOCK):
                live, seq = await self._lock(connection)
            with timed(Step.CLASSIFY):
                outcomes = await self._classify(connection, live)
            with timed(Step.APPLY):
                changed = await self._apply(connection, outcomes, live, seq)
            with timed(Step.RECORD):
                await self._record(connection, outcomes, seq, changed)
            failpoint("merge.before_commit", self.claim.unit.number)
        failpoint("merge.committed", self.claim.unit.number)

    async def _stage(self, connection: Connection) -> None:
        rows, names = self.shard.folded.rows, self.plan.list_names
        staged = csv_blocks(await asyncio.to_thread(with_list_ids, rows, names))
        await connection.copy_to_table(
            "staged", source=staged, columns=STAGED, format="csv", timeout=self.timeout
        )
        if self.consent:
            await self.consent.stage(connection)

    async def _lock(self, connection: Connection) -> tuple[list[ListId], int]:
        account_id = self.claim.unit.account_id
        await connection.execute(STAGE["plan_by_index"])
        slots = EVERY_SLOT if self.replacing else self.shard.slots
        await connection.execute(STAGE["lock_slots"], account_id, slots)
        wanted = sorted({*self.plan.option_lists, *self.plan.list_names.values()})
        rows = await connection.fetch(STAGE["lock_lists"], account_id, wanted) if wanted else []
        return [row["list_id"] for row in rows], await connection.fetchval(STAGE["draw_seq"])

    async def _classify(self, connection: Connection, live: list[ListId]) -> Outcomes:
        await connection.execute(
            CLASSIFY["classify"],
            self.claim.unit.account_id,
            _BITS[self.plan.channel],
            self.plan.channel,
            self.plan.option_lists,
            live,
            self.plan.duplicates,
            await connection.fetchval(CLASSIFY["anybody_opted_out"], self.claim.unit.account_id),
            timeout=self.timeout,
        )
        csv = BytesIO()
        await connection.copy_from_query(
            CLASSIFY["outcomes"], output=csv, format="csv", timeout=self.timeout
        )
        classified = await asyncio.to_thread(read_classified, csv.getvalue())
        if self.consent:
            classified = await self.consent.classify(connection, classified)
        outcomes = await asyncio.to_thread(settle, self.shard, classified, self.plan, set(live))
        if self.replacing:
            leaving = await self.replacing.leaving(connection, live)
            outcomes = replace(outcomes, unlisted=leaving)
        return outcomes

    async def _apply(
        self,
        connection: Connection,
        outcomes: Outcomes,
        live: list[ListId],
        seq: int,
    ) -> bytes:
        """Write; the numbers whose consent changed, as CSV."""
        unit, bit = self.claim.unit, _BITS[self.plan.channel]
        keys = (unit.account_id, unit.import_id)
        if outcomes.created:
            await connection.execute(
                APPLY["create_contacts"], *keys, bit, seq, timeout=self.timeout
            )
        if outcomes.updated:
            await connection.execute(APPLY["merge_contacts"], *keys, bit, seq, timeout=self.timeout)
            await connection.execute(APPLY["add_channels"], *keys, bit, seq, timeout=self.timeout)
        if outcomes.listed:
            await self._join_lists(connection, live, seq)
        if self.replacing and outcomes.unlisted:
            await self.replacing.remove(connection, live, seq)
        return await self.consent.apply(connection, seq) if self.consent else b""

    async def _join_lists(self, connection: Connection, live: list[ListId], seq: int) -> None:
        unit, lists = self.claim.unit, self.plan.option_lists
        keys = (unit.account_id, unit.import_id, seq)
        if len(lists) == 1 and self.shard.rows["lists"].is_null().all():
            await connection.execute(APPLY["join_list"], *keys, lists[0], timeout=self.timeout)
        else:
            await connection.execute(APPLY["join_lists"], *keys, lists, live, timeout=self.timeout)

    async def _record(
        self, connection: Connection, outcomes: Outcomes, seq: int, changed: bytes
    ) -> None:
        unit = self.claim.unit
        consents = await ShardChanges.stored(self.store, unit, changed)
        body = await asyncio.to_thread(outcomes.to_bytes)
        key = outcomes_key(unit.account_id, unit.import_id, unit.number, body)
        await self.store.put(key, body)
        if not await finish(connection, self.claim, key):
            raise ShardEndedError
        keys = (unit.account_id, unit.import_id)
        counts = (outcomes.created, outcomes.updated, outcomes.unchanged, outcomes.duplicate)
        if not await connection.fetchval(
            LEDGER["record_shard"], *keys, unit.number, *counts, seq, key,
            consents.numbers, consents.key,
        ):  # fmt: skip
            raise ShardEndedError
        row = await connection.fetchrow(
            LEDGER["count_shard"],
            *keys,
            *counts,
            outcomes.warnings,
            outcomes.suppressed,
            outcomes.listed,
            outcomes.fixed_line,
            outcomes.warning_reasons,
            outcomes.unlisted,
        )
        if row is None:
            raise ShardEndedError
        await end_of_shard(connection, self.store, row)


async def end_of_shard(connection: Connection, store: ObjectStore, row: asyncpg.Record) -> None:
    """What follows from the counters that the update of the import returned, and from nothing else.

    The row lock makes sure that exactly one transaction sees the last shard.
    """
    account_id, import_id = row["account_id"], row["import_id"]
    if row["shards_merged"] + row["shards_given_up"] < row["shards"]:
        if row["progress_due"]:
            await announce_progress(connection, row)
        return
    await announce_changes(connection, store, account_id, import_id)
    if row["shards_given_up"]:
        detail = f"{row['shards_given_up']} of {row['shards']} parts"
        await end_import(
            connection, account_id, import_id, Status.FAILED, Code.SHARD_FAILED, detail
        )
    else:
        await complete_import(connection, account_id, import_id)
