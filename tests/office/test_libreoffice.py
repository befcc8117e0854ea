"""LibreOffice opens what we give back, and we read what it saves."""

import csv
import io
import re
from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import Final

import polars as pl
import pytest
import xlsxwriter
from tests.fixtures.office import converted
from tests.workbooks.asking import read
from tests.workbooks.made import drawn
from xlsxwriter.worksheet import Worksheet

from enlist_ingest.returned_files import xlsx_file
from enlist_rules.encodings import Encoding
from enlist_rules.header import REJECT_COLUMNS
from enlist_rules.numbers import DEFAULT_NUMBER_TYPES
from enlist_rules.options import NumberRules
from enlist_rules.returned_rows import Shape

CSV: Final = "csv:Text - txt - csv (StarCalc):44,34,76,1"
FLAT: Final = "fods"  # one XML file that says what each cell is
NAMES: Final = ("phone", "first name", "note")
TOLD: Final = ("7", "phone_invalid", "phone_number", "The number is not valid.", "+447911123456")
ROWS: Final = [
    ("+447911123456", "José", "=cmd|'/c calc'!A1"),
    ("00447911123456", "Zoë 😀", "@SUM(1+1)"),
    ("447911123456", "007", "03/02/1980"),
    ("4.47911E+11", "TRUE", 'two\nlines, "quoted"'),
    ("0", "1,5", " -1 "),
]
TYPE: Final = re.compile(r'<table:table-cell[^>]* office:value-type="(\w+)"')
SHOWN: Final = [(*NAMES, *REJECT_COLUMNS), *((*row, *TOLD) for row in ROWS)]


async def rejects() -> bytes:
    """A rejects file with these rows."""
    shape = Shape(
        Encoding.UTF_8, ",", True, NAMES, NAMES, NumberRules("GB", False, DEFAULT_NUMBER_TYPES)
    )

    async def rows() -> AsyncIterator[pl.DataFrame]:
        yield pl.DataFrame([(*row, *TOLD) for row in ROWS], orient="row")

    return b"".join([block async for block in xlsx_file(rows(), shape, "rejects")])


def _drawn_sheet(workbook: xlsxwriter.Workbook, one: Worksheet, _: Worksheet) -> None:
    day = workbook.add_format({"num_format": "d mmm yyyy"})
    one.write_row("A1", ["phone", "born", "since", "sum"])
    one.write_row("A2", ["+447911123456"])
    one.write_datetime("B2", date(1980, 2, 3), day)
    one.write_datetime("C2", datetime.fromisoformat("2001-02-03T18:00"), day)
    one.write_formula("D2", "=1+1", None, 2)
    one.set_row(1, None, None, {"hidden": True})
    one.write_row("A3", ["00447911123456", 447911123456, "two\nlines", 447911123456789012])


async def test_rejects_open_as_they_are() -> None:
    """Every cell shows what was rejected: nothing is repaired, calculated, taken for a number."""
    shown = converted(await rejects(), "xlsx", CSV).decode()
    assert list(csv.reader(io.StringIO(shown, newline=""))) == [list(row) for row in SHOWN]


async def test_every_cell_of_rejects_is_text() -> None:
    """A phone that looks like a number is text, so that saving it again cannot change it."""
    flat = converted(await rejects(), "xlsx", FLAT).decode()
    assert TYPE.findall(flat) == ["string"] * sum(map(len, SHOWN))


@pytest.mark.parametrize("suffix", ["xlsx", "xls", "ods"])
def test_what_libreoffice_saves_is_read(suffix: str) -> None:
    """Texts, days, exact and inexact numbers, formulas and hidden rows, whatever it saves as."""
    saved = converted(drawn(_drawn_sheet), "xlsx", suffix)
    assert read(saved).rows == [
        ["phone", "born", "since", "sum"],
        ["+447911123456", "1980-02-03", "2001-02-03 18:00:00", "2"],
        ["00447911123456", "447911123456", "two\nlines", "447911123456788992.0"],
    ]
