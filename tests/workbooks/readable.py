"""Workbooks that look like trouble and are read all the same, and what an import makes of each."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import xlsxwriter
from tests.fixtures.workbooks import as_csv, xls
from tests.workbooks.binary import biff5, xlsb
from tests.workbooks.made import book, drawn, opendocument
from xlsxwriter.worksheet import Worksheet

A, B, C = "+447911123456", "+447911123520", "+447911123584"
PEOPLE: Final = [["phone", "first name"], [A, "Ann"], [B, "Bo"]]
ANN_AND_BO: Final = {A: {"first_name": "Ann"}, B: {"first_name": "Bo"}}
FAR: Final = '<Relationship Id="rId9" TargetMode="External" Target="http://127.0.0.1:9/x"/>'
FORMATTED: Final = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>phone</t></is></c><c r="CV1"><v>1</v></c></row>'
    f'<row r="2"><c r="A2" t="inlineStr"><is><t>{A}</t></is></c></row>'
    '<row r="1048576"><c r="A1048576" s="0"/><c r="XFD1048576" s="0"/></row>'
)
TO_OTHER_PLACES: Final = {
    "xl/externalLinks/_rels/externalLink1.xml.rels": f"<Relationships>{FAR}</Relationships>",
    "xl/connections.xml": '<connections><connection url="http://127.0.0.1:9/"/></connections>',
}
ROWS_OF_XLS: Final = 65_536


@dataclass(frozen=True, slots=True)
class Readable:
    """What an import makes of a workbook that is called `name`.

    `contacts`: the fields of each number; `counts`: those that are not 0 beside `records`;
    `inputs` are the numbers of the bad inputs in the list that the project began with.
    """

    inputs: tuple[int, ...]
    make: Callable[[], bytes]
    contacts: dict[str, dict[str, Any]]
    counts: dict[str, int]
    reasons: dict[str, int] = field(default_factory=dict)
    warnings: dict[str, int] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    name: str = "contacts.xlsx"


def _strange_sheets(workbook: xlsxwriter.Workbook, one: Worksheet, two: Worksheet) -> None:
    """A hidden sheet; hidden, filtered and protected rows; merged cells."""
    one.write_row(0, 0, ["phone", "first name"])
    one.write_row(1, 0, [C, "nobody"])
    one.hide()
    two.activate()
    two.write_row("A1", ["phone", "first name", "note"])
    two.write_row("A2", [A, "Ann"])
    two.set_row(1, None, None, {"hidden": True})
    two.write_row("A3", [B, "Bo"])
    two.autofilter("A1:C3")
    two.merge_range("B5:C6", "merged", workbook.add_format())
    two.protect("secret")


def _formulas(_: xlsxwriter.Workbook, one: Worksheet, __: Worksheet) -> None:
    one.write_row("A1", ["phone", "first name", "last name", "city"])
    one.write_formula("A2", '="+44"&"7911123456"', None, A)
    one.write_formula("B2", '="Ann"', None, "Ann")
    one.write_formula("C2", "=NA()", None, "#N/A")
    one.write_formula("D2", '="Bath"', None, "")
    one.write_row("A3", [B, "Bo"])
    one.write_formula("A4", "=1/0", None, "#DIV/0!")


def _numbers(_: xlsxwriter.Workbook, one: Worksheet, __: Worksheet) -> None:
    one.write_row("A1", ["phone", "first name"])
    one.write_number("A2", 447911123456)
    one.write_string("B2", "Ann")
    one.write_number("A3", 4.47911123520e11)
    one.write_string("B3", "Bo")
    one.write_number("A4", 447911123456789012)


def _days(workbook: xlsxwriter.Workbook, one: Worksheet, _: Worksheet) -> None:
    day = workbook.add_format({"num_format": "d mmm yyyy"})
    one.write_row("A1", ["phone", "date of birth"])
    for row, number in enumerate((A, B, C), 1):
        one.write_string(row, 0, number)
    one.write_datetime("B2", date(1980, 2, 3), day)
    one.write_number("B3", 61, day)
    one.write_number("B4", 60, day)


def _born(*days: str) -> dict[str, dict[str, Any]]:
    return {number: {"date_of_birth": day} for number, day in zip((A, B, C), days, strict=True)}


def _opendocument_people() -> bytes:
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    row = "<table:table-row>{}</table:table-row>"
    rows = (row.format("".join(map(cell.format, cells))) for cells in PEOPLE)
    return opendocument("".join(rows))


TWO: Final = {"created": 2}
READABLE: Final[dict[str, Readable]] = {
    "an XLS that is called CSV": Readable(
        (45,), lambda: xls(PEOPLE), ANN_AND_BO, TWO, name="contacts.csv"
    ),
    "a CSV that is called XLSX": Readable((45,), lambda: as_csv(PEOPLE), ANN_AND_BO, TWO),
    "as many rows as an XLS can have": Readable(
        (46,),
        lambda: xls([["phone"], *[[A]] * (ROWS_OF_XLS - 1)]),
        {A: {}},
        {"created": 1, "duplicate": ROWS_OF_XLS - 2},
    ),
    "links to other places": Readable(
        (55,), lambda: book(TO_OTHER_PLACES), {A: {}}, {"created": 1}
    ),
    "macros": Readable(
        (57,),
        lambda: book({"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0 Auto_Open"}),
        {A: {}},
        {"created": 1},
        name="contacts.xlsm",
    ),
    "a binary workbook": Readable(
        (57,), lambda: xlsb(PEOPLE), ANN_AND_BO, TWO, name="contacts.xlsb"
    ),
    "an OpenDocument workbook": Readable(
        (57,), _opendocument_people, ANN_AND_BO, TWO, name="contacts.ods"
    ),
    "a workbook of Excel 95": Readable(
        (), lambda: biff5(PEOPLE), ANN_AND_BO, TWO, name="contacts.xls"
    ),
    "hidden sheets and rows, a filter, a password of a sheet": Readable(
        (57, 59),
        lambda: drawn(_strange_sheets),
        ANN_AND_BO,
        TWO | {"rejected": 1},
        {"phone_missing": 1},
    ),
    "formulas": Readable(
        (60,),
        lambda: drawn(_formulas),
        {A: {"first_name": "Ann"}, B: {"first_name": "Bo"}},
        TWO | {"rejected": 1, "warnings": 1},
        {"phone_missing": 1},
        {"formula_error": 1},
    ),
    "numbers": Readable(
        (61, 62),
        lambda: drawn(_numbers),
        ANN_AND_BO,
        TWO | {"rejected": 1},
        {"number_precision": 1},
        options={"convert_national": True},
    ),
    "days since 1900": Readable(
        (63,),
        lambda: drawn(_days),
        _born("1980-02-03", "1900-03-01", "1900-02-28"),  # Excel shows a day that never was
        {"created": 3},
    ),
    "days since 1904": Readable(
        (63,),
        lambda: drawn(_days, date_1904=True),
        _born("1980-02-03", "1904-03-02", "1904-03-01"),
        {"created": 3},
    ),
    "formats to the last cell, and nothing in them": Readable(
        (), lambda: book(rows=FORMATTED), {A: {}}, {"created": 1}
    ),
    "a part of another program in UTF-16": Readable(
        (),
        lambda: book({"customXml/item1.xml": "<?xml?><a/>".encode("utf-16")}),
        {A: {}},
        {"created": 1},
    ),
}
