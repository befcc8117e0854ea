"""A shard of an import that opts out: consents are written, and no contact and no list."""

import asyncio
from io import BytesIO
from typing import Final

import polars as pl

from enlist_merge.consent import SQL as CONSENT
from enlist_merge.merging import ShardMerge
from enlist_merge.outcomes import Outcomes, settle
from enlist_merge.staging import csv_blocks
from enlist_shared.ids import ListId
from enlist_shared.postgres import Connection
from enlist_shared.statements import statements

SQL: Final = statements(__package__, "opt_out.sql")


class OptOutMerge(ShardMerge):
    """Merges one shard of numbers that have opted out; locks and ledger are as for every shard."""

    async def _stage(self, connection: Connection) -> None:
        await connection.execute(CONSENT["create_stated"])
        await connection.copy_to_table(
            "stated", source=csv_blocks(self.shard.stated), format="csv", timeout=self.timeout
        )

    async def _classify(self, connection: Connection, live: list[ListId]) -> Outcomes:
        csv = await self._asked(connection, "outcomes")
        classified = await asyncio.to_thread(_read, csv)
        return await asyncio.to_thread(settle, self.shard, classified, self.plan, set(live))

    async def _apply(
        self, connection: Connection, outcomes: Outcomes, live: list[ListId], seq: int
    ) -> bytes:
        del outcomes, live
        return await self._asked(connection, "opt_out", self.claim.unit.import_id, seq)

    async def _asked(self, connection: Connection, name: str, *more: object) -> bytes:
        csv = BytesIO()
        which = (self.claim.unit.account_id, self.plan.channel, *more)
        await connection.copy_from_query(
            SQL[name], *which, output=csv, format="csv", timeout=self.timeout
        )
        return csv.getvalue()


def _read(csv: bytes) -> pl.DataFrame:
    """Outcomes as a shard of contacts has them; who was out already counts as suppressed."""
    columns = ["record", "outcome"]
    text = pl.read_csv(csv, has_header=False, infer_schema=False, new_columns=columns)
    return text.with_columns(
        pl.col("record").cast(pl.UInt32),
        several=pl.lit(value=False),
        listed=pl.lit(value=False),
        suppressed=pl.col("outcome") == "unchanged",
    )
