"""Workbooks that are damaged or mean harm, and the code that each one ends with."""

from collections.abc import Callable
from typing import Final

from tests.workbooks.made import (
    CHECKSUM,
    ONE,
    SHEET,
    SIZE,
    STRINGS,
    WORKBOOK_RELATIONS,
    book,
    encrypted,
    lying,
    overlapping,
    sheet_of,
    strings_of,
)

from enlist_rules.codes import Code

LAUGHS: Final = "<!DOCTYPE l [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'>]>"
STEALS: Final = "<!DOCTYPE s [<!ENTITY h SYSTEM 'file:///etc/hostname'>]>"
_STRING: Final = '<row r="1"><c r="A1" t="s"><v>{}</v></c></row>'

HOSTILE: Final[dict[str, tuple[Code, Callable[[], bytes]]]] = {
    "a cell in the last place there is": (
        Code.BOMB,
        lambda: book(rows=ONE + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
    ),
    "a row that no program has": (
        Code.BOMB,
        lambda: book(rows=ONE + '<row r="9999999"><c r="A9999999"><v>1</v></c></row>'),
    ),
    "a far cell that is not said to be far": (
        Code.BOMB,
        lambda: book(rows=ONE + '<row r="3"><c r="XFD1048576"><v>1</v></c></row>'),
    ),
    "a far cell beyond the first block": (
        Code.BOMB,
        lambda: book(rows=ONE * 9_000 + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
    ),
    "ten million rows": (Code.BOMB, lambda: book(rows="<row><c><v>1</v></c></row>" * 10_000_000)),
    "one cell of 100 MB": (
        Code.BOMB,
        lambda: book({STRINGS: strings_of(f"<si><t>{'a' * 100_000_000}</t></si>")}),
    ),
    "entries that overlap": (Code.BOMB, lambda: overlapping(book())),
    "too many entries": (
        Code.BOMB,
        lambda: book({f"xl/media/{number}": "" for number in range(10_001)}),
    ),
    "billion laughs in the strings": (
        Code.XML_DTD,
        lambda: book({STRINGS: strings_of("<si><t>&b;</t></si>", LAUGHS)}),
    ),
    "a document type in the sheet": (Code.XML_DTD, lambda: book(before=STEALS)),
    "a document type behind a comment": (
        Code.XML_DTD,
        lambda: book(before=f"<!--{'x' * 2_000_000}-->{LAUGHS}"),
    ),
    "a document type in the relations": (
        Code.XML_DTD,
        lambda: book({"xl/_rels/workbook.xml.rels": STEALS + WORKBOOK_RELATIONS}),
    ),
    "a part in UTF-16": (Code.CORRUPT, lambda: book({SHEET: sheet_of(ONE).encode("utf-16")})),
    "a password": (Code.ENCRYPTED, encrypted),
    "a name that leads out": (Code.ARCHIVE, lambda: book({"../../etc/x": "x"})),
    "a name from the root": (Code.ARCHIVE, lambda: book({"/etc/x": "x"})),
    "the end is missing": (Code.CORRUPT, lambda: book()[:-200]),
    "an entry is larger than it says": (Code.CORRUPT, lambda: lying(book(), SHEET, SIZE, 50)),
    "an entry is smaller than it says": (
        Code.CORRUPT,
        lambda: lying(book(), SHEET, SIZE, 9_000),
    ),
    "a byte has changed": (Code.CORRUPT, lambda: lying(book(), SHEET, CHECKSUM, 1)),
    "no sheets": (Code.EMPTY, lambda: book({"xl/workbook.xml": "<workbook/>"})),
    "a sheet without its part": (
        Code.CORRUPT,
        lambda: book({"xl/_rels/workbook.xml.rels": "<Relationships/>"}),
    ),
    "a string that is not there": (
        Code.CORRUPT,
        lambda: book({STRINGS: strings_of("<si><t>a</t></si>")}, rows=_STRING.format(99)),
    ),
    "no XML": (Code.CORRUPT, lambda: book({SHEET: "<worksheet><sheetData><row"})),
}
