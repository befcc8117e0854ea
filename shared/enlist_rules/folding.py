"""Folding: records of one import that mean the same contact become one row, before any write.

Rules M6 and M7 of contacts.md, and what `duplicates` says instead. Input and output are frames of
the `ROW` schema whose numbers all belong to one shard; the result does not depend on the order of
the rows that come in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from enlist_rules.codes import Code
from enlist_rules.custom import differs, fold_custom
from enlist_rules.fields import STORED
from enlist_rules.options import Duplicates
from enlist_rules.rows import KEYS, ROW

FIELDS: Final = tuple(map(str, STORED))
_CONTENT: Final = (*FIELDS, "custom")
_NAMELESS: Final = (pl.col("first_key") == "") & (pl.col("last_key") == "")


@dataclass(frozen=True, slots=True)
class Folded:
    """What folding made of a shard's rows.

    `rows` (ROW) has one row an identity, under the record that carries its outcome;
    `duplicates` are the records of the others; `warnings` (record, code) what folding noticed.
    """

    rows: pl.DataFrame
    duplicates: pl.Series
    warnings: pl.DataFrame


def fold(rows: pl.DataFrame, mode: Duplicates) -> Folded:
    """Fold the rows of a shard; most numbers stand once and pass untouched."""
    crowded = pl.col("phone_number").is_duplicated()
    alone, crowd = rows.filter(~crowded), rows.filter(crowded).sort("record")
    if crowd.is_empty():
        return _folded(alone, rows, [])
    if mode is Duplicates.MERGE_BY_NUMBER:
        return _fold_by_number(alone, crowd, rows)
    adopted = _adopt_nameless(crowd)
    if mode is Duplicates.SKIP:
        kept = adopted.filter(pl.col("meets") == 0).unique(KEYS, keep="first", maintain_order=True)
        return _folded(pl.concat([alone, kept.select(ROW.names())]), rows, [])
    return _fold_identities(alone, adopted, rows)


def _adopt_nameless(crowd: pl.DataFrame) -> pl.DataFrame:
    """Rule M7: `meets` tells with how many named identities of its number a nameless row stands.

    With exactly one it takes that identity's keys.
    """
    identities = crowd.filter(~_NAMELESS).unique(KEYS)
    by_number = identities.group_by("phone_number").agg(
        pl.len().alias("meets"),
        pl.col("first_key").first().alias("their_first"),
        pl.col("last_key").first().alias("their_last"),
    )
    one = pl.col("meets") == 1
    return (
        crowd.join(by_number, "phone_number", how="left", maintain_order="left")
        .with_columns(
            pl.when(_NAMELESS).then(pl.col("meets").fill_null(0)).otherwise(0).alias("meets")
        )
        .with_columns(
            pl.when(one).then("their_first").otherwise("first_key").alias("first_key"),
            pl.when(one).then("their_last").otherwise("last_key").alias("last_key"),
        )
        .drop("their_first", "their_last")
    )


def _fold_identities(alone: pl.DataFrame, crowd: pl.DataFrame, rows: pl.DataFrame) -> Folded:
    scattered = crowd.filter(pl.col("meets") > 1)
    gathered = crowd.filter(pl.col("meets") <= 1)
    carriers = pl.col("record").filter(pl.col("meets") == 0).min()
    folded = _last_values(gathered, KEYS, carriers)
    warnings = [
        _conflicts(gathered, folded, KEYS),
        scattered.filter(pl.any_horizontal(pl.col(_CONTENT).is_not_null())).select(
            "record", code=pl.lit(str(Code.AMBIGUOUS_CONTACT))
        ),
    ]
    return _folded(pl.concat([alone, _scatter_lists(folded, scattered)]), rows, warnings)


def _fold_by_number(alone: pl.DataFrame, crowd: pl.DataFrame, rows: pl.DataFrame) -> Folded:
    names = ("first_key", "last_key")
    blanked = crowd.with_columns(pl.col(names).replace("", None))
    folded = _last_values(blanked, ("phone_number",), pl.col("record").min())
    folded = folded.with_columns(pl.col(names).fill_null(""))
    warnings = [_conflicts(crowd, folded, ("phone_number",))]
    return _folded(pl.concat([alone, folded.select(ROW.names())]), rows, warnings)


def _last_values(rows: pl.DataFrame, keys: Sequence[str], carrier: pl.Expr) -> pl.DataFrame:
    """One row a key: per field the last non-blank value by record number, lists by union."""
    values = [name for name in (*KEYS[1:], *FIELDS) if name not in keys]
    folded = rows.group_by(keys, maintain_order=True).agg(
        carrier.alias("record"),
        pl.col(values).drop_nulls().last(),
        pl.col("custom").drop_nulls(),
        pl.col("lists").drop_nulls().str.join(";"),
        pl.col("fixed_line").last(),
        pl.lit(None, pl.String).alias("warnings"),
    )
    return folded.with_columns(
        fold_custom(folded["custom"]), pl.col("lists").replace("", None)
    ).select(ROW.names())


def _scatter_lists(folded: pl.DataFrame, scattered: pl.DataFrame) -> pl.DataFrame:
    """The lists of nameless records go to each identity of their number."""
    extra = scattered.group_by("phone_number").agg(
        pl.col("lists").drop_nulls().str.join(";").replace("", None).alias("extra")
    )
    both = pl.concat_str("lists", "extra", separator=";", ignore_nulls=True).replace("", None)
    return (
        folded.join(extra, "phone_number", how="left", maintain_order="left")
        .with_columns(both.alias("lists"))
        .drop("extra")
    )


def _conflicts(rows: pl.DataFrame, folded: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """The records that said something else than what won."""
    won = folded.select(*keys, *(pl.col(name).alias(f"won_{name}") for name in _CONTENT))
    beside = rows.join(won, list(keys), how="inner")
    lost = pl.any_horizontal(pl.col(name) != pl.col(f"won_{name}") for name in FIELDS)
    custom_lost = differs(beside["custom"], beside["won_custom"])
    return beside.filter(lost.fill_null(value=False) | custom_lost).select(
        "record", code=pl.lit(str(Code.DUPLICATE_CONFLICT))
    )


def _folded(kept: pl.DataFrame, rows: pl.DataFrame, warnings: list[pl.DataFrame]) -> Folded:
    kept = kept.sort("record")
    nothing = pl.DataFrame(schema={"record": pl.UInt32, "code": pl.String})
    duplicates = rows["record"].filter(~rows["record"].is_in(kept["record"].implode())).sort()
    return Folded(kept, duplicates, pl.concat([nothing, *warnings]))
