"""Files that give records back to the importer, to be corrected and uploaded again.

They hold the importer's own columns, then `REJECT_COLUMNS`. A record that could not be read has
its row, as it stood, in the first column alone. A file is known as one of these by its header;
the columns that were added are no columns of the importer then, cells lose what `neutralising`
gave them, and a row in the first column is read as the row that it was, as long as its code
stands beside it. Exports of contacts are known by their header, too, and lose the same.
"""

from collections.abc import Sequence
from typing import Final

import polars as pl

from enlist_rules.codes import Code
from enlist_rules.header import REJECT_COLUMNS, is_exported, is_returned
from enlist_rules.neutralising import restored, restored_text
from enlist_rules.reading import Rows, joined, read_rows, split_header
from enlist_rules.tolerant import read_record

ADDED: Final = len(REJECT_COLUMNS)
UNREADABLE: Final = tuple(map(str, (Code.ENCODING, Code.RAGGED, Code.QUOTE, Code.CELL_TOO_LARGE)))


def own_names(header: Sequence[str]) -> tuple[str, ...]:
    """The names of a header, as they were before the file was given back."""
    return tuple(map(restored_text, header)) if is_returned(header) else tuple(header)


def read_again(
    data: bytes,
    columns: Sequence[str],
    separator: str,
    *,
    has_header: bool,
    first_record: int,
) -> Rows:
    """`read_rows`, also of files that were given back, whose added columns stay, and of exports."""
    rows = read_rows(data, len(columns), separator, columns if has_header else None, first_record)
    if not (has_header and (is_returned(columns) or is_exported(columns))):
        return rows
    if not is_returned(columns):
        cells = [f"c{index}" for index in range(len(columns))]
        return Rows(rows.frame.with_columns(restored(pl.col(cells))), rows.refused)
    own = len(columns) - ADDED
    cells = [f"c{index}" for index in range(own)]
    frame = rows.frame.with_columns(restored(pl.col(cells)))
    raw = _is_raw(cells, own)
    read, refused = _read_raw(frame.filter(raw), separator, own)
    kept, repeated = split_header(joined([frame.filter(~raw), read]), columns[:own])
    return Rows(kept, joined([rows.refused, refused, repeated]))


def _is_raw(cells: Sequence[str], own: int) -> pl.Expr:
    """A row in the first column, and the code beside it."""
    code = pl.col(f"c{own + 1}").fill_null("")
    alone = pl.all_horizontal(True, *(pl.col(cell).is_null() for cell in cells[1:]))
    return pl.col("c0").is_not_null() & alone & code.is_in(UNREADABLE)


def _read_raw(raw: pl.DataFrame, separator: str, own: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows in the first column, as the rows that they are; and those that still cannot be read."""
    cells: list[tuple[str | None, ...]] = []
    refused: list[tuple[int, str]] = []
    for record, text, *rest in raw.iter_rows():
        found = read_record(text.encode(), separator, own)
        if isinstance(found, Code):
            refused.append((record, found))
        else:
            cells.append((record, *(cell or None for cell in found), *rest[own - 1 :]))
    schema = {"record": pl.UInt32, "code": pl.String}
    return (
        pl.DataFrame(cells, schema=raw.schema, orient="row"),
        pl.DataFrame(refused, schema=schema, orient="row"),
    )
