"""The slow, exact reader: one row at a time, where a fast parser cannot be trusted.

It reads every row: what cannot become cells becomes a code.
"""

from typing import Final

from enlist_rules.cleaning import TRIM
from enlist_rules.codes import Code
from enlist_rules.encodings import REPLACEMENT

CELL_LIMIT: Final = 65_536
"""Bytes of UTF-8 in one cell."""


def read_record(row: bytes, separator: str, columns: int) -> list[str] | Code:
    """The first `columns` cells of a row, or the code of the first rule that it breaks.

    `row` may end with its line break. Cells beyond `columns` must be blank.
    """
    text = decoded(row)
    if text is None:
        return Code.ENCODING
    cells, well_quoted = split_cells(text, separator)
    if len(cells) < columns or not all(map(is_blank, cells[columns:])):
        return Code.RAGGED
    if not well_quoted:
        return Code.QUOTE
    if len(row) > CELL_LIMIT and any(len(cell.encode()) > CELL_LIMIT for cell in cells):
        return Code.CELL_TOO_LARGE
    return cells[:columns]


def decoded(row: bytes) -> str | None:
    """The text of bytes that are UTF-8; None where a character was lost, now or before."""
    try:
        text = row.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if REPLACEMENT in text else text


def is_blank(cell: str) -> bool:
    """Whether nothing is left of a cell after trimming."""
    return not cell.strip(TRIM)


def split_cells(text: str, separator: str) -> tuple[list[str], bool]:
    """The cells of one row, and whether every quoted cell ends where it should.

    A quote that does not stand at the start of a cell is a character. Text after a closing quote
    belongs to the cell, and the row is not well quoted; nor is it when the quote is never closed.
    """
    text = _without_break(text)
    cells: list[str] = []
    well_quoted = True
    at = 0
    while at <= len(text):
        cell = ""
        if quoted := text.startswith('"', at):
            cell, at, closed = _quoted(text, at)
            well_quoted &= closed
        end = text.find(separator, at)
        end = len(text) if end < 0 else end
        well_quoted &= not quoted or end == at
        cells.append(cell + text[at:end])
        at = end + 1
    return cells, well_quoted


def _without_break(text: str) -> str:
    if text.endswith("\r\n"):
        return text[:-2]
    return text[:-1] if text.endswith(("\r", "\n")) else text


def _quoted(text: str, at: int) -> tuple[str, int, bool]:
    """The quoted text that opens at `at`, where it ends, and whether it does end."""
    parts: list[str] = []
    begin = at + 1
    while (end := text.find('"', begin)) >= 0:
        parts.append(text[begin:end])
        if not text.startswith('"', end + 1):
            return '"'.join(parts), end + 1, True
        begin = end + 2
    return '"'.join([*parts, text[begin:]]), len(text), False
