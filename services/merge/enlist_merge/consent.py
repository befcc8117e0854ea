"""The consent that an import states, within a shard's transaction: unknown becomes opted in."""

from dataclasses import dataclass
from io import BytesIO
from typing import Final

import polars as pl

from enlist_merge.lists import MergePlan
from enlist_merge.staging import ShardRows, csv_blocks
from enlist_merge.stating import carriers
from enlist_shared.claims import Unit
from enlist_shared.ids import AccountId, ImportId
from enlist_shared.options import Channel, Consent
from enlist_shared.postgres import Connection
from enlist_shared.statements import statements

SQL: Final = statements(__package__, "consent.sql")


@dataclass(frozen=True, slots=True)
class ConsentMerge:
    """The steps that an import with the option `consent` takes beside those of every import."""

    unit: Unit
    plan: MergePlan
    shard: ShardRows
    consent: Consent
    timeout: float

    async def stage(self, connection: Connection) -> None:
        """Copy the numbers that are stated; no lock is held yet."""
        await connection.execute(SQL["create_stated"])
        await connection.copy_to_table(
            "stated", source=csv_blocks(self.shard.stated), format="csv", timeout=self.timeout
        )

    async def classify(self, connection: Connection, classified: pl.DataFrame) -> pl.DataFrame:
        """The outcomes, where a consent state that differs makes `unchanged` `updated`."""
        csv = BytesIO()
        await connection.copy_from_query(
            SQL["differing"], *self._import, output=csv, format="csv", timeout=self.timeout
        )
        numbers = pl.Series("number", csv.getvalue().decode().split(), pl.String)
        plan, shard = self.plan, self.shard
        records = carriers(shard.rows, shard.folded, plan.channel, plan.duplicates, numbers)
        differs = (pl.col("outcome") == "unchanged") & pl.col("record").is_in(records.implode())
        return classified.with_columns(
            outcome=pl.when(differs).then(pl.lit("updated")).otherwise("outcome")
        )

    async def apply(self, connection: Connection, seq: int) -> bytes:
        """Write consents and their events, in the order of the numbers; those that changed."""
        said = (*self._import, seq, self.consent.evidence)
        csv = BytesIO()
        await connection.copy_from_query(
            SQL["opt_in"], *said, output=csv, format="csv", timeout=self.timeout
        )
        return csv.getvalue()

    @property
    def _import(self) -> tuple[AccountId, ImportId, Channel]:
        return self.unit.account_id, self.unit.import_id, self.plan.channel
