"""The `lists` cell of a record: names separated by ";"."""

import unicodedata
from typing import Final

import polars as pl

from enlist_rules.cleaning import TRIM
from enlist_rules.codes import Code
from enlist_rules.fields import LIST_NAME_LIMIT, LIST_NAMES_PER_RECORD, LISTS
from enlist_rules.findings import Findings
from enlist_rules.identity import name_key

SEPARATOR: Final = ";"


def read_lists(cells: pl.Series, findings: Findings) -> pl.Series:
    """Usable names joined by ";", distinct by their key, null where there are none.

    Names past the 20th and names over 255 characters are left out with a warning.
    """
    distinct = cells.drop_nulls().unique()
    read = [_read_cell(cell) for cell in distinct]
    names = pl.Series([names or None for names, _ in read], dtype=pl.String)
    skipped = distinct.filter(pl.Series([skipped for _, skipped in read], dtype=pl.Boolean))
    findings.warn(cells.is_in(skipped.implode()).fill_null(value=False), Code.LIST_SKIPPED, LISTS)
    return cells.replace_strict(distinct, names, default=None, return_dtype=pl.String)


def _read_cell(cell: str) -> tuple[str, bool]:
    distinct: dict[str, str] = {}
    for part in cell.replace("\0", "").split(SEPARATOR):
        name = unicodedata.normalize("NFC", part).strip(TRIM)
        if name:
            distinct.setdefault(name_key(name), name)
    kept = [
        name
        for name in list(distinct.values())[:LIST_NAMES_PER_RECORD]
        if len(name) <= LIST_NAME_LIMIT
    ]
    return SEPARATOR.join(kept), len(kept) < len(distinct)
