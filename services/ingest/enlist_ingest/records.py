"""The records of an import, paged: what is known of each one."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import polars as pl

from enlist_ingest.results import Results
from enlist_rules.rows import NOTES

PAGE: Final = pl.Schema(
    {
        "record": pl.UInt32,
        "outcome": pl.String,
        "code": pl.String,
        "field": pl.String,
        "warnings": pl.String,
    }
)
REJECTED: Final = "rejected"
UNPROCESSED: Final = "unprocessed"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which records: those behind `after`, of one outcome, with one code; at most `limit`."""

    after: int
    limit: int
    outcome: str | None = None
    code: str | None = None

    def matches(self) -> pl.Expr:
        """Of known records."""
        chosen = pl.col("record") > self.after
        if self.outcome is not None:
            chosen &= pl.col("outcome") == self.outcome
        if self.code is not None:
            codes = pl.col("warnings").str.replace_all(f"(:[^{NOTES}]*)", "").str.split(NOTES)
            chosen &= (pl.col("code") == self.code) | codes.list.contains(self.code)
        return chosen.fill_null(value=False)


@dataclass(slots=True)
class _Gathered:
    """The first matches so far, and which records are known at all."""

    wanted: Wanted
    known: "np.ndarray[tuple[int], np.dtype[np.bool_]]"
    page: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=PAGE))

    def add(self, records: pl.DataFrame) -> None:
        self.known[records["record"].to_numpy()] = True
        matching = records.match_to_schema(PAGE, missing_columns="insert")
        matching = matching.filter(self.wanted.matches())
        self.page = pl.concat([self.page, matching]).sort("record").head(self.wanted.limit)

    def unprocessed(self) -> pl.DataFrame:
        """Records that nothing is known of."""
        after = self.wanted.after + 1
        numbers = np.flatnonzero(~self.known[after:])[: self.wanted.limit] + after
        return pl.DataFrame({"record": numbers}, schema={"record": pl.UInt32}).with_columns(
            outcome=pl.lit(UNPROCESSED)
        )


async def page_of(results: Results, wanted: Wanted) -> pl.DataFrame:
    """The wanted records by number (PAGE); those that nothing is known of are `unprocessed`.

    One shard's outcomes are in memory at a time.
    """
    gathered = _Gathered(wanted, np.zeros(results.records + 1, dtype=np.bool_))
    unknown = wanted.outcome in (None, UNPROCESSED)
    if unknown or wanted.outcome == REJECTED:
        await _gather_rejects(results, gathered)
    if wanted.outcome != REJECTED:
        async for outcomes in results.outcomes():
            gathered.add(outcomes)
    if unknown and wanted.code is None:
        gathered.add(gathered.unprocessed())
    return gathered.page


async def _gather_rejects(results: Results, gathered: _Gathered) -> None:
    """Chunks are in the order of their records: those outside of the page are left out."""
    wanted = gathered.wanted
    every = wanted.outcome is None and wanted.code is None
    for chunk in results.reject_slices:
        plan = results.manifest.chunks[chunk]
        before = plan.first_record + plan.records <= wanted.after + 1
        behind = every and plan.first_record > wanted.after + wanted.limit
        full = wanted.outcome == REJECTED and gathered.page.height == wanted.limit
        if full or behind:
            return
        if wanted.outcome == UNPROCESSED or not before:
            rejects = await results.rejects_of(chunk)
            gathered.add(rejects.with_columns(outcome=pl.lit(REJECTED)))
