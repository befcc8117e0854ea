"""The shape of a normalised row: what a chunk hands to a shard.

`record` numbers the row from 1 within the import; `first_key` and `last_key` are "" when blank;
every field is null when blank; `custom` is a JSON object; `lists` are names joined by ";";
`warnings` are `code:field` pairs joined by `NOTES`, as the name of a custom field may hold a comma.
"""

from typing import Final

import polars as pl

from enlist_rules.fields import STORED

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
