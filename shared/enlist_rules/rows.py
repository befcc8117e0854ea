"""The shape of a normalised row: what a chunk hands to a shard.

`record` numbers the row from 1 within the import; `first_key` and `last_key` are "" when blank;
every field is null when blank; `custom` is a JSON object; `lists` are names joined by ";";
`warnings` are `code:field` pairs joined by `NOTES`, as the name of a custom field may hold a comma.
"""

from typing import Final

import polars as pl

from enlist_rules.fields import STORED, Field

NOTES: Final = "\x1f"
KEYS: Final = ("phone_number", "first_key", "last_key")
ROW: Final = pl.Schema(
    {
        "record": pl.UInt32,
        **dict.fromkeys(KEYS, pl.String),
        **dict.fromkeys(map(str, STORED), pl.String),
        "custom": pl.String,
        "lists": pl.String,
        "fixed_line": pl.Boolean,
        "warnings": pl.String,
    }
)
REJECT: Final = pl.Schema({"record": pl.UInt32, "code": pl.String, "field": pl.String})
SLOTS: Final = 64


def slot(phone_number: pl.Expr) -> pl.Expr:
    """The slot of an E.164 number: its digits as an integer, modulo 64."""
    return (phone_number.str.slice(1).cast(pl.Int64) % SLOTS).cast(pl.Int16)


def stated_number(*, on_whatsapp: bool) -> pl.Expr:
    """The number that a row (ROW) itself states on a channel: by phone, or on WhatsApp."""
    if on_whatsapp:
        return pl.coalesce(str(Field.WHATSAPP_NUMBER), "phone_number")
    return pl.col("phone_number")


def numbers_alone(rows: pl.DataFrame, *, on_whatsapp: bool) -> pl.DataFrame:
    """The rows (ROW) of an import that opts out: each is the number that it states, and no more.

    So a number's records meet in one shard, and fold by number.
    """
    kept = ("record", "phone_number", "first_key", "last_key", "fixed_line", "warnings")
    blank = {name: pl.lit(None, kind) for name, kind in ROW.items() if name not in kept}
    number = stated_number(on_whatsapp=on_whatsapp)
    keys = {"first_key": pl.lit(""), "last_key": pl.lit("")}
    return rows.with_columns(phone_number=number, **keys, **blank).select(ROW.names())
