"""Name keys: what makes two spellings of a name the same name.

NFC, trimmed, runs of whitespace to one space, full Unicode case folding, NFC. Computed here
alone and stored; never by SQL (contacts.md, Identity).
"""

import re
import unicodedata
from typing import Final

import polars as pl

from enlist_rules.cleaning import TRIM

_WHITESPACE: Final = re.compile(
    "[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+"
)


def name_key(name: str) -> str:
    """The key of one name; "" for a blank one."""
    composed = unicodedata.normalize("NFC", name).strip(TRIM)
    folded = _WHITESPACE.sub(" ", composed).casefold()
    return unicodedata.normalize("NFC", folded)


def name_keys(names: pl.Series) -> pl.Series:
    """The keys of a column of names; "" where null. Each distinct odd spelling is folded once."""
    lowered = names.fill_null("").str.to_lowercase()
    odd = names.filter(
        (names.str.len_bytes() != names.str.len_chars())
        | names.str.contains(r"\s\s|[\t-\r]|^\s|\s$")
    ).unique()
    if odd.len() == 0:
        return lowered
    keys = pl.Series([name_key(name) for name in odd], dtype=pl.String)
    replaced = names.replace_strict(odd, keys, default=None, return_dtype=pl.String)
    return replaced.fill_null(lowered)
