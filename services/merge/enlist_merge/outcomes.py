"""What became of each record of a shard, and the counts that follow from it."""

from dataclasses import dataclass
from io import BytesIO

import polars as pl

from enlist_merge.lists import MergePlan
from enlist_merge.staging import ShardRows
from enlist_rules.codes import Code
from enlist_rules.fields import STORED
from enlist_rules.identity import name_key
from enlist_rules.listing import SEPARATOR
from enlist_rules.rows import NOTES
from enlist_shared.ids import ListId

_CONTENT = (*map(str, STORED), "custom")
CLASSIFIED = {
    "record": pl.UInt32,
    "outcome": pl.String,
    "several": pl.Boolean,
    "listed": pl.Boolean,
    "suppressed": pl.Boolean,
}


@dataclass(frozen=True, slots=True)
class Outcomes:
    """The outcomes of a shard.

    `records` (record, outcome, warnings) has every record of the shard once, by number; several
    warnings are joined by `NOTES`.
    """

    records: pl.DataFrame
    created: int
    updated: int
    unchanged: int
    duplicate: int
    warnings: int
    suppressed: int
    listed: int
    fixed_line: int
    warning_reasons: dict[str, int]
    unlisted: int = 0

    def to_bytes(self) -> bytes:
        """The records as one Arrow IPC stream."""
        buffer = BytesIO()
        self.records.write_ipc_stream(buffer, compression="lz4")
        return buffer.getvalue()


def read_classified(csv: bytes) -> pl.DataFrame:
    """The answer of the statement `outcomes`, copied out as CSV, one row a folded identity."""
    text = pl.read_csv(csv, has_header=False, infer_schema=False, new_columns=list(CLASSIFIED))
    return text.with_columns(
        pl.col("record").cast(pl.UInt32), pl.col("several", "listed", "suppressed") == "t"
    )


def settle(
    shard: ShardRows, classified: pl.DataFrame, plan: MergePlan, live: set[ListId]
) -> Outcomes:
    """Put together what folding, classification and the lists said about each record."""
    notes = _notes(shard, classified, plan, live)
    counts = dict(classified["outcome"].value_counts().iter_rows())
    duplicates = pl.DataFrame(
        {"record": shard.folded.duplicates}, schema={"record": pl.UInt32}
    ).with_columns(outcome=pl.lit("duplicate"))
    by_record = notes.group_by("record").agg(
        pl.col("note").sort().str.join(NOTES).alias("warnings")
    )
    codes = notes.with_columns(pl.col("note").str.split(":").list.first()).unique()
    return Outcomes(
        records=pl.concat([classified.select("record", "outcome"), duplicates])
        .sort("record")
        .join(by_record, "record", how="left", maintain_order="left"),
        created=counts.get("created", 0),
        updated=counts.get("updated", 0),
        unchanged=counts.get("unchanged", 0),
        duplicate=duplicates.height,
        warnings=by_record.height,
        suppressed=int(classified["suppressed"].sum()),
        listed=int(classified["listed"].sum()),
        fixed_line=int(shard.rows["fixed_line"].sum()),
        warning_reasons=dict(codes["note"].value_counts().iter_rows()),
    )


def _notes(
    shard: ShardRows, classified: pl.DataFrame, plan: MergePlan, live: set[ListId]
) -> pl.DataFrame:
    """Warnings (record, note) from every stage; a note is a code, or a code and its field."""
    noted = shard.rows.filter(pl.col("warnings").is_not_null())
    read = noted.select("record", pl.col("warnings").str.split(NOTES).alias("note")).explode("note")
    folding = shard.folded.warnings.rename({"code": "note"})
    several = classified.filter("several")["record"]
    ambiguous = shard.folded.rows.filter(
        pl.col("record").is_in(several.implode())
        & pl.any_horizontal(pl.col(_CONTENT).is_not_null())
    ).select("record", note=pl.lit(str(Code.AMBIGUOUS_CONTACT)))
    return pl.concat([read, folding, ambiguous, _gone(shard, plan, live)]).unique()


def _gone(shard: ShardRows, plan: MergePlan, live: set[ListId]) -> pl.DataFrame:
    """Records that were to join a list which was deleted meanwhile."""
    gone = {*plan.option_lists, *plan.list_names.values()} - live
    if not gone:
        return pl.DataFrame(schema={"record": pl.UInt32, "note": pl.String})
    rows = shard.folded.rows
    if not gone.intersection(plan.option_lists):
        keys = {key for key, list_id in plan.list_names.items() if list_id in gone}
        cells = [cell for cell in rows["lists"].drop_nulls().unique() if _names_any(cell, keys)]
        rows = rows.filter(pl.col("lists").is_in(cells))
    return rows.select("record", note=pl.lit(str(Code.LIST_GONE)))


def _names_any(cell: str, keys: set[str]) -> bool:
    return any(name_key(name) in keys for name in cell.split(SEPARATOR))
