"""The rows of a file that is given back to the importer, a chunk at a time."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO
from typing import Final

import polars as pl

from enlist_rules.codes import EXPLANATIONS, Level
from enlist_rules.encodings import REPLACEMENT, Encoding, to_utf8
from enlist_rules.fields import CUSTOM_PREFIX, SKIP
from enlist_rules.header import REJECT_COLUMNS, is_returned
from enlist_rules.neutralising import neutralised, neutralised_text, restored_text
from enlist_rules.options import NumberRules
from enlist_rules.reading import read_rows
from enlist_rules.rejecting import suggested
from enlist_rules.returning import ADDED, read_again
from enlist_rules.source_rows import SourceRow, source_rows

BOM: Final = "\ufeff"
BETWEEN: Final = "; "
"""Between the codes, fields and messages of a record that has several."""
_LOST: Final = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Shape:
    """How the chunks of an import are to be read, as its manifest says."""

    encoding: Encoding
    separator: str
    has_header: bool
    columns: tuple[str, ...]
    mapping: tuple[str, ...]
    numbers: NumberRules

    @property
    def own(self) -> int:
        """How many columns are the importer's."""
        returned = self.has_header and is_returned(self.columns)
        return len(self.columns) - ADDED * returned

    @property
    def header(self) -> tuple[str, ...]:
        """The importer's names; where there were none, what the columns were taken for."""
        if self.has_header:
            return self.columns[: self.own]
        named = zip(self.columns, self.mapping, strict=True)
        return tuple(
            name if field == SKIP or field.startswith(CUSTOM_PREFIX) else field
            for name, field in named
        )


def returned_rows(data: bytes, shape: Shape, first_record: int, told: pl.DataFrame) -> pl.DataFrame:
    """The records of a chunk that something is told about, each with what is told, by number.

    `told`: `record`, `code`, `field` and `message`. The answer has the importer's cells as `c0`,
    `c1`, …, then `REJECT_COLUMNS`, all text. What cannot be read stands in `c0` as it is; a
    character that was lost is U+FFFD.
    """
    text = to_utf8(data, shape.encoding)
    if shape.has_header and is_returned(shape.columns):
        read = read_again(
            text, shape.columns, shape.separator, has_header=True, first_record=first_record
        ).frame
    else:
        read = read_rows(text, len(shape.columns), shape.separator, None, first_record).frame
    found = told.join(read, "record", how="inner", maintain_order="left")
    found = found.with_columns(suggestion=suggested(found, shape.mapping, shape.numbers))
    lost = told.filter(~pl.col("record").is_in(read["record"].implode()))
    rows = [_selected(found, shape.own)]
    if lost.height:
        cells = _unread_cells(data, shape, first_record, lost["record"].to_list())
        unread = lost.join(cells, "record", how="inner")
        rows.append(_selected(unread.with_columns(suggestion=pl.lit(None, pl.String)), shape.own))
    return pl.concat(rows).sort("record").with_columns(pl.col("record").cast(pl.String))


def _selected(rows: pl.DataFrame, own: int) -> pl.DataFrame:
    return rows.select(*(f"c{index}" for index in range(own)), *REJECT_COLUMNS)


def _unread_cells(
    data: bytes, shape: Shape, first_record: int, records: Sequence[int]
) -> pl.DataFrame:
    rows = source_rows(data, shape.encoding, shape.separator, first_record, frozenset(records))
    cells = [(row.record, *_unread(row, shape)) for row in rows]
    columns = {f"c{index}": pl.String for index in range(shape.own)}
    return pl.DataFrame(cells, schema={"record": pl.UInt32, **columns}, orient="row")


def _unread(row: SourceRow, shape: Shape) -> list[str | None]:
    """The row in the first cell; of a file that was given back, the cells that it had there."""
    if len(row.cells) == len(shape.columns) > shape.own and row.well_quoted:
        return [restored_text(cell) or None for cell in row.cells[: shape.own]]
    return [_LOST.sub(REPLACEMENT, row.text), *[None] * (shape.own - 1)]


def messages(told: pl.DataFrame, level: Level) -> pl.DataFrame:
    """`told` with the message of each code."""
    texts = {
        str(code): explanation.message
        for (of_level, code), explanation in EXPLANATIONS.items()
        if of_level == level
    }
    return told.with_columns(message=pl.col("code").replace_strict(texts, return_dtype=pl.String))


def csv_header(shape: Shape, line_break: str) -> bytes:
    """The first line of the file: a mark, so that spreadsheets know UTF-8, and the header."""
    names = [neutralised_text(name) for name in (*shape.header, *REJECT_COLUMNS)]
    return (BOM + _lines([names], shape.separator, line_break)).encode()


def csv_rows(rows: pl.DataFrame, separator: str, line_break: str) -> bytes:
    """Rows as CSV in UTF-8, nothing of which a spreadsheet runs."""
    rows = rows.with_columns(neutralised(pl.all()))
    if not separator.isascii():  # Polars writes separators of one byte only
        return _lines(rows.rows(), separator, line_break).encode()
    buffer = BytesIO()
    rows.write_csv(buffer, include_header=False, separator=separator, line_terminator=line_break)
    return buffer.getvalue()


def _lines(rows: Sequence[Sequence[str | None]], separator: str, line_break: str) -> str:
    text = StringIO()
    csv.writer(text, delimiter=separator, lineterminator=line_break).writerows(rows)
    return text.getvalue()


def rejects_told(rejects: pl.DataFrame) -> pl.DataFrame:
    """What a rejects file tells, from the rejects of a chunk (REJECT)."""
    return messages(rejects, "record")


def warnings_told(notes: pl.DataFrame) -> pl.DataFrame:
    """What a warnings file tells, from `record` and `note` (`code` or `code:field`), one a row.

    A record stands once, with its codes, fields and messages joined by `BETWEEN`.
    """
    split = pl.col("note").str.splitn(":", 2)
    told = notes.select(
        "record",
        code=split.struct.field("field_0"),
        field=split.struct.field("field_1"),
    )
    whole = [pl.col(name).drop_nulls().str.join(BETWEEN) for name in ("code", "field", "message")]
    return messages(told, "field").group_by("record", maintain_order=True).agg(whole)
