"""From the bytes of a chunk to a frame of text columns, and the rows that cannot be read.

Good rows go through Polars, as text and never inferred; whatever Polars is known to misread goes
through the tolerant reader, row by row, and so does the whole chunk if Polars counts other rows
than the scanner. Both ways give the same result.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from enlist_rules.cleaning import TRIM
from enlist_rules.codes import Code
from enlist_rules.records import Marks, Scan, scan
from enlist_rules.tolerant import CELL_LIMIT, decoded, read_record

EXTRA_CELLS: Final = 16
"""Rows with more cells than this beyond the header are left to the tolerant reader."""
_FREE: Final = "\x1f"  # what separates units: stands in for a separator that is not ASCII


@dataclass(frozen=True, slots=True)
class Rows:
    """What a chunk holds.

    `frame`: `record` (UInt32) and String columns `c0`, `c1`, …, by record; an empty cell is null.
    `refused`: `record` (UInt32), `code` (String), by record. Together each record exactly once.
    """

    frame: pl.DataFrame
    refused: pl.DataFrame

    @property
    def records(self) -> int:
        return self.frame.height + self.refused.height


def read_rows(
    data: bytes,
    columns: int,
    separator: str,
    header_cells: Sequence[str] | None,
    first_record: int,
) -> Rows:
    """Read the UTF-8 bytes of whole rows; blank rows are dropped and get no number.

    Refused are rows that are `ragged`, with a misplaced `quote`, not UTF-8 or with a U+FFFD
    (`encoding`), with a cell of more than 64 KB, or equal to the header.
    """
    scanned = scan(data, separator.encode(), final=True, fields=True)
    numbers = np.cumsum(~scanned.blank) + (first_record - 1)
    slow = ~scanned.blank & _hard(data, scanned, columns)
    short = ~scanned.blank & ~slow & (scanned.fields < columns)
    fast = ~(scanned.blank | slow | short)
    frame = _parse(data, scanned, fast, columns, separator)
    if frame is None:  # nothing to parse, or a parse that cannot be trusted
        slow, fast = slow | fast, np.zeros_like(fast)
        frame = _frame([], [], columns)
    else:
        frame = frame.insert_column(0, pl.Series("record", numbers[fast], dtype=pl.UInt32))
    whole, ragged = _split_ragged(frame, columns)
    read, refused = _read_slowly(data, scanned, slow, numbers, (columns, separator))
    refusals = [_refusals(numbers[short], Code.RAGGED), ragged, refused]
    kept, repeated = split_header(joined([whole, read]), header_cells)
    return Rows(kept, joined([*refusals, repeated]))


def _hard(data: bytes, scanned: Scan, columns: int) -> Marks:
    """The rows that are left to the tolerant reader."""
    hard = scanned.broken | (scanned.fields > columns + EXTRA_CELLS)
    hard |= scanned.ends - scanned.starts > CELL_LIMIT
    if decoded(data) is None:
        bounds = zip(scanned.starts.tolist(), scanned.ends.tolist(), strict=True)
        hard |= np.array(
            [decoded(data[start:end]) is None for start, end in bounds], dtype=np.bool_
        )
    return hard


def _parse(
    data: bytes, scanned: Scan, rows: Marks, columns: int, separator: str
) -> pl.DataFrame | None:
    """The given rows by Polars, widened to the longest; None if it counts other rows."""
    if not rows.any():
        return None
    width = max(columns, int(scanned.fields[rows].max()))
    text = _bytes_of(data, scanned, rows)
    mark = separator if separator.isascii() else _FREE
    if mark != separator:
        if _FREE.encode() in text:
            return None
        text = text.replace(separator.encode(), _FREE.encode())
    frame = _read_csv(text, mark, width)
    if frame is None or frame.height != int(rows.sum()):
        return None
    if mark != separator:  # quoted, it is text
        frame = frame.with_columns(pl.all().str.replace_all(_FREE, separator, literal=True))
    if b'""' in text:
        frame = frame.with_columns(pl.when(pl.all() != "").then(pl.all()))
    return frame


def _read_csv(text: bytes, separator: str, width: int) -> pl.DataFrame | None:
    """The rows of `text`, all of them text; Polars knows separators of one byte only."""
    # A first row of our own keeps Polars from sniffing magic numbers, a BOM or leading blanks.
    first = b"a" + separator.encode() * (width - 1) + b"\n"
    try:
        return pl.read_csv(
            first + text,
            has_header=False,
            schema={f"c{index}": pl.String for index in range(width)},
            separator=separator,
            infer_schema=False,
            glob=False,
        ).slice(1)
    except (pl.exceptions.PolarsError, OSError):
        return None


def _bytes_of(data: bytes, scanned: Scan, rows: Marks) -> bytes:
    """The bytes of the given rows, with every lone CR that ends one turned into LF."""
    last = scanned.ends - 1
    view = np.frombuffer(data, dtype=np.uint8)
    lone = last[view[last] == 13]
    if lone.size:
        view = view.copy()
        view[lone] = 10
        data = view.tobytes()
    if rows.all():
        return data[: int(scanned.ends[-1])]
    edges = np.flatnonzero(np.diff(rows.astype(np.int8), prepend=0, append=0))
    runs = edges.reshape(-1, 2)
    begins, ends = scanned.starts[runs[:, 0]].tolist(), scanned.ends[runs[:, 1] - 1].tolist()
    pieces = [data[begin:end] for begin, end in zip(begins, ends, strict=True)]
    return b"".join(pieces)


def _split_ragged(frame: pl.DataFrame, columns: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Cut off extra columns; rows that have text there are ragged."""
    extra = frame.columns[columns + 1 :]
    if not extra:
        return frame, _refusals([], Code.RAGGED)
    blank = pl.all_horizontal(
        (pl.col(name).is_null() | (pl.col(name).str.strip_chars(TRIM) == "")) for name in extra
    )
    frame = frame.with_columns(blank.alias("blank"))
    ragged = frame.filter(~pl.col("blank")).get_column("record")
    return frame.filter("blank").drop(*extra, "blank"), _refusals(ragged, Code.RAGGED)


def _read_slowly(
    data: bytes, scanned: Scan, rows: Marks, numbers: NDArray[np.int64], shape: tuple[int, str]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    columns, separator = shape
    chosen = np.flatnonzero(rows)
    starts, ends = scanned.starts[chosen].tolist(), scanned.ends[chosen].tolist()
    read: list[list[str]] = []
    read_numbers: list[int] = []
    refused: list[tuple[int, str]] = []
    for start, end, number in zip(starts, ends, numbers[chosen].tolist(), strict=True):
        record = read_record(data[start:end], separator, columns)
        if isinstance(record, Code):
            refused.append((number, record))
        else:
            read.append(record)
            read_numbers.append(number)
    refusals = pl.DataFrame(refused, schema={"record": pl.UInt32, "code": pl.String}, orient="row")
    return _frame(read_numbers, read, columns), refusals


def _frame(numbers: list[int], rows: list[list[str]], columns: int) -> pl.DataFrame:
    cells = [[row[index] or None for row in rows] for index in range(columns)]
    series = [pl.Series(f"c{index}", cells[index], dtype=pl.String) for index in range(columns)]
    return pl.DataFrame([pl.Series("record", numbers, dtype=pl.UInt32), *series])


def _refusals(records: Sequence[int] | NDArray[np.int64] | pl.Series, code: Code) -> pl.DataFrame:
    return pl.DataFrame({"record": pl.Series(records, dtype=pl.UInt32)}).with_columns(
        pl.lit(code.value).alias("code")
    )


def split_header(
    frame: pl.DataFrame, header_cells: Sequence[str] | None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Take out the rows that say the same as the header."""
    if header_cells is None:
        return frame, _refusals([], Code.HEADER_REPEATED)
    header = [cell.strip(TRIM) for cell in header_cells]
    same = pl.all_horizontal(
        pl.col(f"c{index}").str.strip_chars(TRIM).fill_null("") == cell
        for index, cell in enumerate(header)
    )
    first = next((index for index, cell in enumerate(header) if cell), 0)
    alike = frame.filter(pl.col(f"c{first}").str.contains(header[first], literal=True))
    repeated = alike.filter(same).get_column("record")
    kept = frame.filter(~pl.col("record").is_in(repeated.implode())) if len(repeated) else frame
    return kept, _refusals(repeated, Code.HEADER_REPEATED)


def joined(parts: list[pl.DataFrame]) -> pl.DataFrame:
    """Frames of one schema as one, by record."""
    filled = [part for part in parts if part.height]
    if len(filled) < 2:
        return filled[0] if filled else parts[0]
    return pl.concat(filled).sort("record")
