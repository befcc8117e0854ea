"""Rejects and warnings as files: CSV while it is made, workbooks once they are whole."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import IO, Final

import polars as pl
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from enlist_rules.header import REJECT_COLUMNS
from enlist_rules.returned_rows import Shape, csv_header, csv_rows

SHEET_ROWS: Final = 1_048_576
CELL_CHARACTERS: Final = 32_767
_BLOCK: Final = 262_144
_AS_TEXT: Final = {
    "constant_memory": True,
    "strings_to_numbers": False,
    "strings_to_formulas": False,
    "strings_to_urls": False,
}


async def csv_file(
    rows: AsyncIterator[pl.DataFrame], shape: Shape, line_break: str
) -> AsyncIterator[bytes]:
    """The file, a part at a time."""
    yield csv_header(shape, line_break)
    async for part in rows:
        yield await asyncio.to_thread(csv_rows, part, shape.separator, line_break)


def xlsx_file(rows: AsyncIterator[pl.DataFrame], shape: Shape, name: str) -> AsyncIterator[bytes]:
    """The workbook, as `workbook`."""
    return workbook(rows, (*shape.header, *REJECT_COLUMNS), name)


async def workbook(
    rows: AsyncIterator[pl.DataFrame], header: tuple[str, ...], name: str
) -> AsyncIterator[bytes]:
    """A workbook, a part at a time; it lies on disk, whole, before the first one.

    Every cell is text, so that no number loses its `+` and no formula runs. What is longer than a
    cell may be is cut. A sheet that is full is followed by another.
    """
    with TemporaryFile() as file:
        with _sheets(file, header, name) as sheets:
            async for part in rows:
                await asyncio.to_thread(sheets.write, part)
        file.seek(0)
        while block := await asyncio.to_thread(file.read, _BLOCK):
            yield block


class _Sheets:
    """Sheets of a workbook, one after another, each with the header."""

    def __init__(self, workbook: Workbook, header: tuple[str, ...], name: str) -> None:
        self._workbook = workbook
        self._header = header
        self._name = name
        self._row = SHEET_ROWS
        self._made = 0
        self._sheet: Worksheet | None = None

    def write(self, rows: pl.DataFrame) -> None:
        """Write rows below those before."""
        for row in rows.iter_rows():
            self._write_row(row)

    def begin(self) -> Worksheet:
        """A new sheet with its header."""
        self._made += 1
        sheet = self._workbook.add_worksheet(f"{self._name} {self._made}")
        sheet.freeze_panes(1, 0)
        self._sheet, self._row = sheet, 0
        self._write_row(self._header)
        return sheet

    def _write_row(self, cells: tuple[str | None, ...]) -> None:
        sheet = self._sheet
        if sheet is None or self._row >= SHEET_ROWS:
            sheet = self.begin()
        for column, cell in enumerate(cells):
            if cell is not None:
                sheet.write_string(self._row, column, cell[:CELL_CHARACTERS])
        self._row += 1


@contextmanager
def _sheets(file: IO[bytes], header: tuple[str, ...], name: str) -> Iterator[_Sheets]:
    with Workbook(file, _AS_TEXT) as workbook:
        sheets = _Sheets(workbook, header, name)
        sheets.begin()
        yield sheets
