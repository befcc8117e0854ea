"""Which numbers the records of a shard state consent of, and whose outcome that is."""

import polars as pl

from enlist_rules.folding import Folded
from enlist_rules.options import Duplicates
from enlist_rules.rows import KEYS, stated_number
from enlist_shared.options import Channel


def number_stated(channel: Channel) -> pl.Expr:
    """The number that a row (ROW) itself states on the channel."""
    return stated_number(on_whatsapp=channel is Channel.WHATSAPP)


def stated_numbers(
    rows: pl.DataFrame, folded: Folded, channel: Channel, duplicates: Duplicates
) -> pl.DataFrame:
    """Each number that is stated (number, record), under the lowest record that states it.

    Duplicates state theirs too, but under `skip`, where they contribute nothing.
    """
    stating = folded.rows if duplicates is Duplicates.SKIP else rows
    return (
        stating.select("record", number=number_stated(channel))
        .group_by("number")
        .agg(pl.col("record").min())
        .sort("number")
    )


def carriers(
    rows: pl.DataFrame, folded: Folded, channel: Channel, duplicates: Duplicates, numbers: pl.Series
) -> pl.Series:
    """The records that carry the outcome of those which state one of these numbers.

    None under `skip`: a contact that is there stays `unchanged`, whatever becomes of its consent.
    """
    stating = rows.filter(number_stated(channel).is_in(numbers.implode()))
    if duplicates is Duplicates.SKIP:
        return pl.Series("record", [], pl.UInt32)
    if duplicates is Duplicates.MERGE_BY_NUMBER:
        return folded.rows.join(stating, "phone_number", how="semi")["record"]
    nameless = stating.filter((pl.col("first_key") == "") & (pl.col("last_key") == ""))
    alike = folded.rows.join(stating, KEYS, how="semi")
    beside = folded.rows.join(nameless, "phone_number", how="semi")  # M7: into each that it meets
    return pl.concat([alike["record"], beside["record"]]).unique()
